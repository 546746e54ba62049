"""What repairs know of persons: how their codes and names are masked, and that no log tells of them. Plain module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ...tables.profiles import TableProfile
from ...tables.source import TableSource
from ..judging.columns import personal_rules
from ..personal.rules import (
    CODE_LENGTH,
    PersonalHit,
    elements,
    is_name,
    personal_codes,
    redact,
    row_hits,
    text_of,
)

#: What the national publishers write in place of a natural person's tax code and name.
CODE_MASK = "*CODICE FISCALE*"
NAME_MASK = "*INDIVIDUO*"

_LIST = ":::"
# A masked code asks for the name beside it, and nothing asks for more: the second round ends it.
_ROUNDS = 4


class PersonalPrivacy:
    """Masks what the rules P1, P2 and P3 forbid in the rows of one table."""

    def __init__(self, source: TableSource, profile: TableProfile | None) -> None:
        # Which declarations are in force only matters to what is published: here nobody is told of.
        self._rules = personal_rules(source, profile, today=datetime.now(UTC).date(), published=None)
        self._persons = self._rules.persons

    def masked(self, cells: Sequence[str]) -> dict[int, str]:
        """Return the cells that must not be published as they become, by position; none is found in them again."""
        after = list(cells)
        for _ in range(_ROUNDS):
            hits = row_hits(after, self._persons)
            if not hits:
                break
            for hit in hits:
                after[hit.column] = self._mask(hit, after)
        return {
            position: cell
            for position, (cell, before) in enumerate(zip(after, cells, strict=True))
            if cell != before
        }

    def tells_of_a_person(self, cells: Sequence[str]) -> bool:
        """Say whether any of the rules P1 to P8 finds a person in the row: then none of its values is repeated."""
        return self._rules.tells_of_person(cells)

    def redacted(self, text: str) -> str:
        """Return a text without personal codes and contacts."""
        return redact(text)

    def _mask(self, hit: PersonalHit, cells: Sequence[str]) -> str:
        cell = cells[hit.column]
        if hit.rule == "P1":
            return _without_codes(cell)
        if hit.rule == "P3":
            return _LIST.join(CODE_MASK if _is_code(one) else one for one in elements(cell))
        for subject in self._persons:
            if subject.code is not None and hit.column in subject.names:
                cell = _without_names(cell, elements(text_of(cells, subject.code)))
        return cell


def _without_codes(text: str) -> str:
    kept, position = [], 0
    for start, end in personal_codes(text):
        if start >= position:
            kept += [text[position:start], CODE_MASK]
        position = max(position, end)
    return "".join([*kept, text[position:]])


def _without_names(text: str, codes: list[str]) -> str:
    """Mask the names beside masked codes; where names and codes do not answer to each other, every name."""
    names = elements(text)
    if not any("*" in code for code in codes):
        return text
    pairs = zip(codes, names, strict=True) if len(codes) == len(names) else (("*", name) for name in names)
    return _LIST.join(NAME_MASK if "*" in code and is_name(name) else name for code, name in pairs)


def _is_code(element: str) -> bool:
    plain = element.strip()
    return len(plain) == CODE_LENGTH and plain.isalnum() and not plain.isdigit()
