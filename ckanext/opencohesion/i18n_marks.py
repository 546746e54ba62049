"""Marks strings of plain modules for translation; the CKAN shell translates them when it shows them."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Return ``message`` unchanged: Babel collects it, ``gettext`` translates it where it is shown."""
    return message
