"""Numbers that Python understands and no publisher writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import CellError

from ..typed import literal
from .base import CellSql, Column, TableCheck, any_of


class NumberFormError(CellError):
    """A number that Python understands and no publisher writes."""

    type = "number-form"
    title = "Number form"
    description = "The cell reads as a number only by a notation that data must not use (NaN, 1e3, 1_000)."
    template = (
        'The cell "{cell}" in row at position "{rowNumber}" and field "{fieldName}" has the notation: {note}'
    )


@attrs.define(kw_only=True, repr=False)
class PlainNumberCheck(TableCheck):
    """Numbers are digits, with a sign, group marks and decimal mark at most.

    Frictionless 5 accepts ``NaN``, ``Infinity``, ``1e3`` and ``1_000`` as numbers (measured on 5.21), since Python
    does; a database or a spreadsheet then reads something else.
    """

    type = "plain-number"
    Errors = [NumberFormError]
    column_properties: ClassVar[tuple[str, ...]] = ()
    _numbers: list[tuple[Column, re.Pattern[str]]] = attrs.field(factory=list, init=False)

    def prepare(self, schema: Mapping[str, Any]) -> None:
        """Learn the number columns and their notations."""
        super().prepare(schema)
        self._numbers = [
            (column, re.compile(_plain(column) + r"\Z"))
            for column in self._columns.values()
            if column.type in ("number", "integer")
        ]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield an error for each number cell that frictionless accepted and that is not written plainly."""
        cells = row.cells
        for column, plain in self._numbers:
            cell = cells[column.position] if column.position < len(cells) else None
            if not cell or not isinstance(cell, str) or plain.match(cell):
                continue
            if row[column.name] is not None and column.name not in row.error_cells:
                yield self.cell_finding(NumberFormError, row, column, note="digits only")

    def suspects(self, cell: CellSql) -> str:
        """Every number cell that is filled and not written plainly."""
        return any_of(
            [
                f"{cell(column.name)} <> '' AND NOT regexp_full_match({cell(column.name)}, {literal(_plain(column))})"
                for column, _ in self._numbers
            ]
        )


def _plain(column: Column) -> str:
    if column.type == "integer":
        return r"\s*-?[0-9]+\s*"
    group, mark = re.escape(column.group_char), re.escape(column.decimal_char)
    whole = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)" if column.group_char else "[0-9]+"
    return rf"\s*-?{whole}(?:{mark}[0-9]+)?\s*"
