"""Rows as a file to download: CSV for a spreadsheet, CSV for a program, JSON. Plain module."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from .words import plain_value

_BATCH = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV as Italian spreadsheets open it: byte order mark, semicolons, decimal commas, DD/MM/YYYY.

    No cell is run as a formula: a text that begins like one gets an apostrophe in front.
    """
    yield "\ufeff"
    yield from _csv(names, rows, ";", _for_spreadsheet)


def plain_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV for programs (RFC 4180): UTF-8 without mark, commas, decimal points, ISO dates, texts unchanged."""
    yield from _csv(names, rows, ",", _for_program)


def json_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a JSON array of one object per row."""
    opening = "["
    for row in rows:
        values = dict(zip(names, map(plain_value, row), strict=True))
        yield opening + json.dumps(values, ensure_ascii=False)
        opening = ",\n"
    yield "[]" if opening == "[" else "]"


def _csv(names: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str, cell: Any) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([cell(name) for name in names])
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % _BATCH == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _for_spreadsheet(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _for_program(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
