"""What our checks have in common: a severity, the columns they look at, and where to look for what they could flag.

A check names columns as the Table Schema at hand does. In the gate that is the file's own schema
(``reading.file_schema``), to whose labels ``registry`` translates a profile's canonical names; on frictionless's command
line it is the schema that was given. Of columns that the table lacks nothing is said here: that is a finding on the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeVar

import attrs
from frictionless import Check, Error, Field, Row
from frictionless.errors import CellError, RowError
from frictionless.resources import TableResource

from ..typed import literal

Severity = Literal["error", "review", "warning", "info"]
E = TypeVar("E", bound=Error)
SEVERITIES: tuple[Severity, ...] = ("error", "review", "warning", "info")

#: The sentence of a finding on a cell, in frictionless's own words.
CELL_IS = 'The cell "{cell}" in row at position "{rowNumber}" and field "{fieldName}" is {note}'
#: The form of a descriptor's properties, as a JSON Schema: names of columns, and what parts several values of a cell.
COLUMN_NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
SEPARATOR = {"type": "string", "minLength": 1}

# What Python's str.strip takes away, for DuckDB's regular expressions, whose \s knows ASCII only.
BLANK_SQL = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]"


@dataclass(frozen=True)
class CellSql:
    """A row in SQL. Called with a column's name it returns the expression of its cell as text, '' where that is empty."""

    cells: Mapping[str, str]
    # The same without blanks at the edges.
    stripped: Mapping[str, str]
    # All cells in one text, parted by line feeds: one search in it is much faster than one in each cell.
    whole: str

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> CellSql:
        """Return the row of these cells, by column."""
        stripped = {name: stripped_sql(cell) for name, cell in cells.items()}
        return cls(cells, stripped, f"concat_ws(chr(10), {', '.join(cells.values())})")

    def __call__(self, name: str) -> str:
        """Return the SQL of a cell."""
        return self.cells[name]


@dataclass(frozen=True)
class Column:
    """A column of the table at hand: where it stands and how its cells are written."""

    name: str
    position: int
    type: str = "any"
    decimal_char: str = "."
    group_char: str = ""
    date_format: str = "%Y-%m-%d"
    missing: frozenset[str] = frozenset()
    pattern: str = ""

    def text(self, cells: Sequence[Any]) -> str:
        """Return the cell of a row as text without blanks at its edges; '' where it is empty or says so."""
        cell = cells[self.position] if self.position < len(cells) else None
        if cell is None:
            return ""
        text = (cell if isinstance(cell, str) else str(cell)).strip()
        return "" if text in self.missing else text

    def sql(self, cell: CellSql) -> str:
        """Return the SQL for what ``text`` returns."""
        stripped = cell.stripped[self.name]
        said = sorted(self.missing - {""})
        if not said:
            return stripped
        return f"CASE WHEN {stripped} IN ({', '.join(map(literal, said))}) THEN '' ELSE {stripped} END"

    def filled_sql(self, cell: CellSql) -> str:
        """Return the SQL that is true where ``text`` returns something."""
        nothing = "|".join(re.escape(text) for text in sorted(self.missing))
        empty = literal(f"{BLANK_SQL}*(?:{nothing})?{BLANK_SQL}*")
        return f"({cell(self.name)} <> '' AND NOT regexp_full_match({cell(self.name)}, {empty}))"

    def readable_sql(self, cell: CellSql) -> str:
        """Return the SQL for a cell of which a number or a date is to be read; blanks around it do no harm."""
        if any(character.isdigit() for text in self.missing for character in text):
            return self.sql(cell)  # what stands for nothing could be read
        return cell(self.name)


def _described(field: Field) -> dict[str, Any]:
    """Return what ``schema_columns`` reads of a field's descriptor, which frictionless takes long to write out in full."""
    told: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "format": field.format,
        "decimalChar": getattr(field, "decimal_char", "."),
        "groupChar": getattr(field, "group_char", ""),
        "constraints": field.constraints,
    }
    if field.has_defined("missing_values"):
        told["missingValues"] = field.missing_values
    return told


