"""What the parts of a file's page show: rows, columns, chart, map, as the templates take it. Knows no request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.description import Column, TableDescription
from ckanext.opencohesion.tables.errors import QueryError
from ckanext.opencohesion.tables.filters import make_filter
from ckanext.opencohesion.tables.query import Selection, Sort, read_page

from . import words
from .access import OpenTable
from .wanted import ALL_COLUMNS, Wanted

#: Columns of a wide table that are shown before somebody chooses.
FEW_COLUMNS = 10
_MOST_CHOSEN = 60
_LONG_CELL = 100


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown: its words, those beyond a long cell's beginning, and whether it is a quantity."""

    text: str
    rest: str
    quantity: bool


@dataclass(frozen=True)
class Rows:
    """A page of the table."""

    columns: tuple[Column, ...]
    cells: list[list[Cell]]
    total: int
    first: int
    last: int
    pages: int


def selection(table: OpenTable, wanted: Wanted) -> Selection:
    """Return the rows that the filters and words of the address ask for. Raises QueryError."""
    filters = tuple(
        make_filter(table.description, one.column, one.operator, [one.value] if one.value.strip() else [])
        for one in wanted.filters
    )
    return Selection(filters, wanted.words)


def sort(table: OpenTable, wanted: Wanted) -> Sort | None:
    """Return the order that the address asks for. Raises QueryError."""
    if not wanted.sort:
        return None
    return Sort(_column(table.description, wanted.sort), wanted.descending)


def chosen_columns(table: OpenTable, wanted: Wanted) -> tuple[Column, ...]:
    """Return the columns to show: those chosen, else all of a narrow table, else the first that tell rows apart.

    Raises QueryError.
    """
    every = table.description.columns
    if ALL_COLUMNS in wanted.columns:
        return every
    if wanted.columns:
        if len(wanted.columns) > _MOST_CHOSEN:
            raise QueryError(N_("Choose at most {limit} columns, or all of them."), limit=_MOST_CHOSEN)
        chosen = {_column(table.description, name).position for name in wanted.columns}
        return tuple(column for column in every if column.position in chosen)
    if len(every) <= FEW_COLUMNS:
        return every
    telling = [column for column in every if column.distinct > 1] or list(every)
    return tuple(telling[:FEW_COLUMNS])


def rows(table: OpenTable, wanted: Wanted, language: str) -> Rows:
    """Return the page of rows that the address asks for. Raises QueryError and QueryLimitError."""
    columns = chosen_columns(table, wanted)
    offset = (wanted.page - 1) * wanted.size
    page = read_page(
        table.table, columns, selection(table, wanted), sort(table, wanted), offset=offset, limit=wanted.size
    )
    cells = [
        [_cell(column, value, language) for column, value in zip(columns, row, strict=True)]
        for row in page.rows
    ]
    pages = max(1, -(-page.total // wanted.size))
    first = offset + 1 if page.rows else 0
    return Rows(columns, cells, page.total, first, offset + len(page.rows), pages)


def _cell(column: Column, value: Any, language: str) -> Cell:
    text = words.shown_value(column, value, language)
    quantity = column.is_number and not column.is_year
    return Cell(text[:_LONG_CELL], text[_LONG_CELL:], quantity)


def _column(description: TableDescription, name: str) -> Column:
    try:
        return description.column(name)
    except KeyError:
        raise QueryError(N_("The table has no column “{column}”."), column=name[:80]) from None


@dataclass(frozen=True)
class Meaning:
    """One line of the dictionary of columns; texts are in the reader's language, ``type`` is a key of ``words.TYPES``."""

    column: Column
    title: str
    description: str
    type: str
    required: bool
    pattern: str | None
    codes: tuple[str, ...]
    values: tuple[tuple[str, int], ...]
    lowest: str
    highest: str
    example: str


def dictionary(table: OpenTable, language: str) -> list[Meaning]:
    """Return what each column means: from the Table Schema, and from what stands in the file."""
    return [_meaning(table, column, language) for column in table.description.columns]


def _meaning(table: OpenTable, column: Column, language: str) -> Meaning:
    field = words.field_of(table.profile, column)
    constraints = field.descriptor.get("constraints", {}) if field else {}
    money = words.unit(table.profile, column) == "EUR"
    return Meaning(
        column=column,
        title=words.title(table.profile, column, language),
        description=(field.description.get(language) or field.description["it"]) if field else "",
        type="money" if money else column.type,
        required=bool(constraints.get("required")),
        pattern=constraints.get("pattern"),
        codes=tuple(map(str, constraints.get("enum", ()))),
        values=tuple((_written(column, value, language), count) for value, count in column.values or ()),
        lowest=_written(column, column.minimum, language),
        highest=_written(column, column.maximum, language),
        example=_written(column, column.example, language),
    )


def _written(column: Column, value: str | None, language: str) -> str:
    return words.shown_text(column, value, language) if value is not None else ""
