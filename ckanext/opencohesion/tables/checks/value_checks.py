"""Checks on dates and amounts of one row. They judge values as frictionless read them: what it could not read has its
own finding. Rates of failure that a severity rests on are measured on the PNRR's payments and projects (127,377 and
52,539 rows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import CellError

from .base import (
    CELL_IS,
    COLUMN_NAMES,
    CellSql,
    Column,
    TableCheck,
    any_of,
    day,
    day_number,
    day_sql,
    number,
    number_sql,
    unread_sql,
)

CENT = 0.01


class DateWithinError(CellError):
    type = "date-within"
    title = "Date outside its time"
    description = "The date is before or after the time in which it can be."
    template = CELL_IS


class DatesInOrderError(CellError):
    type = "dates-in-order"
    title = "Dates in the wrong order"
    description = "The date is after another that it can not be after."
    template = CELL_IS


class AtMostError(CellError):
    type = "at-most"
    title = "More than another amount"
    description = "The amount is more than another that it can not exceed."
    template = CELL_IS


class SumAtMostError(CellError):
    type = "sum-at-most"
    title = "Parts more than their total"
    description = "The sum of the parts is more than the total."
    template = CELL_IS


class SumEqualsError(CellError):
    type = "sum-equals"
    title = "Parts other than their total"
    description = "The sum of the parts is not the total."
    template = CELL_IS


@attrs.define(kw_only=True, repr=False)
class DateWithinCheck(TableCheck):
    """Dates lie between two days, both included (``from``, ``to``; ISO 8601, either may be left out)."""

    type = "date-within"
    Errors = [DateWithinError]
    fields: list[str] = attrs.field(factory=list)
    first: str | None = None
    last: str | None = None

    least_fields = 1
    metadata_profile_patch = {
        "required": ["fields"],
        "properties": {
            "fields": COLUMN_NAMES,
            "from": {"type": "string", "format": "date"},
            "to": {"type": "string", "format": "date"},
        },
    }

    @classmethod
    def metadata_import(cls, descriptor: dict[str, Any], **options: Any) -> DateWithinCheck:
        """Called by frictionless with the descriptor: ``from`` can not be the name of an attribute.

        Raises ValueError where a day is none.
        """
        plain = {name: value for name, value in descriptor.items() if name not in ("from", "to")}
        for name in ("from", "to"):
            if descriptor.get(name) is not None:
                date.fromisoformat(descriptor[name])
        return super().metadata_import(
            plain, first=descriptor.get("from"), last=descriptor.get("to"), **options
        )

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the dates of the row that lie outside."""
        first = date.fromisoformat(self.first) if self.first else date.min
        last = date.fromisoformat(self.last) if self.last else date.max
        for column in self.columns(self.fields):
            value = day(row[column.name])
            if value and not first <= value <= last:
                limits = {"from": _told(self.first, column), "to": _told(self.last, column)}
                yield self.cell_finding(
                    DateWithinError, row, column, note="outside the time in which it can be", **limits
                )

    def suspects(self, cell: CellSql) -> str:
        """Dates that lie outside, and those that DuckDB can not read."""
        first = day_number(self.first or date.min.isoformat())
        last = day_number(self.last or date.max.isoformat())
        return any_of(
            [
                f"NOT coalesce({day_sql(column, cell)} BETWEEN {first} AND {last}, false) AND {column.filled_sql(cell)}"
                for column in self.columns(self.fields)
            ]
        )


@attrs.define(kw_only=True, repr=False)
class _PairCheck(TableCheck):
    """``field`` is not beyond ``other`` in the same row; where either is empty nothing is said."""

    field: str = ""
    other: str = ""

    column_properties: ClassVar[tuple[str, ...]] = ("field", "other")
    metadata_profile_patch = {
        "required": ["field", "other"],
        "properties": {"field": {"type": "string"}, "other": {"type": "string"}},
    }

    def pair(self) -> tuple[Column, Column] | None:
        """Return the two columns, None where the table lacks one."""
        columns = self.columns([self.field, self.other])
        return (columns[0], columns[1]) if len(columns) == 2 else None

    def beyond_sql(self, value: Callable[[Column, CellSql], str], cell: CellSql) -> str:
        """Return the SQL that is true where the one is beyond the other or either is filled and can not be read."""
        pair = self.pair()
        if pair is None:
            return "false"
        here, there = (value(column, cell) for column in pair)
        filled = " AND ".join(column.filled_sql(cell) for column in pair)
        return f"NOT coalesce({here} <= {there}, false) AND {filled}"


