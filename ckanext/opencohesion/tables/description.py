"""What is known of a table that was written as Parquet: its columns, their types and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from .typed import ColumnType

PlaceKind = Literal["municipality", "province", "province_abbreviation", "region"]


@dataclass(frozen=True)
class Column:
    """One column. Minimum, maximum, example and values are written as in an API: point, ISO dates."""

    # Position from 0: in the Parquet file the column is called c<position>, so that no label ever is SQL.
    position: int
    # As in the file, trimmed; unique in the table.
    name: str
    # Canonical name of the Table Schema's field, None where the schema knows none.
    field: str | None
    type: ColumnType
    decimals: int = 0
    # Cells that hold something; different values among them (an estimate above a few thousand).
    filled: int = 0
    distinct: int = 0
    minimum: str | None = None
    maximum: str | None = None
    example: str | None = None
    # Every value and how many rows have it, most frequent first; None where they are many.
    values: tuple[tuple[str, int], ...] | None = None
    # The kind of place that the column's codes name, where no schema tells and all of them are such codes.
    place: PlaceKind | None = None

    @property
    def sql(self) -> str:
        """The column's name in the Parquet file."""
        return f"c{self.position}"

    @property
    def is_number(self) -> bool:
        """Whether the values can be added up."""
        return self.type in ("integer", "number")

    @property
    def is_year(self) -> bool:
        """Whether the values are years: whole numbers, all between 1900 and 2100."""
        return (
            self.type == "integer"
            and self.minimum is not None
            and self.maximum is not None
            and 1900 <= int(self.minimum) <= int(self.maximum) <= 2100
        )


@dataclass(frozen=True)
class TableDescription:
    """A table that can be looked into."""

    rows: int
    columns: tuple[Column, ...]
    table_schema: str | None = None
    # The release of the Table Schema whose header the file has.
    release: str | None = None

    def column(self, name: str) -> Column:
        """Return the column of this name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def of_field(self, name: str) -> Column | None:
        """Return the column that answers to this canonical field name, None where the file lacks it."""
        return next((column for column in self.columns if column.field == name), None)

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON keeps it."""
        return asdict(self)

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> TableDescription:
        """Return the description that ``to_json`` gave. Raises KeyError or TypeError for anything else."""
        columns = tuple(Column(**{**one, "values": _pairs(one["values"])}) for one in document["columns"])
        return TableDescription(**{**document, "columns": columns})


@dataclass(frozen=True)
class NotShown:
    """Why a table can not be looked into: a code and what fills its sentence."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def _pairs(values: Any) -> tuple[tuple[str, int], ...] | None:
    return None if values is None else tuple((value, count) for value, count in values)
