"""The fact tables beside this module (``data/*.csv``) and the one reader of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    """Return the rows of ``data/<name>.csv``."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def by(name: str, column: str) -> dict[str, Row]:
    """Return the rows of ``data/<name>.csv`` by the values of ``column``."""
    return {row[column]: row for row in table(name)}


@dataclass(frozen=True)
class Column:
    """A column as a publisher writes it: its name and the kind of its values."""

    name: str
    kind: str


def columns(table_schema: str, release: str) -> list[Column]:
    """Return the columns, in order, that ``table_schema`` had in ``release`` (a year)."""
    found = [
        Column(row["name"], row["kind"])
        for row in table("columns")
        if row["table"] == table_schema and row["release"] == release
    ]
    if not found:
        raise LookupError(f"data/columns.csv has no columns for {table_schema} in release {release}.")
    return found


@dataclass(frozen=True)
class Body:
    """A public body with its code in IndicePA."""

    ipa_code: str
    name: str


def region_body(region: str) -> Body:
    """Return the regional administration of ``region`` (ISTAT code).

    Raises LookupError for a code that is no Italian region: a code is never guessed.
    """
    for row in table("bodies"):
        if row["region"] == region:
            return Body(row["ipa_code"], row["name"])
    raise LookupError(
        f"«{region}» non è il codice ISTAT di una regione: due cifre, da 01 a 20 (18 è la Calabria)."
    )


def body(ipa_code: str) -> Body:
    """Return the body with this IPA code."""
    row = by("bodies", "ipa_code")[ipa_code]
    return Body(row["ipa_code"], row["name"])
