"""A simple chart of a table: what can sensibly be counted or summed by what, and the bars. Knows no CKAN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.description import Column
from ckanext.opencohesion.tables.errors import QueryError
from ckanext.opencohesion.tables.labels import is_code_label
from ckanext.opencohesion.tables.places import places_of
from ckanext.opencohesion.tables.query import Function, Selection, aggregate

from .access import OpenTable

_MOST_CATEGORIES = 5_000
_FEW_CATEGORIES = 40
_LONGEST_VALUE = 120
_MOST_YEARS = 60
_FUNCTIONS: tuple[Function, ...] = ("count", "sum", "avg")


@dataclass(frozen=True)
class Bar:
    """One bar: whose, how much, how long in percent of the longest; ``negative`` amounts are told by their sign."""

    key: Any
    value: Any
    rows: int
    percent: float


@dataclass(frozen=True)
class Chart:
    """What is charted, the bars, and what they leave out (``others`` groups with their value)."""

    by: Column
    value: Column | None
    function: Function
    by_year: bool
    bars: list[Bar]
    total: Any
    rows: int
    groups: int
    others: int
    others_value: Any


def categories(table: OpenTable) -> list[Column]:
    """Return the columns that rows can be grouped by: few values against the rows, dates and years."""
    return [column for column in table.description.columns if _groups_rows(column)]


def _groups_rows(column: Column) -> bool:
    if column.type == "date" or column.is_year:
        return column.filled > 0
    if column.type == "number" or column.distinct < 2 or column.distinct > _MOST_CATEGORIES:
        return False
    if column.type == "integer" and column.values is None:
        return False
    long = max((len(value) for value, _ in column.values or ()), default=len(column.example or ""))
    return long <= _LONGEST_VALUE and (column.values is not None or column.distinct <= column.filled / 2)


def measures(table: OpenTable) -> list[Column]:
    """Return the columns of numbers that may be summed: none where a project stands on a row for each of its places."""
    places = places_of(table.description, table.profile)
    if places is not None and places.projects and not places.several:
        return []
    return [
        column
        for column in table.description.columns
        if column.is_number and column.filled and not column.is_year and not is_code_label(column.name)
    ]


def usual(table: OpenTable) -> tuple[Column, Column | None] | None:
    """Return what is charted when nothing is asked for: the schema's chart, else rows by the first fit column.

    None where no column groups rows: then no chart is offered.
    """
    possible = categories(table)
    if table.profile is not None and table.profile.chart is not None:
        by = table.description.of_field(table.profile.chart.by)
        value = table.description.of_field(table.profile.chart.value) if table.profile.chart.value else None
        if by is not None and by in possible:
            return by, value if value in measures(table) else None
    fit = [one for one in possible if one.distinct <= _FEW_CATEGORIES and not is_code_label(one.name)]
    chosen = next(iter([*fit, *possible]), None)
    return (chosen, None) if chosen else None


def draw(
    table: OpenTable, selection: Selection, *, by_name: str, value_name: str, function_name: str, top: int
) -> Chart | None:
    """Return the chart that is asked for, by names of columns. Raises QueryError and QueryLimitError."""
    default = usual(table)
    if default is None:
        return None
    by, value = default
    if by_name:
        by, value = _named(by_name, categories(table)), None
    if value_name:
        value = _named(value_name, measures(table))
    function = function_name or ("sum" if value else "count")
    if function not in _FUNCTIONS:
        raise QueryError(N_("A chart has no such measure as “{name}”."), name=function[:40])
    if function == "count":
        value = None
    elif value is None:
        raise QueryError(N_("Choose a column of numbers to add up."))
    by_year = by.type == "date" or by.is_year
    limit = _MOST_YEARS if by_year else top
    found = aggregate(table.table, by, value, function, selection, limit=limit, by_key=by_year)
    sizes = [abs(float(group.value or 0)) for group in found.groups]
    longest = max(sizes, default=0) or 1
    bars = [
        Bar(group.key, group.value, group.rows, round(100 * size / longest, 1))
        for group, size in zip(found.groups, sizes, strict=True)
    ]
    others = found.count - len(bars)
    rest = None
    if others > 0 and function != "avg":
        rest = (found.value or 0) - sum((bar.value or 0) for bar in bars)
    return Chart(
        by, value, function, by_year, bars, found.value, found.rows, found.count, max(others, 0), rest
    )


def _named(name: str, columns: Sequence[Column]) -> Column:
    for column in columns:
        if column.name == name:
            return column
    raise QueryError(N_("The column “{column}” can not be charted."), column=name[:80])
