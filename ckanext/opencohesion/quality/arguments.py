"""Reads the arguments of actions: what is none of what an argument may be is told in a sentence."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk


def flag(data_dict: dict[str, Any], name: str, *, default: bool = False) -> bool:
    """Return an argument that is true or false. Raises ``ValidationError``."""
    try:
        return tk.asbool(data_dict.get(name, default))
    except ValueError as error:
        raise tk.ValidationError({name: [tk._("Write true or false.")]}) from error


def whole(data_dict: dict[str, Any], name: str, default: int) -> int:
    """Return an argument that is a whole number of 0 or more. Raises ``ValidationError``."""
    text = str(data_dict.get(name, default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise tk.ValidationError({name: [tk._("Write a whole number, as in 20.")]})
    return int(text)
