"""Regular expressions that mean the same to Python and to DuckDB (RE2), as far as a screen needs it.

frictionless matches a column's pattern with Python's ``re``. A cell that RE2 matches from end to end is cleared by the
screen, so for every pattern that is let through here, what RE2 matches Python must match too; the other way round a
difference only costs time. Everything that is not on the short list below is refused.
"""

from __future__ import annotations

import re

# What may stand in a pattern, piece by piece.
_PIECES = re.compile(
    r"""
      [A-Za-z0-9 _,:;/@%&=!"'<>~\-]           # itself
    | \\[.\-/\\()\[\]{}*+?^$|,:;_@ ]          # a sign, made plain
    | \\d                                     # Python knows more digits than RE2, never fewer
    | \.                                      # any but a line feed, in both
    | \[\^?(?:[A-Za-z0-9 _,:;/@%=!"'<>.*+?()$|{}]|\\[.\-/\\\]\[^]|[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9])+\]
    | \((?:\?:)? | \) | \|
    | [*+?]\?? | \{[0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\}\??
    """,
    re.VERBOSE,
)
_MOST_CHARACTERS = 500


def common_pattern(pattern: str) -> str | None:
    """Return the pattern as RE2 is to match it against a whole cell; None where the two might disagree.

    frictionless looks for ``^pattern$``: with an alternative at its top that is less strict than a match of the whole
    cell, never more.
    """
    inner = pattern.removeprefix("^")
    if inner.endswith("$") and not inner.endswith("\\$"):
        inner = inner[:-1]
    if len(inner) > _MOST_CHARACTERS:
        return None
    position = 0
    while position < len(inner):
        piece = _PIECES.match(inner, position)
        if piece is None:
            return None
        position = piece.end()
    try:
        re.compile(pattern)
    except re.error:
        return None
    return inner
