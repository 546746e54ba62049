"""Checks on which cells of a row are filled, on lists in parallel columns, and on rows that repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import CellError, RowError

from ..typed import literal
from .base import BLANK_SQL, CELL_IS, COLUMN_NAMES, SEPARATOR, CellSql, TableCheck, any_of

_ROW = 'Row at position "{rowNumber}" {note}'
# Columns that are looked at together.
_PIECE = 20


class ListLengthsError(CellError):
    type = "list-lengths"
    title = "Lists of different lengths"
    description = "The cell lists more or fewer values than the cell it goes with."
    template = CELL_IS


class OnlyFilledError(RowError):
    type = "only-filled"
    title = "Row without data"
    description = "Nothing but a date or the like is filled in the row."
    template = _ROW


class AnyFilledError(RowError):
    type = "any-filled"
    title = "None of several values given"
    description = "Of several columns at least one must be filled."
    template = _ROW


class FilledWhenError(CellError):
    type = "filled-when"
    title = "Value missing in this case"
    description = "The cell must be filled because of what stands in another."
    template = CELL_IS


class RepeatedKeyError(RowError):
    type = "repeated-key"
    title = "Key repeated"
    description = "The columns that tell one row from another repeat those of an earlier row."
    template = _ROW


@attrs.define(kw_only=True, repr=False)
class ListLengthsCheck(TableCheck):
    """Cells that list values in parallel list as many: ``COD_COMUNE`` and ``DEN_COMUNE`` joined with ``:::``.

    An empty element counts (``:::LENTINI`` lists two), so codes and names stay beside each other. A cell that is empty
    lists none: that is told where another lists several.
    """

    type = "list-lengths"
    Errors = [ListLengthsError]
    fields: list[str] = attrs.field(factory=list)
    separator: str = ":::"

    least_fields = 2
    metadata_profile_patch = {
        "required": ["fields"],
        "properties": {"fields": {**COLUMN_NAMES, "minItems": 2}, "separator": SEPARATOR},
    }

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the first cell that lists another number of values than the first column."""
        columns = self.columns(self.fields)
        if not columns:
            return
        first = self._count(columns[0].text(row.cells))
        for column in columns[1:]:
            count = self._count(column.text(row.cells))
            # One value beside an empty cell is no list: a name may be missing.
            if count != first and max(count, first) > 1:
                yield self.cell_finding(
                    ListLengthsError,
                    row,
                    column,
                    note=f'a list of {count} beside one of {first} in "{columns[0].name}"',
                    count=count,
                    other=columns[0].name,
                    other_count=first,
                )
                return

    def _count(self, text: str) -> int:
        return text.count(self.separator) + 1 if text else 0

    def suspects(self, cell: CellSql) -> str:
        """Rows in which a cell with the separator has another length of list than the first."""
        columns = self.columns(self.fields)
        if not columns:
            return "false"
        first, *others = (self._count_sql(column.sql(cell)) for column in columns)
        listed = any_of([f"contains({cell(column.name)}, {literal(self.separator)})" for column in columns])
        other = any_of([f"{one} <> {first} AND greatest({one}, {first}) > 1" for one in others])
        return f"({listed}) AND ({other})"

    def _count_sql(self, text: str) -> str:
        # DuckDB counts from the left without overlaps, as Python does.
        mark = literal(self.separator)
        return f"CASE WHEN {text} = '' THEN 0 ELSE len(string_split({text}, {mark})) END"


@attrs.define(kw_only=True, repr=False)
class OnlyFilledCheck(TableCheck):
    """Rows in which nothing but ``fields`` is filled: of 1,048,415 rows of the PNC's winners 1,041,958 hold only the date of
    extraction, down to the limit of Excel. To frictionless they are not blank.
    """

    type = "only-filled"
    Errors = [OnlyFilledError]
    fields: list[str] = attrs.field(factory=list)

    least_fields = 1
    metadata_profile_patch = {"required": ["fields"], "properties": {"fields": COLUMN_NAMES}}

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the row if only these columns are filled in it."""
        said = {column.position for column in self.columns(self.fields)}
        cells = row.cells
        if any(_filled(cell) and place not in said for place, cell in enumerate(cells)):
            return
        filled = [column.name for column in self.columns(self.fields) if column.text(cells)]
        if filled:
            yield self.row_finding(
                OnlyFilledError, row, note=f"holds nothing but {', '.join(filled)}", fields=filled
            )

    def suspects(self, cell: CellSql) -> str:
        """Rows whose other columns are all empty."""
        others = [column for column in self._columns.values() if column.name not in self.fields]
        cells = [cell(column.name) for column in others]
        # In pieces: in most rows something is filled in the first of them.
        pieces = [", ".join(cells[start : start + _PIECE]) for start in range(0, len(cells), _PIECE)]
        return " AND ".join(f"regexp_full_match(concat({one}), '{BLANK_SQL}*')" for one in pieces) or "true"


@attrs.define(kw_only=True, repr=False)
class AnyFilledCheck(TableCheck):
    """At least one of ``fields`` is filled."""

    type = "any-filled"
    Errors = [AnyFilledError]
    fields: list[str] = attrs.field(factory=list)
    metadata_profile_patch = {"required": ["fields"], "properties": {"fields": COLUMN_NAMES}}

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the row if none of the columns is filled; a blank row has its own finding."""
        columns = self.columns(self.fields)
        if len(columns) < len(self.fields) or any(column.text(row.cells) for column in columns):
            return
        if any(map(_filled, row.cells)):
            note = f"has none of {', '.join(self.fields)}"
            yield self.row_finding(AnyFilledError, row, note=note, fields=self.fields)

    def suspects(self, cell: CellSql) -> str:
        """Rows in which all the columns are empty."""
        columns = self.columns(self.fields)
        if len(columns) < len(self.fields):
            return "false"
        return " AND ".join(f"NOT {column.filled_sql(cell)}" for column in columns) or "true"


