"""A probed table as frictionless sees it: the file's own columns and labels, the profile's types and constraints.

Frictionless is given rows, not the file: its own CSV reader sniffs at the quoting of the first hundred lines (which
may be the whole of a hostile file) and its own XLSX reader trusts the sizes that a sheet declares.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from frictionless import Check, Dialect, FrictionlessException, Schema, errors
from frictionless.resources import TableResource

from .checks import generic_checks, profile_checks
from .errors import UnreadableTableError
from .findings import FINDINGS
from .formats.registry import read_rows_of
from .limits import DEFAULT_LIMITS, Limits
from .profiles import TableDialect, TableProfile
from .source import TableSource


class NumberedRow(list[Any]):
    """A row's cells that know their number in the file."""

    def __init__(self, number: int, cells: Iterable[Any]) -> None:
        super().__init__(cells)
        self.number = number


class NumberedRowsDialect(Dialect):
    """For a choice of a table's rows: frictionless would number them as they come."""

    def read_enumerated_content_stream(
        self, cell_stream: Iterable[list[Any]]
    ) -> Generator[tuple[int, list[Any]], Any, None]:
        """Yield number and cells of the rows below the header."""
        first = self.create_first_content_row()
        for row in cell_stream:
            if isinstance(row, NumberedRow) and row.number >= first:
                yield row.number, row


def frictionless_resource(
    source: TableSource,
    profile: TableProfile | None,
    limits: Limits = DEFAULT_LIMITS,
    *,
    chosen: Callable[[], Iterator[NumberedRow]] | None = None,
) -> TableResource:
    """Return the resource to validate: fields in the file's order under the file's own (trimmed) labels.

    Columns that the profile does not know are of type ``any``. Columns that the file lacks are not in the schema:
    ``source.header`` tells them. Rows are numbered as in the file. ``chosen`` yields those that are to be validated
    where not all are, among them all that stand above and in the header.
    """
    schema = file_schema(source, profile)
    header_rows = [source.header_row]
    return TableResource(
        name="table",
        data=chosen or (lambda: _typed_rows(source, profile, schema, limits)),
        schema=Schema.from_descriptor(schema),
        dialect=NumberedRowsDialect(header_rows=header_rows) if chosen else Dialect(header_rows=header_rows),
    )


def frictionless_checks(source: TableSource, profile: TableProfile | None) -> list[Check]:
    """Return our checks for this file: those that run on every table, and those that the profile names.

    They know the file's columns already, so that they can say where to look (``TableCheck.suspects``).
    """
    schema = file_schema(source, profile)
    if profile is None or source.header is None:
        return [*generic_checks(schema, with_profile=False)]
    named = profile.schema.get("checks", ())
    names = {
        canonical: field["name"]
        for canonical, field in zip(source.header.canonical, schema["fields"], strict=True)
        if canonical
    }
    general = generic_checks(schema, with_profile=True, named={one["type"] for one in named})
    return [*general, *profile_checks(named, names, schema)]


def file_schema(source: TableSource, profile: TableProfile | None) -> dict[str, Any]:
    """Return the Table Schema of this very file, as a descriptor.

    A repeated or blank label gets a name of its own, since names are unique; frictionless still reports the label.
    """
    canonical = source.header.canonical if source.header else (None,) * len(source.labels)
    dialect = profile.dialect(source.header.release if source.header else None) if profile else None
    names = _unique_names([label.strip() for label in source.labels])
    fields = [
        {**_descriptor(profile, field, dialect), "name": name}
        if profile and dialect and field
        else {"name": name, "type": "any"}
        for field, name in zip(canonical, names, strict=True)
    ]
    schema: dict[str, Any] = {"fields": fields}
    if profile and dialect:
        schema["missingValues"] = list(dialect.missing_values)
        key = [names[canonical.index(field)] for field in profile.primary_key if field in canonical]
        if key and len(key) == len(profile.primary_key):
            schema["primaryKey"] = key
    return schema


def read_rows(source: TableSource, limits: Limits = DEFAULT_LIMITS) -> Iterator[list[Any]]:
    """Yield every row of the table, header included: texts for CSV, typed cells for every other format.

    Raises UnreadableTableError where the file turns out unreadable further down.
    """
    yield from read_rows_of(source, limits)


def _descriptor(profile: TableProfile, field: str, dialect: TableDialect) -> dict[str, Any]:
    """Return the field's descriptor in the dialect of the file's release."""
    descriptor = dict(profile.field(field).descriptor)
    if descriptor["type"] == "number" and dialect.group_char:
        descriptor["groupChar"] = dialect.group_char
    if "missingValues" in descriptor:
        descriptor["missingValues"] = list(
            dict.fromkeys([*descriptor["missingValues"], *dialect.missing_values])
        )
    return descriptor


def _unique_names(labels: list[str]) -> list[str]:
    names: list[str] = []
    taken: set[str] = set(labels)
    for position, label in enumerate(labels, start=1):
        name = label or f"column {position}"
        if label in labels[: position - 1] or not label:
            while name in taken:
                name += f" ({position})"
            taken.add(name)
        names.append(name)
    return names


def _typed_rows(
    source: TableSource, profile: TableProfile | None, schema: dict[str, Any], limits: Limits
) -> Iterator[list[Any]]:
    """Yield the rows; where reading fails, the failure as frictionless tells it in its report."""
    try:
        rows = read_rows(source, limits)
        yield from _sheet_rows(rows, schema, profile) if source.native else rows
    except UnreadableTableError as error:
        told = FINDINGS[error.code].explanation.format(**error.params)
        failure = errors.SourceError(note=told)
        # In the report beside the note, so that it can be told in the reader's language.
        failure.custom["reading"] = {"code": error.code, "params": error.params}
        raise FrictionlessException(failure) from error


def _sheet_rows(
    rows: Iterator[list[Any]], schema: dict[str, Any], profile: TableProfile | None
) -> Iterator[list[Any]]:
    """Yield a sheet's rows as wide as its header, native values of text columns written out.

    A spreadsheet keeps 18 where a code was typed: as text it is ``18``, and the column's pattern judges it.
    Native numbers and dates of number and date columns are values already and stay as they are.
    """
    fields = schema["fields"]
    dialect = profile.dialects[-1] if profile else None
    for row in rows:
        cells = row + [None] * (len(fields) - len(row))
        if dialect is not None:
            for position, field in enumerate(fields):
                if field["type"] == "string":
                    cells[position] = _as_text(cells[position], dialect)
        yield cells


def _as_text(cell: Any, dialect: TableDialect) -> Any:
    if isinstance(cell, bool) or cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", dialect.decimal_char)
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", dialect.decimal_char)
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime(dialect.date_format)
    return str(cell)
