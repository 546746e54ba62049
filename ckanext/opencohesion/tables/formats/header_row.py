"""Which of the first rows of a table is its header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..delimited import HEADER_SEARCH, known_labels
from ..errors import UnreadableTableError
from ..profiles import TableProfile
from ..source import Note


def find_header(
    records: Sequence[Sequence[str]], profile: TableProfile | None
) -> tuple[int, Sequence[str], list[Note]]:
    """Return the row of the header, its labels, and a note where lines stand above it.

    The header is the first record that holds anything, unless one further down names more of the profile's columns.
    """
    filled = [
        number for number, record in enumerate(records, start=1) if any(cell.strip() for cell in record)
    ]
    if not filled:
        raise UnreadableTableError("empty-file")
    first = filled[0]
    best = first
    if profile is not None:
        candidates = [number for number in filled if number <= HEADER_SEARCH] or [first]
        best = max(candidates, key=lambda number: known_labels(profile, records[number - 1]))
    notes = (
        [Note("lines-above-header", "error", best, params={"row": best, "count": best - 1})]
        if best > 1
        else []
    )
    return best, records[best - 1], notes


def as_labels(row: Sequence[Any]) -> list[str]:
    """Return a row of native cells as the names of columns."""
    return ["" if cell is None else str(cell) for cell in row]
