"""Marks strings of plain modules for translation; the CKAN shell translates them when it shows them."""

from __future__ import annotations


def N_(message: str) -> str:
    """Return ``message`` unchanged: Babel collects it, ``gettext`` translates it where it is shown."""
    return message