@attrs.define(kw_only=True, repr=False)
class FilledWhenCheck(TableCheck):
    """``field`` is filled where another column says so.

    ``when``: ``{"field": name}`` with one of ``"equals": text``, ``"not": text`` (another text, and not empty),
    ``"empty": true`` or ``false``. A tender without CIG needs the code of the reason for it:
    ``{"field": "Codice Motivo Assenza CIG", "when": {"field": "CIG", "empty": true}}``.
    """

    type = "filled-when"
    Errors = [FilledWhenError]
    field: str = ""
    when: dict[str, Any] = attrs.field(factory=dict)

    column_properties: ClassVar[tuple[str, ...]] = ("field", "when")
    metadata_profile_patch = {
        "required": ["field", "when"],
        "properties": {
            "field": {"type": "string"},
            "when": {
                "type": "object",
                "required": ["field"],
                "properties": {
                    "field": {"type": "string"},
                    "equals": {"type": "string"},
                    "not": {"type": "string"},
                    "empty": {"type": "boolean"},
                },
                "additionalProperties": False,
                "minProperties": 2,
                "maxProperties": 2,
            },
        },
    }

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the cell that is empty although the other column asks for it."""
        columns = self.columns([self.field, self.when["field"]])
        if len(columns) < 2:
            return
        here, there = columns
        text = there.text(row.cells)
        if not here.text(row.cells) and self._asked(text) and any(map(_filled, row.cells)):
            yield self.cell_finding(
                FilledWhenError,
                row,
                here,
                note=f'empty, with "{there.name}" being "{text}"',
                other=there.name,
                value=text,
            )

    def _asked(self, text: str) -> bool:
        if "empty" in self.when:
            return self.when["empty"] == (not text)
        if "equals" in self.when:
            return text == self.when["equals"]
        return bool(text) and text != self.when["not"]

    def suspects(self, cell: CellSql) -> str:
        """Rows in which the column is empty and the other one asks for it."""
        columns = self.columns([self.field, self.when["field"]])
        if len(columns) < 2:
            return "false"
        here, there = columns
        text = there.sql(cell)
        if "empty" in self.when:
            asked = f"{'NOT ' if self.when['empty'] else ''}{there.filled_sql(cell)}"
        elif "equals" in self.when:
            asked = f"{text} = {literal(self.when['equals'])}"
        else:
            asked = f"{text} NOT IN ('', {literal(self.when['not'])})"
        return f"NOT {here.filled_sql(cell)} AND {asked}"


@attrs.define(kw_only=True, repr=False)
class RepeatedKeyCheck(TableCheck):
    """The columns ``fields`` together tell one row from another, in the source's own words.

    Not a Table Schema's ``primaryKey``, which is always an error: in the PNRR's file of 2026 even CUP, local code and
    sub-measure repeat. Only a hash of 16 bytes is kept of each key. A key of which nothing is filled is none.
    """

    type = "repeated-key"
    Errors = [RepeatedKeyError]
    fields: list[str] = attrs.field(factory=list)
    metadata_profile_patch = {"required": ["fields"], "properties": {"fields": COLUMN_NAMES}}
    _seen: dict[bytes, int] = attrs.field(factory=dict, init=False)

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the row if its key was there before."""
        columns = self.columns(self.fields)
        texts = [column.text(row.cells) for column in columns]
        if len(columns) < len(self.fields) or not any(texts):
            return
        key = hashlib.blake2b("\x1f".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        first = self._seen.setdefault(key, row.row_number)
        if first != row.row_number:
            yield self.row_finding(
                RepeatedKeyError,
                row,
                note=f"repeats the key of row {first}",
                other=first,
                fields=self.fields,
            )

    def key_sql(self, cell: CellSql) -> str | None:
        """Return the SQL of the key, equal in rows that repeat; NULL where it is empty. None: the check does not run.

        Which rows repeat is no matter of one row: whoever looks for suspects groups by this.
        """
        columns = self.columns(self.fields)
        if len(columns) < len(self.fields):
            return None
        texts = [column.sql(cell) for column in columns]
        joined = " || chr(31) || ".join(texts)
        filled = " OR ".join(f"{text} <> ''" for text in texts)
        return f"CASE WHEN {filled} THEN {joined} END"


def _filled(cell: Any) -> bool:
    return cell is not None and bool(str(cell).strip())
