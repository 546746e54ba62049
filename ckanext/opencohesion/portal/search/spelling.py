"""Finds the word that was meant: words compared letter by letter, accents and case apart.

The words come from the index, where each is kept as ``citta|città``: what is compared, and what is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_BAR = "|"


def folded(word: str) -> str:
    """Return the word in small letters without accents."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def entry(word: str) -> str:
    """Return a word as the index keeps it."""
    return f"{folded(word)}{_BAR}{word}"


def shown(kept: str) -> str:
    """Return the word of an index entry."""
    return kept.partition(_BAR)[2]


def meant(word: str, dictionary: Mapping[str, int]) -> list[str]:
    """Return the words of ``dictionary`` (index entries with their number of datasets) nearest to ``word``.

    The nearest first, among equals the most used; at most five. One wrong letter is forgiven in words of four and five
    letters, two in longer ones; two neighbours exchanged are one mistake (pagamneti).
    """
    looked_for = folded(word)
    allowed = 0 if len(looked_for) < 4 else 1 if len(looked_for) < 6 else 2
    letters = set(looked_for)
    near: list[tuple[int, int, str]] = []
    for kept, datasets in dictionary.items():
        candidate, _, display = kept.partition(_BAR)
        if abs(len(candidate) - len(looked_for)) > allowed or len(letters - set(candidate)) > allowed:
            continue
        mistakes = distance(looked_for, candidate)
        if mistakes <= allowed and display and candidate != looked_for:
            near.append((mistakes, -datasets, display))
    return [display for _, _, display in sorted(near)[:5]]


def distance(one: str, other: str) -> int:
    """Return how many letters differ: put in, left out, replaced, or exchanged with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                least = min(least, before_last[j - 2] + 1)
            row.append(least)
        before_last, last = last, row
    return last[-1]
