"""Checks that run on every table: damage that texts and codes take on their way through programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import CellError, RowError, TableError

from ..labels import is_code_label, is_digits_label, is_postcode_label, is_tax_code_label
from ..typed import literal
from . import codes
from .base import BLANK_SQL, CellSql, Column, TableCheck, any_of, refused
from .code_checks import LostZerosError
from .row_checks import OnlyFilledError

_CELL = 'The cell in row at position "{rowNumber}" and field "{fieldName}" {note}'

# A letter of two or three bytes in UTF-8, read as windows-1252 (or latin-1): "Ã" and what the second byte looks like.
_SECOND = "".join(
    re.escape(bytes([byte]).decode("cp1252", "ignore")) + re.escape(chr(byte)) for byte in range(0x80, 0xC0)
)
_MOJIBAKE = re.compile(rf"[ÂÃ][{_SECOND}]|[A-Za-z]Ã(?: |$)|â[€\x80][{_SECOND}]")
REPLACEMENT = "\ufffd"
NO_BREAK = "\xa0"
# Letters that a program without them wrote as a mark: Sp#c#s, Sp?c?s.
MASKED_LETTER = "[A-Za-z][#?][A-Za-z]+[#?][A-Za-z]"
_MASKED_LETTER = re.compile(MASKED_LETTER)
# One of these stands in every text that is damaged.
_MARKS = ("Â", "Ã", "â", REPLACEMENT, NO_BREAK, "#", "?")
_ANY = re.compile(f"[{''.join(_MARKS)}]")

# With a comma no code is written; with a point some are (1.0, 70.00), so there the label must say which code it is.
_COMMA_CODE, _FLOAT_CODE = "[0-9]+,0+", "[0-9]+[.,]0+"
_DATE = "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T][0-9:.]+)?|[0-9]{8}"
_IS_DATE = re.compile(_DATE)
_LEAST_COLUMNS = 3
EXCEL_ROWS = 1_048_576
OLD_EXCEL_ROWS = 65_536


class MojibakeError(CellError):
    type = "mojibake"
    title = "Damaged accented letters"
    description = "UTF-8 was read as another encoding and written so."
    template = _CELL


class ReplacementCharacterError(CellError):
    type = "replacement-character"
    title = "Lost letter"
    description = "A letter could not be read once and was replaced by U+FFFD."
    template = _CELL


class MaskedLetterError(CellError):
    type = "masked-letters"
    title = "Letters replaced by marks"
    description = "Letters within a word were replaced by # or ?."
    template = _CELL


class NoBreakSpaceError(CellError):
    type = "no-break-space"
    title = "No-break space"
    description = "A blank in the text is not the blank that everyone types."
    template = _CELL


class FloatCodeError(CellError):
    type = "float-code"
    title = "Code turned into a number"
    description = "A code has decimals: it was a number somewhere."
    template = _CELL


class ExcelLimitError(TableError):
    type = "excel-limit"
    title = "As many rows as a spreadsheet holds"
    description = "The table ends exactly where a spreadsheet can hold no more."
    template = "The table ends in row {note}"


@attrs.define(kw_only=True, repr=False)
class DamagedTextCheck(TableCheck):
    """Letters that were damaged on the way: mojibake, U+FFFD, masks, and (told, no fault) no-break spaces.

    All of them stand in published files, so they are warnings. A cell has one finding, the gravest.
    """

    type = "damaged-text"
    Errors = [MojibakeError, ReplacementCharacterError, MaskedLetterError, NoBreakSpaceError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the damaged cells of the row."""
        cells = row.cells
        if not _ANY.search("\n".join([cell for cell in cells if isinstance(cell, str)])):
            return
        for column in self._columns.values():
            cell = cells[column.position] if column.position < len(cells) else None
            if isinstance(cell, str) and (kind := _damage(cell)):
                severity = "info" if kind is NoBreakSpaceError else self.severity
                yield self.cell_finding(
                    kind, row, column, note=f"has: {kind.title.lower()}", severity=severity
                )

    def suspects(self, cell: CellSql) -> str:
        """Rows with a character that damage leaves."""
        marks = f"[ÂÃâ{REPLACEMENT}{NO_BREAK}]|{MASKED_LETTER}"
        # A single mark is found much faster than a pattern.
        marked = " OR ".join(f"contains({cell.whole}, {literal(mark)})" for mark in _MARKS)
        return f"({marked}) AND regexp_matches({cell.whole}, {literal(marks)})"


def _matches(column: Column, form: str, cell: CellSql) -> str:
    """Return the SQL that is true where the text of a cell, with or without blanks around it, has this form."""
    return f"regexp_full_match({cell(column.name)}, {literal(f'{BLANK_SQL}*(?:{form}){BLANK_SQL}*')})"


def _damage(text: str) -> type[CellError] | None:
    if _MOJIBAKE.search(text):
        return MojibakeError
    if REPLACEMENT in text:
        return ReplacementCharacterError
    if "://" not in text and _MASKED_LETTER.search(text):
        return MaskedLetterError
    return NoBreakSpaceError if NO_BREAK in text else None