@attrs.define(kw_only=True, repr=False)
class DatesInOrderCheck(_PairCheck):
    """A date is not after another (a start not after its end)."""

    type = "dates-in-order"
    Errors = [DatesInOrderError]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the date that is after the other."""
        if pair := self.pair():
            here, there = day(row[pair[0].name]), day(row[pair[1].name])
            if here and there and here > there:
                yield self.cell_finding(
                    DatesInOrderError,
                    row,
                    pair[0],
                    note=f'after "{self.other}"',
                    other=self.other,
                    limit=there.strftime(pair[1].date_format),
                )

    def suspects(self, cell: CellSql) -> str:
        """Rows whose dates are in the wrong order or can not be read by DuckDB."""
        return self.beyond_sql(day_sql, cell)


@attrs.define(kw_only=True, repr=False)
class AtMostCheck(_PairCheck):
    """An amount is not more than another.

    Measured: payments of the PNRR over its funding 0, an error; all payments over all funding 3.7 %, net public funding
    over public funding 2.1 %: warnings.
    """

    type = "at-most"
    Errors = [AtMostError]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the amount that exceeds the other."""
        if pair := self.pair():
            here, there = number(row[pair[0].name]), number(row[pair[1].name])
            if here is not None and there is not None and here > there:
                yield self.cell_finding(
                    AtMostError,
                    row,
                    pair[0],
                    note=f'more than "{self.other}"',
                    other=self.other,
                    limit=written(there, pair[1]),
                )

    def suspects(self, cell: CellSql) -> str:
        """Rows in which the amount exceeds the other, or one can not be read by DuckDB."""
        return self.beyond_sql(number_sql, cell)


@attrs.define(kw_only=True, repr=False)
class _SumCheck(TableCheck):
    """The parts ``fields`` against their ``total``; an empty part counts nothing, without a total nothing is said."""

    fields: list[str] = attrs.field(factory=list)
    total: str = ""
    tolerance: float = CENT

    column_properties: ClassVar[tuple[str, ...]] = ("fields", "total")
    metadata_profile_patch = {
        "required": ["fields", "total"],
        "properties": {
            "fields": COLUMN_NAMES,
            "total": {"type": "string"},
            "tolerance": {"type": "number", "minimum": 0},
        },
    }
    wrong: ClassVar[type[CellError]]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the total that the parts do not allow."""
        total = self.columns([self.total])
        parts = self.columns(self.fields)
        whole = number(row[self.total]) if total else None
        if whole is None or not parts:
            return
        values = [number(row[column.name]) for column in parts]
        known = [value for value in values if value is not None]
        if known and self.beyond(sum(known, Decimal()) - whole):
            yield self.cell_finding(
                self.wrong,
                row,
                total[0],
                note="not what its parts add up to",
                sum=written(sum(known, Decimal()), total[0]),
                count=len(parts),
            )

    def beyond(self, difference: Decimal) -> bool:
        """Say whether the sum of the parts less the total is more than what is tolerated."""
        raise NotImplementedError

    def beyond_sql(self, difference: str, tolerance: str) -> str:
        """Return the SQL of ``beyond``."""
        raise NotImplementedError

    def suspects(self, cell: CellSql) -> str:
        """Rows in which the parts and the total differ beyond the tolerance, or DuckDB can not read one."""
        columns = self.columns([*self.fields, self.total])
        if len(columns) < 2 or columns[-1].name != self.total:
            return "false"
        values = [number_sql(column, cell) for column in columns]
        # Each term cast, so that the sum of many does not outgrow the type.
        parts = " + ".join(f"coalesce(CAST({value} AS DOUBLE), 0)" for value in values[:-1])
        unread = [unread_sql(value, column, cell) for value, column in zip(values, columns, strict=True)]
        # Doubles are exact enough to look wider, not to judge: half the tolerance.
        half = str(Decimal(str(self.tolerance)) / 2)
        return any_of([self.beyond_sql(f"{parts} - CAST({values[-1]} AS DOUBLE)", half), *unread])


@attrs.define(kw_only=True, repr=False)
class SumAtMostCheck(_SumCheck):
    """The parts are not more than their total. Fails in 36 of 127,377 payments' rows (0.03 %)."""

    type = "sum-at-most"
    Errors = [SumAtMostError]
    wrong = SumAtMostError

    def beyond(self, difference: Decimal) -> bool:
        """More than the total by more than the tolerance."""
        return difference > Decimal(str(self.tolerance))

    def beyond_sql(self, difference: str, tolerance: str) -> str:
        """As ``beyond``."""
        return f"{difference} > {tolerance}"


@attrs.define(kw_only=True, repr=False)
class SumEqualsCheck(_SumCheck):
    """The parts are their total. (Of the PNRR's fourteen sources 15.7 % are not: for them ``sum-at-most``.)"""

    type = "sum-equals"
    Errors = [SumEqualsError]
    wrong = SumEqualsError

    def beyond(self, difference: Decimal) -> bool:
        """Away from the total by more than the tolerance."""
        return abs(difference) > Decimal(str(self.tolerance))

    def beyond_sql(self, difference: str, tolerance: str) -> str:
        """As ``beyond``."""
        return f"abs({difference}) > {tolerance}"


def written(value: Decimal, column: Column) -> str:
    """Return an amount as its column writes it."""
    return f"{value:f}".replace(".", column.decimal_char)


def _told(iso: str | None, column: Column) -> Any:
    return date.fromisoformat(iso).strftime(column.date_format) if iso else None
