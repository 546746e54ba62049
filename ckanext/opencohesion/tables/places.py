"""Which columns of a table name places, and each row's municipality, province or region as an SQL expression.

A place is its ISTAT code. Where a Table Schema tells, it is believed; else a column is one of places only if its label
says so and every one of its values is such a code.
"""

# ruff: noqa: S608 - columns are named by their position, values are bound: no text of a user becomes SQL

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

from ..vocabularies.reader import vocabulary
from .description import Column, PlaceKind, TableDescription
from .header import normal_label
from .profiles import PlaceColumns, TableProfile
from .typed import literal

Level = Literal["municipality", "province", "region"]
LEVELS: tuple[Level, ...] = ("municipality", "province", "region")

_LABELS: dict[PlaceKind, re.Pattern[str]] = {
    "municipality": re.compile(r"istat|comun|municip|city"),
    "province": re.compile(r"provin"),
    "province_abbreviation": re.compile(r"provin|sigla"),
    "region": re.compile(r"region"),
}
_WIDTH = {"municipality": 6, "province": 3, "region": 2}
_DISTINCT_TRIED = 9_000
# Columns that name a project: where one of them repeats itself, a project stands on several rows.
_PROJECT_LABEL = re.compile(r"(^|[^a-z])(cup|cod(ice)? locale( progetto)?)([^a-z]|$)")


@dataclass(frozen=True)
class Places:
    """Where a table's rows are.

    ``levels``: for each level that can be told, the SQL expression of a row's ISTAT code (a list of codes where
    ``several``). ``projects``: the columns to count, each value once per place; empty where rows are counted.
    ``additive``: whether a row's amounts belong to its place alone and may be added up by place.
    """

    levels: Mapping[Level, str]
    several: bool
    projects: tuple[Column, ...]
    additive: bool


def detect_places(
    connection: duckdb.DuckDBPyConnection, target: Path, columns: Sequence[Column]
) -> list[Column]:
    """Return the columns, those marked that hold nothing but codes of places. Reads the Parquet file ``target``."""
    return [replace(column, place=_kind(connection, target, column)) for column in columns]


def _kind(connection: duckdb.DuckDBPyConnection, target: Path, column: Column) -> PlaceKind | None:
    label = normal_label(column.name)
    kinds: list[PlaceKind] = [kind for kind, pattern in _LABELS.items() if pattern.search(label)]
    if not kinds or column.type not in ("text", "integer") or not 0 < column.distinct <= _DISTINCT_TRIED:
        return None
    query = (
        f"SELECT DISTINCT {column.sql}::VARCHAR FROM read_parquet({literal(str(target))}) "
        f"WHERE {column.sql} IS NOT NULL LIMIT {_DISTINCT_TRIED + 1}"
    )
    values = [value.strip() for (value,) in connection.execute(query).fetchall()]
    for kind in kinds:
        if kind == "province_abbreviation":
            known: frozenset[str] = frozenset(_province_of_abbreviation())
        else:
            values_are_long = all(len(value) >= _WIDTH[kind] - 2 for value in values)
            known = _codes(kind) if values_are_long or kind != "municipality" else frozenset()
        if all(_padded(value, kind) in known for value in values):
            return kind
    return None


def _padded(value: str, kind: PlaceKind) -> str:
    """Return a code with the leading zeros that a spreadsheet may have taken."""
    return value.upper() if kind == "province_abbreviation" else value.zfill(_WIDTH[kind])


def places_of(table: TableDescription, profile: TableProfile | None) -> Places | None:
    """Return where the rows of ``table`` are, None where no column tells."""
    if profile is not None and profile.places is not None:
        return _declared(table, profile.places)
    return _detected(table)


def _declared(table: TableDescription, declared: PlaceColumns) -> Places | None:
    levels: dict[Level, str] = {}
    for level in LEVELS:
        columns = [table.of_field(name) for name in getattr(declared, level)]
        if columns and all(columns):
            joined = " || ".join(f"trim({column.sql})" for column in columns if column)
            width = _WIDTH[level]
            if declared.separator is None:
                levels[level] = f"right({joined}, {width})"
            else:
                parts = f"string_split({joined}, {literal(declared.separator)})"
                levels[level] = f"list_transform({parts}, lambda part: right(trim(part), {width}))"
    projects = [table.of_field(name) for name in declared.projects]
    if not levels:
        return None
    known = tuple(column for column in projects if column)
    return Places(levels, declared.separator is not None, known, additive=False)


def _detected(table: TableDescription) -> Places | None:
    levels: dict[Level, str] = {}
    for column in table.columns:
        text = f"{column.sql}::VARCHAR"
        if column.place == "province_abbreviation":
            levels.setdefault("province", _looked_up(f"upper(trim({text}))", _province_of_abbreviation()))
        elif column.place is not None:
            levels.setdefault(column.place, f"lpad(trim({text}), {_WIDTH[column.place]}, '0')")
    if not levels:
        return None
    if "municipality" in levels:
        levels.setdefault("province", f"left({levels['municipality']}, 3)")
    if "province" in levels:
        levels.setdefault("region", _looked_up(levels["province"], _region_of_province()))
    projects = tuple(column for column in table.columns if repeats_projects(column))
    return Places(levels, several=False, projects=projects[:1], additive=not projects)


def repeats_projects(column: Column) -> bool:
    """Say whether a column names projects and names some of them on several rows (an estimate, so with a margin)."""
    label = normal_label(column.name).replace("_", " ")
    return bool(_PROJECT_LABEL.search(label)) and column.distinct < 0.97 * column.filled


def _looked_up(expression: str, codes: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in codes.items())
    return f"MAP {{{pairs}}}[{expression}]"


@cache
def _codes(kind: str) -> frozenset[str]:
    names = {"municipality": "istat-municipalities", "province": "istat-provinces", "region": "istat-regions"}
    return frozenset(term.code for term in vocabulary(names[kind]).terms)


@cache
def _province_of_abbreviation() -> dict[str, str]:
    return {term.fields["abbrev"]: term.code for term in vocabulary("istat-provinces").terms}


@cache
def _region_of_province() -> dict[str, str]:
    return {term.code: term.fields["region_code"] for term in vocabulary("istat-provinces").terms}