@attrs.define(kw_only=True, repr=False)
class FloatCodeCheck(TableCheck):
    """Codes with decimals (``18,00`` for region 18): text columns of the schema, or by their label where it says nothing.

    A cell that the schema's pattern refuses has that finding.
    """

    type = "float-code"
    Errors = [FloatCodeError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()
    # Columns of codes, and the form that is none of theirs.
    _codes: list[tuple[Column, str]] = attrs.field(factory=list, init=False)

    def prepare(self, schema: Mapping[str, Any]) -> None:
        """Learn which columns hold codes."""
        super().prepare(schema)
        self._codes = [
            (column, _FLOAT_CODE if is_digits_label(column.name) else _COMMA_CODE)
            for column in self._columns.values()
            if column.type in ("string", "any") and is_code_label(column.name)
        ]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the codes that have decimals."""
        for column, form in self._codes:
            text = column.text(row.cells)
            if text and re.fullmatch(form, text) and column.name not in refused(row):
                yield self.cell_finding(
                    FloatCodeError,
                    row,
                    column,
                    note="is a code with decimals",
                    right=re.split("[.,]", text)[0],
                )

    def suspects(self, cell: CellSql) -> str:
        """Codes with decimals."""
        return any_of([_matches(column, form, cell) for column, form in self._codes])


@attrs.define(kw_only=True, repr=False)
class LostZerosCheck(TableCheck):
    """Tax codes and postcodes without the zeros at their beginning, in columns that say by their label what they hold.

    Told where filling with zeros gives a right code (a tax code whose control digit is right, a postcode of four
    digits). Other codes need a schema, which says how many digits they have.
    """

    type = "lost-zeros"
    Errors = [LostZerosError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()
    _tax_codes: list[Column] = attrs.field(factory=list, init=False)
    _postcodes: list[Column] = attrs.field(factory=list, init=False)

    def prepare(self, schema: Mapping[str, Any]) -> None:
        """Learn which columns hold tax codes and postcodes; those with a pattern are the schema's to judge."""
        super().prepare(schema)
        free = [
            column
            for column in self._columns.values()
            if column.type in ("string", "any") and not column.pattern
        ]
        self._tax_codes = [column for column in free if is_tax_code_label(column.name)]
        self._postcodes = [column for column in free if is_postcode_label(column.name)]

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the codes whose zeros are gone."""
        for columns, whole in (
            (self._tax_codes, codes.tax_code_with_zeros),
            (self._postcodes, codes.postcode_with_zeros),
        ):
            for column in columns:
                text = column.text(row.cells)
                right = whole(text) if text else None
                if right:
                    note = "lacks its leading zeros"
                    yield self.cell_finding(LostZerosError, row, column, note=note, right=right, value=text)

    def suspects(self, cell: CellSql) -> str:
        """Short numbers in these columns."""
        short = f"(?i:IT{BLANK_SQL}*)?[0-9]{{1,10}}"
        tests = [_matches(column, short, cell) for column in self._tax_codes]
        tests += [_matches(column, "[0-9]{4}", cell) for column in self._postcodes]
        return any_of(tests)


@attrs.define(kw_only=True, repr=False)
class OnlyDateCheck(TableCheck):
    """Rows in which nothing but one date is filled, in a table of three columns at least.

    As ``only-filled`` where no profile says which column it is. A warning: a calendar may have such rows.
    """

    type = "only-date"
    Errors = [OnlyFilledError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()

    def validate_row(self, row: Row) -> Iterable[RowError]:
        """Yield the row if it holds one date and nothing else."""
        filled = [
            (place, str(cell).strip())
            for place, cell in enumerate(row.cells)
            if cell is not None and str(cell).strip()
        ]
        if len(filled) != 1 or len(self._columns) < _LEAST_COLUMNS or not _IS_DATE.fullmatch(filled[0][1]):
            return
        name = next((one.name for one in self._columns.values() if one.position == filled[0][0]), "")
        yield self.row_finding(OnlyFilledError, row, note=f"holds nothing but {name}", fields=[name])

    def suspects(self, cell: CellSql) -> str:
        """Rows that, with all cells put together, are a date."""
        if len(self._columns) < _LEAST_COLUMNS:
            return "false"
        return f"regexp_full_match({cell.whole}, {literal(f'{BLANK_SQL}*(?:{_DATE}){BLANK_SQL}*')})"


@attrs.define(kw_only=True, repr=False)
class ExcelLimitCheck(TableCheck):
    """A table that ends exactly at the limit of a spreadsheet was most likely cut there.

    For frictionless's command line; the gate, which knows the number of rows anyway, asks ``excel_limit``.
    """

    type = "excel-limit"
    Errors = [ExcelLimitError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()
    _last: int = attrs.field(default=0, init=False)

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Remember where the table is; nothing to report yet."""
        self._last = row.row_number
        return ()

    def validate_end(self) -> Iterable[Error]:
        """Yield one finding if the last row is the last that a spreadsheet has."""
        if excel_limit(self._last):
            yield ExcelLimitError(note=str(self._last))

    def suspects(self, cell: CellSql) -> str:
        """No row."""
        return "false"


def excel_limit(last_row: int) -> bool:
    """Say whether a table whose last row has this number (from 1, as in the file) ends at a spreadsheet's limit."""
    return last_row in (EXCEL_ROWS, OLD_EXCEL_ROWS)
