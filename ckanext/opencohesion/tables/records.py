"""A written table as records of a relational database: names and types of the columns, and the rows as CSV. Plain module.

The values are those of the Parquet file, so money is numeric and codes are texts; nothing is guessed again.
"""

# ruff: noqa: S608 - columns are named by their position: no text of a user becomes SQL

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .description import Column, TableDescription
from .profiles import ProfileField, TableProfile
from .typed import literal

#: What PostgreSQL takes: columns of a table (two are the DataStore's own), bytes of a column's name.
MOST_COLUMNS = 1_590
NAME_BYTES = 63

_MEMORY = "512MB"
_DIGITS = 38


@dataclass(frozen=True)
class RecordColumn:
    """A column of the records: its name and SQL type, the Parquet column it is read from, and what is told of it."""

    name: str
    type: str
    source: str
    info: dict[str, str]


def record_columns(description: TableDescription, profile: TableProfile | None) -> tuple[RecordColumn, ...]:
    """Return the columns of a table's records: under the schema's canonical names, else under the file's own labels.

    A label that can not name a column of a database is mended (``column_name``); what the file calls it stands in
    ``info`` all the same.
    """
    names = _unique([column_name(column) for column in description.columns])
    fields = {field.name: field for field in profile.fields} if profile else {}
    return tuple(
        RecordColumn(name, _type(column), column.sql, _info(column, fields.get(column.field or "")))
        for column, name in zip(description.columns, names, strict=True)
    )


def column_name(column: Column) -> str:
    """Return the name of a column as the DataStore takes it: no quotes, control characters nor leading underscore."""
    text = "".join(
        " " if unicodedata.category(char).startswith("C") else char for char in column.field or column.name
    )
    text = _cut(" ".join(text.replace('"', "'").split()).lstrip("_ "), NAME_BYTES)
    return text or f"colonna {column.position + 1}"


def write_csv(parquet: Path, columns: Iterable[RecordColumn], target: Path) -> None:
    """Write the rows as CSV without header, in their order, for PostgreSQL's COPY; an empty cell is NULL.

    Memory is bounded whatever the size of the table.
    """
    selected = ", ".join(column.source for column in columns)
    with duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1}) as connection:
        connection.execute(
            f"SET allowed_directories=[{literal(str(parquet.parent))}, {literal(str(target.parent))}]"
        )
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        connection.execute(
            f"COPY (SELECT {selected} FROM read_parquet({literal(str(parquet))})) "
            f"TO {literal(str(target))} (FORMAT csv, HEADER false, NULLSTR '')"
        )


def _type(column: Column) -> str:
    if column.type == "integer":
        return "bigint"
    if column.type == "number":
        return f"numeric({_DIGITS},{max(column.decimals, 2)})"
    return column.type  # text, date


def _info(column: Column, field: ProfileField | None) -> dict[str, str]:
    info = {"label": column.name, "notes": ""}
    if field is not None:
        info["label"] = field.title["it"] or column.name
        info["notes"] = field.description["it"]
        info["label_en"], info["notes_en"] = field.title["en"], field.description["en"]
        info["unit"] = field.unit or ""
        info["label_in_file"] = column.name
    return {name: text for name, text in info.items() if text}


def _unique(names: list[str]) -> list[str]:
    taken: set[str] = set()
    result = []
    for name in names:
        number, candidate = 1, name
        while candidate in taken:
            number += 1
            suffix = f"_{number}"
            candidate = _cut(name, NAME_BYTES - len(suffix)) + suffix
        taken.add(candidate)
        result.append(candidate)
    return result


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").strip()
