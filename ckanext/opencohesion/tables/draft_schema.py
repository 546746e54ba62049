"""A Table Schema proposed from a file: each column's type as all its values allow. A person confirms it.

A code is never taken for a number: what has a leading zero, or a label that speaks of a code, stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from .labels import is_code_label
from .limits import DEFAULT_LIMITS, Limits
from .reading import read_rows
from .source import TableSource

#: So many rows are looked at; the person is told how many.
MOST_ROWS = 20_000

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_COMMA = re.compile(r"-?(?:0|[1-9][0-9]*),[0-9]+|-?(?:0|[1-9][0-9]{0,17})")
_POINT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+|-?(?:0|[1-9][0-9]{0,17})")
_CUP = re.compile(r"[A-Za-z][0-9]{2}[A-Za-z][0-9]{11}")
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y")
_YEARS = range(1900, 2101)


def draft_schema(source: TableSource, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """Return a proposed Table Schema for the table in a file, from its first rows.

    Raises UnreadableTableError where the file turns out unreadable.
    """
    columns: list[list[Any]] = [[] for _ in source.labels]
    for row in _rows(source, limits):
        for position, values in enumerate(columns):
            values.append(row[position] if position < len(row) else None)
    fields = [
        _field(label.strip() or f"column {number}", values)
        for number, (label, values) in enumerate(zip(source.labels, columns, strict=True), start=1)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": ["", " "]}
    cups = [
        field["name"]
        for field, values in zip(fields, columns, strict=True)
        if _all(values, lambda cell: bool(_CUP.fullmatch(cell)))
    ]
    if cups:
        schema["checks"] = [{"type": "cup", "fields": cups, "severity": "error"}]
    return schema


def _rows(source: TableSource, limits: Limits) -> Iterator[Sequence[Any]]:
    rows = read_rows(source, limits)
    for row in islice(rows, source.header_row, source.header_row + MOST_ROWS):
        if any(cell is not None and str(cell).strip() for cell in row):
            yield row


def _field(name: str, values: Sequence[Any]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, **_type(name, values)}
    filled = [cell for cell in values if cell is not None and str(cell).strip()]
    if values and len(filled) == len(values) and field["type"] == "string":
        field["constraints"] = {"required": True}
    return field


def _type(name: str, values: Sequence[Any]) -> Mapping[str, Any]:
    if _all(values, None, date | datetime):
        return {"type": "date", "format": "%Y-%m-%d"}
    for form in _DATES:
        if _all(values, lambda cell, form=form: _is_date(cell, form)):
            return {"type": "date", "format": form}
    if is_code_label(name):
        return {"type": "string"}
    if _all(values, lambda cell: bool(_INTEGER.fullmatch(cell)), int):
        return {"type": "integer"}
    if _all(values, lambda cell: bool(_COMMA.fullmatch(cell)), int | float):
        return {"type": "number", "decimalChar": ","}
    if _all(values, lambda cell: bool(_POINT.fullmatch(cell)), int | float):
        return {"type": "number", "decimalChar": "."}
    return {"type": "string"}


def _all(values: Sequence[Any], test: Callable[[str], bool] | None, native: Any = None) -> bool:
    """Say whether there are values and every one of them passes: texts by ``test``, others by being ``native``."""
    some = False
    for cell in values:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        some = True
        if isinstance(cell, str):
            if test is None or not test(cell.strip()):
                return False
        elif native is None or isinstance(cell, bool) or not isinstance(cell, native):
            return False
    return some


def _is_date(cell: str, form: str) -> bool:
    if len(cell) < 8 or len(cell) > 10:
        return False
    try:
        return datetime.strptime(cell, form).year in _YEARS
    except ValueError:
        return False
