"""Which rows and columns are left out: those in which nothing stands, or nothing but the day of the extraction."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from ..limits import Limits
from ..profiles import TableProfile
from ..reading import read_rows
from ..source import TableSource

# As the check ``only-date`` has it: a table of fewer columns may be a calendar.
_LEAST_COLUMNS = 3
_DATE = re.compile("[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T][0-9:.]+)?|[0-9]{8}")


def is_blank(cell: Any) -> bool:
    """Say whether nothing stands in a cell, or nothing but blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filler_columns(source: TableSource, profile: TableProfile | None) -> frozenset[int]:
    """Return the columns that alone make no row, as the profile names them (check ``only-filled``).

    A spreadsheet that fills a column down to its last row leaves a million such rows.
    """
    if profile is None or source.header is None:
        return frozenset()
    named = {
        name
        for check in profile.schema.get("checks", ())
        if check.get("type") == "only-filled"
        for name in check.get("fields", ())
    }
    return frozenset(position for position, name in enumerate(source.header.canonical) if name in named)


def is_no_row(cells: Sequence[Any], fillers: Collection[int], width: int) -> bool:
    """Say whether a row of a table of ``width`` columns holds nothing, nothing but fillers, or nothing but one date."""
    filled = [position for position, cell in enumerate(cells) if not is_blank(cell)]
    if all(position in fillers for position in filled):
        return True
    return len(filled) == 1 and width >= _LEAST_COLUMNS and _is_date(cells[filled[0]])


def _is_date(cell: Any) -> bool:
    return isinstance(cell, date) or bool(_DATE.fullmatch(str(cell).strip()))


def empty_columns(
    source: TableSource, limits: Limits, go_on: Callable[[int], bool] = lambda _rows: True
) -> frozenset[int]:
    """Return the columns without a name in which no row has a value. Reads the whole file where there is one.

    ``go_on`` is asked with the number of rows and may say that it is enough: the rest is then taken to be as empty.
    """
    candidates = {position for position, label in enumerate(source.labels) if not label.strip()}
    if not candidates:
        return frozenset()
    for number, row in enumerate(read_rows(source, limits), start=1):
        if number > source.header_row:
            candidates -= {
                position for position in candidates if position < len(row) and not is_blank(row[position])
            }
        if not candidates or not go_on(number):
            break
    return frozenset(candidates)