def stripped_sql(cell: str) -> str:
    """Return the SQL of a cell's text without what ``str.strip`` takes away."""
    # Most cells begin and end with what is no blank for certain.
    bare = f"{cell} = '' OR ({cell} BETWEEN '!' AND '~' AND right({cell}, 1) BETWEEN '!' AND '~')"
    blanks = f"'^{BLANK_SQL}+|{BLANK_SQL}+$'"
    return f"CASE WHEN {bare} THEN {cell} ELSE regexp_replace({cell}, {blanks}, '', 'g') END"


def schema_columns(schema: Mapping[str, Any]) -> dict[str, Column]:
    """Return the columns of a Table Schema descriptor by name."""
    everywhere = schema.get("missingValues", [""])
    columns = {}
    for position, field in enumerate(schema["fields"]):
        form = field.get("format", "default")
        columns[field["name"]] = Column(
            name=field["name"],
            position=position,
            type=field.get("type", "any"),
            decimal_char=field.get("decimalChar", "."),
            group_char=field.get("groupChar", ""),
            date_format="%Y-%m-%d" if form in ("default", "any") else form,
            missing=frozenset(text.strip() for text in field.get("missingValues", everywhere)),
            pattern=str((field.get("constraints") or {}).get("pattern") or ""),
        )
    return columns


@attrs.define(kw_only=True, repr=False)
class TableCheck(Check):
    """A check of ours.

    ``severity`` is that of what it finds: only an ``error`` makes a report of the gate invalid. (frictionless itself has
    no severities: on its command line every finding is an error.)
    """

    severity: str = "error"
    # Columns of the table at hand by name; ``prepare`` sets them.
    _columns: dict[str, Column] = attrs.field(factory=dict, init=False)

    #: Properties of the descriptor that name columns.
    column_properties: ClassVar[tuple[str, ...]] = ("fields",)
    #: How many of ``fields`` must be there for the check to run; None: all of them.
    least_fields: ClassVar[int | None] = None

    metadata_profile_patch = {
        "properties": {"severity": {"type": "string", "enum": list(SEVERITIES)}},
    }

    def prepare(self, schema: Mapping[str, Any]) -> None:
        """Learn the columns of the table at hand from its Table Schema (a descriptor)."""
        self._columns = schema_columns(schema)

    def suspects(self, cell: CellSql) -> str | None:
        """Return the SQL condition, over a row's raw cells, that is true of every row this check could flag.

        It stands where SQL decides (as behind WHERE): NULL counts as false, and of conditions joined by AND or OR no
        more are evaluated than needed. A row too many costs time; a row too few would be a miss. None: it can not be
        said, every row is to be judged.
        Needs ``prepare``.
        """
        return None

    def validate_start(self) -> Iterable[Error]:
        """Learn the columns from the resource; nothing to report yet.

        In the file's order, which need not be the schema's (``fieldsMatch``).
        """
        resource = self.resource
        if isinstance(resource, TableResource):
            fields = [_described(field) for field in resource.header.get_expected_fields()]
            self.prepare({"missingValues": resource.schema.missing_values, "fields": fields})
        return ()

    # Building findings ----------------------------------------------------------------------------

    def columns(self, names: Iterable[str]) -> list[Column]:
        """Return the columns of these names that the table has."""
        return [self._columns[name] for name in names if name in self._columns]

    def cell_finding(
        self,
        kind: type[CellError],
        row: Row,
        column: Column,
        *,
        note: str = "",
        severity: str | None = None,
        **params: Any,
    ) -> CellError:
        """Return a finding on one cell, told as the file has it; ``params`` fill its sentences."""
        cells = ["" if cell is None else str(cell) for cell in row.cells]
        error = kind(
            note=note,
            cells=cells,
            row_number=row.row_number,
            cell=cells[column.position] if column.position < len(cells) else "",
            field_name=column.name,
            field_number=column.position + 1,
        )
        return mark(error, severity or self.severity, params)

    def row_finding(self, kind: type[RowError], row: Row, *, note: str = "", **params: Any) -> RowError:
        """Return a finding on a whole row."""
        cells = ["" if cell is None else str(cell) for cell in row.cells]
        return mark(kind(note=note, cells=cells, row_number=row.row_number), self.severity, params)


def mark(error: E, severity: str, params: Mapping[str, Any]) -> E:
    """Write severity and parameters into an error: they stand beside its own properties in the report."""
    error.custom["severity"] = severity
    if params:
        error.custom["params"] = {name: value for name, value in params.items() if value is not None}
    return error


