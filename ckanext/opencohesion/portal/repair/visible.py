"""Blanks and marks that nobody sees, made visible where it is them that changes."""

from __future__ import annotations

import re

_MARKS = {"\u00a0": "⍽", "\ufeff": "⌧", "\n": "↵", "\r": "", "\t": "⇥"}
_BLANKS = re.compile(r"^ +| +$| {2,}")


def visible(text: str) -> str:
    """Return a text in which blanks at the edges, doubled and no-break blanks, tabs and line breaks can be seen."""
    told = "".join(_MARKS.get(character, character) for character in text)
    return _BLANKS.sub(lambda found: "␣" * len(found.group()), told)


def has_marks(text: str) -> bool:
    """Say whether a text from ``visible`` holds any of its marks."""
    return any(mark in text for mark in "⍽⌧↵⇥␣")
