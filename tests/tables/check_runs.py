"""Runs of one check of ours on rows of four columns: by frictionless, and as the SQL that a screen asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from frictionless import Checklist, Schema
from frictionless.resources import TableResource

from ckanext.opencohesion.tables.checks.base import CellSql, TableCheck, severity_of
from ckanext.opencohesion.tables.checks.registry import profile_checks
from ckanext.opencohesion.tables.checks.row_checks import RepeatedKeyCheck
from ckanext.opencohesion.tables.typed import literal

FIELDS = ("a", "b", "c", "d")
DUCKDB = duckdb.connect(config={"threads": 1})


def schema_of(fields: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    described = [{"name": name, "type": "string", **(fields or {}).get(name, {})} for name in FIELDS]
    return {"fields": described, "missingValues": ["", " ", "N/D"]}


MONEY = {name: {"type": "number", "decimalChar": ","} for name in FIELDS}
DATES = {name: {"type": "date", "format": "%d/%m/%Y"} for name in FIELDS}


def errors_of(check: TableCheck, schema: dict[str, Any], rows: Sequence[Sequence[str]]) -> list[Any]:
    """Return every finding of a check."""
    resource = TableResource(data=[list(FIELDS), *map(list, rows)], schema=Schema.from_descriptor(schema))
    report = resource.validate(Checklist(checks=[check]), limit_errors=0)
    ours = {error.type for error in check.Errors}
    return [error for error in report.tasks[0].errors if error.type in ours]


def flagged(
    check: TableCheck, schema: dict[str, Any], rows: Sequence[Sequence[str]]
) -> list[tuple[str, int, str]]:
    """Return (code, number of the row from 0, severity) of every finding."""
    errors = errors_of(check, schema, rows)
    return [(error.type, error.row_number - 2, severity_of(error)) for error in errors]


def suspected(check: TableCheck, rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the numbers of the rows that the check's SQL holds possible."""
    cell = CellSql.of({name: f"coalesce(c{place}, '')" for place, name in enumerate(FIELDS)})
    if isinstance(check, RepeatedKeyCheck):
        key = check.key_sql(cell)
        condition = f"count(*) OVER (PARTITION BY {key}) > 1 AND {key} IS NOT NULL"
    else:
        condition = check.suspects(cell) or "true"
    values = ", ".join(f"({number}, {', '.join(map(literal, row))})" for number, row in enumerate(rows))
    columns = ", ".join(f"c{place}" for place in range(len(FIELDS)))
    found = DUCKDB.execute(
        f"SELECT number, ({condition}) FROM (VALUES {values}) t(number, {columns})"
    ).fetchall()
    return {number for number, value in found if value}


def check_of(descriptor: dict[str, Any], schema: dict[str, Any]) -> TableCheck:
    (check,) = profile_checks([descriptor], {name: name for name in FIELDS}, schema)
    return check


def whole(cells: tuple[str, ...]) -> list[str]:
    """Return a row of four cells that begins with these."""
    return [*cells, *[""] * (len(FIELDS) - len(cells))]