def severity_of(error: Error) -> str:
    """Return the severity of an error; frictionless's own are errors."""
    return error.custom.get("severity", "error")


@attrs.define(kw_only=True, repr=False)
class ColumnsCheck(TableCheck):
    """A check that looks at each of its columns by itself.

    ``separator``: a cell may hold several values, parted by it (OpenCoesione's ``:::`` stands in no code); an empty one
    among them is no value. A cell has one finding, and none where the schema refused it already.
    """

    fields: list[str] = attrs.field(factory=list)
    separator: str = ":::"

    least_fields = 1
    metadata_profile_patch = {
        "required": ["fields"],
        "properties": {
            "fields": COLUMN_NAMES,
            "separator": SEPARATOR,
        },
    }

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Judge the filled cells of the columns."""
        known = refused(row)
        for column in self.columns(self.fields):
            text = column.text(row.cells)
            if not text or column.name in known:
                continue
            values = text.split(self.separator)
            found = (self.judge(row, column, value.strip()) for value in values if value.strip())
            yield from [error for error in found if error][:1]

    def judge(self, row: Row, column: Column, text: str) -> Error | None:
        """Return what is wrong with a value."""
        raise NotImplementedError

    def suspects(self, cell: CellSql) -> str | None:
        """Any of the columns' cells that is filled and that ``sound`` does not clear."""
        return any_of(
            [
                f"{column.filled_sql(cell)} AND NOT coalesce({self.sound(column.sql(cell))}, false)"
                for column in self.columns(self.fields)
            ]
        )

    def sound(self, text: str) -> str:
        """Return the SQL condition that clears a cell, given the SQL of its text. Default: none is cleared.

        A cell with several values is cleared by no condition on one.
        """
        return "false"


def refused(row: Row) -> frozenset[str]:
    """Return the columns whose cell the Table Schema refuses in this row: they have their finding already."""
    if not row.errors:
        return frozenset()
    return frozenset(error.field_name for error in row.errors if isinstance(error, CellError))


def any_of(conditions: Sequence[str]) -> str:
    """Return the SQL that is true where one of the conditions is."""
    return " OR ".join(f"({one})" for one in conditions) or "false"


def number(value: Any) -> Decimal | None:
    """Return the value of a number column as frictionless read it, or None where it is none (or ``NaN``)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact if exact.is_finite() else None


def day(value: Any) -> date | None:
    """Return the value of a date column as frictionless read it, or None where it is none."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def number_sql(column: Column, cell: CellSql) -> str:
    """Return the SQL for a number column's value; NULL where DuckDB can not read it."""
    text = column.readable_sql(cell)
    if column.group_char:
        text = f"replace({text}, {literal(column.group_char)}, '')"
    if column.decimal_char != ".":
        text = f"replace({text}, {literal(column.decimal_char)}, '.')"
    return f"TRY_CAST({text} AS DECIMAL(38,9))"


def day_sql(column: Column, cell: CellSql) -> str:
    """Return the SQL for a date column's value as a number (20260131); NULL where it is not written out in full.

    Much faster than ``strptime``. What is no date may be a number too: frictionless refuses it anyway.
    """
    text = column.readable_sql(cell)
    form = column.date_format
    places, width = {}, 0
    for piece in re.findall("%.|.", form, re.DOTALL):
        places[piece] = width + 1
        width += {"%Y": 4, "%m": 2, "%d": 2}.get(piece, 1)
    if set(re.findall("%.", form)) != {"%Y", "%m", "%d"} or form.count("%") != 3:
        return f"CAST(strftime(try_strptime({text}, {literal(form)}), '%Y%m%d') AS INTEGER)"
    parts = [f"substr({text}, {places[piece]}, {size})" for piece, size in (("%Y", 4), ("%m", 2), ("%d", 2))]
    digits = text if form == "%Y%m%d" else " || ".join(parts)
    return f"CASE WHEN length({text}) = {width} THEN TRY_CAST({digits} AS INTEGER) END"


def day_number(iso: str) -> int:
    """Return an ISO date as ``day_sql`` writes it."""
    return int(iso.replace("-", ""))


def unread_sql(value: str, column: Column, cell: CellSql) -> str:
    """Return the SQL that is true where a cell is filled and DuckDB could not read it (frictionless perhaps can)."""
    return f"({value} IS NULL AND {column.filled_sql(cell)})"
