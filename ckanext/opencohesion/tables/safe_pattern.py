"""Which regular expressions may judge the cells of somebody's file: those that can not run away.

A pattern is tried on every cell, and Python's engine backtracks: ``(a+)+b`` needs twice the time for each further ``a``.
Accepted is what leaves the engine no choice to take back: a repetition holds nothing of variable length and no
alternatives, and what follows it can not be mistaken for it. Such a pattern takes time in proportion to the cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..i18n_marks import N_

# What Python's engine makes of a pattern; without type stubs.
sre: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

MAX_CHARACTERS = 300
# Characters whose class membership stands for all: Latin, and one beyond.
_ALPHABET = frozenset([*map(chr, range(0x250)), "€", "中"])
# Ways in which repetitions of bounded length may together be shared out.
_MOST_WAYS = 1000
_SMALL = 100

TOO_LONG = N_("The pattern is longer than {most} characters.")
NOT_A_PATTERN = N_("This is no regular expression: {reason}.")
NESTED = N_(
    "A repetition (*, +, ?, {{n,m}}) stands inside another one, or alternatives (|) do: on some cells such a "
    "pattern never ends. Write what repeats without a repetition or alternatives in it."
)
AMBIGUOUS = N_(
    "After a repetition comes what the repetition could hold too: on long cells such a pattern never ends. "
    "Separate the two by a character of its own, as in [A-Z]+-[0-9]+."
)
UNSUPPORTED = N_(
    "Back-references, look-ahead and look-behind are not allowed: write only characters, classes and "
    "repetitions."
)


class UnsafePatternError(ValueError):
    """The pattern may not be used. ``message``: a marked sentence that may name ``params``."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


def check_pattern(pattern: str) -> None:
    """Return if the pattern is safe. Raises UnsafePatternError with a sentence for who wrote it."""
    if len(pattern) > MAX_CHARACTERS:
        raise UnsafePatternError(TOO_LONG, most=MAX_CHARACTERS)
    try:
        re.compile(pattern)
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePatternError(NOT_A_PATTERN, reason=str(error)) from error
    _ways(list(tree), follow=None)


def _ways(items: Sequence[Any], follow: frozenset[str] | None) -> int:
    """Return in how many ways a sequence's bounded repetitions may share a text out; refuse what is not safe.

    ``follow``: what the first character after the sequence may be; None where nothing comes after it.
    """
    ways = 1
    for position, (kind, value) in enumerate(items):
        after = _after(items[position + 1 :], follow)
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            ways *= _repeat_ways(value, after)
        elif kind is sre.SUBPATTERN:
            ways *= _ways(list(value[-1]), after)
        elif kind is sre.ATOMIC_GROUP:
            ways *= _ways(list(value), after)
        elif kind is sre.BRANCH:
            ways *= sum(_ways(list(branch), after) for branch in value[1])
        elif kind in (sre.GROUPREF, sre.GROUPREF_EXISTS, sre.ASSERT, sre.ASSERT_NOT):
            raise UnsafePatternError(UNSUPPORTED)
        if ways > _MOST_WAYS:
            raise UnsafePatternError(AMBIGUOUS)
    return ways


def _repeat_ways(value: Any, after: frozenset[str] | None) -> int:
    least, most, body = value
    items = list(body)
    if most == 1:  # x?: one way more
        return 1 + _ways(items, after)
    if not _fixed(items):
        raise UnsafePatternError(NESTED)
    if least == most:
        return 1
    if after is not None and _first(items) & after:
        if most is sre.MAXREPEAT or most - least > _SMALL:
            raise UnsafePatternError(AMBIGUOUS)
        return most - least + 1
    return 1


def _after(items: Sequence[Any], follow: frozenset[str] | None) -> frozenset[str] | None:
    """Return what the first character of ``items``, or of what follows them, may be; None where the text must end."""
    found: frozenset[str] = frozenset()
    for item in items:
        if item[0] is sre.AT:
            if item[1] in (sre.AT_END, sre.AT_END_STRING):
                return found or None
            continue
        found |= _first([item])
        if not _optional(item):
            return found
    if follow is None:
        return found or None
    return found | follow


def _optional(item: Any) -> bool:
    kind, value = item
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return value[0] == 0 or all(map(_optional, list(value[2])))
    if kind is sre.SUBPATTERN:
        return all(map(_optional, list(value[-1])))
    if kind is sre.BRANCH:
        return any(all(map(_optional, list(branch))) for branch in value[1])
    return kind is sre.AT


def _fixed(items: Sequence[Any]) -> bool:
    """Say whether a repeated body always has the same length and leaves no choice."""
    for kind, value in items:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if value[0] != value[1] or not _fixed(list(value[2])):
                return False
        elif kind is sre.SUBPATTERN:
            if not _fixed(list(value[-1])):
                return False
        elif kind not in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
            return False
    return bool(items)


def _first(items: Sequence[Any]) -> frozenset[str]:
    """Return which characters a sequence may begin with."""
    found: frozenset[str] = frozenset()
    for item in items:
        found |= _first_of(item)
        if not _optional(item):
            break
    return found


def _first_of(item: Any) -> frozenset[str]:
    kind, value = item
    if kind is sre.LITERAL:
        return frozenset([chr(value)])
    if kind is sre.NOT_LITERAL:
        return _ALPHABET - {chr(value)}
    if kind is sre.ANY:
        return _ALPHABET
    if kind is sre.IN:
        return _class(value)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _first(list(value[2]))
    if kind is sre.SUBPATTERN:
        return _first(list(value[-1]))
    if kind is sre.BRANCH:
        return frozenset().union(*(_first(list(branch)) for branch in value[1]))
    return frozenset() if kind is sre.AT else _ALPHABET


def _class(members: Sequence[Any]) -> frozenset[str]:
    found: set[str] = set()
    for kind, value in members:
        if kind is sre.LITERAL:
            found.add(chr(value))
        elif kind is sre.RANGE:
            low, high = value
            found.update(character for character in _ALPHABET if low <= ord(character) <= high)
            found.update((chr(low), chr(high)))
        elif kind is sre.CATEGORY:
            found.update(filter(_CATEGORIES[value].match, _ALPHABET))
    return _ALPHABET - found if members and members[0][0] is sre.NEGATE else frozenset(found)


_CATEGORIES = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
