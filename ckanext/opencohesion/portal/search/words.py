"""What a visitor types into the search field, turned into a query that Solr can only understand as words.

Visitors may use "a phrase", -word (without it), OR between two words, and word* (any ending). Everything else that means
something to Solr (fields, ranges, parsers, boosts) is text here: nobody learns more than the filters let through, and
no input is an error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PIECE = re.compile(r'(-?)"([^"]*)"?|(\S+)')
# Fewer letters before the asterisk would stand for most of the index.
_SHORTEST_STEM = 3
_OPERATOR = "OR"


@dataclass(frozen=True, slots=True)
class Piece:
    """One word or phrase. ``excluded``: preceded by a minus; ``open_end``: followed by an asterisk."""

    text: str
    phrase: bool = False
    excluded: bool = False
    open_end: bool = False

    def solr(self) -> str:
        """Return the piece in Solr's syntax, without its minus."""
        if self.phrase:
            return f'"{escaped(self.text)}"'
        return escaped(self.text) + ("*" if self.open_end else "")


def clean(text: str) -> str:
    """Return the text composed (NFC), without control characters, its white space made single."""
    composed = unicodedata.normalize("NFC", text)
    printable = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in composed)
    return " ".join(printable.split())


def escaped(text: str) -> str:
    """Return ``text`` with every character that is neither letter, digit nor space made harmless to Solr's parsers."""
    return "".join(each if each.isalnum() or each.isspace() else f"\\{each}" for each in text)


def solr_value(text: str) -> str:
    """Return ``text`` as one quoted value of a Solr filter."""
    return f'"{escaped(text)}"'


def alternatives(text: str) -> list[list[Piece]]:
    """Return the pieces of a search in order; pieces joined by OR stand together in one list."""
    groups: list[list[Piece]] = []
    joined = False
    for match in _PIECE.finditer(clean(text)):
        if match[3] == _OPERATOR:
            joined = bool(groups)
            continue
        piece = _piece(match)
        if piece is None:
            continue
        if joined and not piece.excluded and not groups[-1][0].excluded:
            groups[-1].append(piece)
        else:
            groups.append([piece])
        joined = False
    return groups


def plain_words(text: str) -> list[str]:
    """Return the words that stand alone in a search (no phrases, nothing excluded, no open ends)."""
    return [
        piece.text
        for group in alternatives(text)
        for piece in group
        if not (piece.phrase or piece.excluded or piece.open_end)
    ]


def solr_query(text: str) -> str:
    """Return the search as a query for Solr's edismax parser; ``*:*`` where there is nothing to search for."""
    groups = alternatives(text)
    clauses = [_clause(group) for group in groups]
    if all(group[0].excluded for group in groups):
        clauses.insert(0, "*:*")
    return " ".join(clauses)


def _clause(group: list[Piece]) -> str:
    if len(group) > 1:
        return "(" + f" {_OPERATOR} ".join(piece.solr() for piece in group) + ")"
    return ("-" if group[0].excluded else "") + group[0].solr()


def _piece(match: re.Match[str]) -> Piece | None:
    if match[3] is None:
        return Piece(match[2].strip(), phrase=True, excluded=bool(match[1])) if _says(match[2]) else None
    word = match[3]
    excluded = word.startswith("-") and len(word) > 1
    word = word.removeprefix("-") if excluded else word
    stem = word.rstrip("*")
    open_end = stem != word and len(stem) >= _SHORTEST_STEM and stem.isalnum()
    # Solr would read these as operators, whatever stands around them
    text = stem.lower() if stem in ("AND", "OR", "NOT") else stem
    return Piece(text, excluded=excluded, open_end=open_end) if _says(text) else None


def _says(text: str) -> bool:
    return any(each.isalnum() for each in text)
