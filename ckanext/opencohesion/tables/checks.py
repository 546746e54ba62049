"""Checks of our own that run inside frictionless, beside those a Table Schema can express."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import attrs
from frictionless import Check, Error, Row
from frictionless.errors import CellError


class NumberFormError(CellError):
    """A number that Python understands and no publisher writes."""

    type = "number-form"
    title = "Number form"
    description = "The cell reads as a number only by a notation that data must not use (NaN, 1e3, 1_000)."
    template = (
        'The cell "{cell}" in row at position "{rowNumber}" and field "{fieldName}" has the notation: {note}'
    )


@attrs.define(kw_only=True, repr=False)
class PlainNumberCheck(Check):
    """Numbers are digits, with a sign, group marks and decimal mark at most.

    Frictionless 5 accepts ``NaN``, ``Infinity``, ``1e3`` and ``1_000`` as numbers (measured on 5.21), since Python
    does; a database or a spreadsheet then reads something else.
    """

    type = "plain-number"
    Errors = [NumberFormError]
    # Position, name and notation of each number column.
    _columns: list[tuple[int, str, Callable[[str], object]]] = attrs.field(factory=list, init=False)

    def validate_start(self) -> Iterable[Error]:
        """Prepare the number columns' notations; nothing to report yet."""
        self._columns = [
            (position, field.name, _plain(field).match)
            for position, field in enumerate(self.resource.schema.fields)
            if field.type in ("number", "integer")
        ]
        return ()

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield an error for each number cell that frictionless accepted and that is not written plainly."""
        cells = row.cells
        for position, name, plain in self._columns:
            cell = cells[position] if position < len(cells) else None
            if not cell or not isinstance(cell, str) or plain(cell):
                continue
            if row[name] is not None and name not in row.error_cells:
                # Not from_row: it would tell the number that was read, not the cell as it is written.
                yield NumberFormError(
                    note="digits only",
                    cells=[str(item) for item in row.cells],
                    row_number=row.row_number,
                    cell=cell,
                    field_name=name,
                    field_number=position + 1,
                )


def _plain(field: Any) -> re.Pattern[str]:
    if field.type == "integer":
        return re.compile(r"\s*-?[0-9]+\s*\Z")
    group, mark = re.escape(field.group_char), re.escape(field.decimal_char)
    whole = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)" if field.group_char else "[0-9]+"
    return re.compile(rf"\s*-?{whole}(?:{mark}[0-9]+)?\s*\Z")
