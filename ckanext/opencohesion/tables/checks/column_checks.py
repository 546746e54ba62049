"""A check of what only the cells of a column together can tell.

It judges a column by the first rows of the table, which tell how the whole file was made. What is wrong is told once a
column, without repeating a value: it may be a name.
"""

from __future__ import annotations

import math
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import TableError

from ..labels import is_code_label
from .base import CellSql, Column, TableCheck, mark

FIRST_ROWS = 3_000
# Of a table with long texts fewer rows.
_MOST_CHARACTERS = 16 * 1024 * 1024
_TEMPLATE = 'The column "{fieldName}" at position "{fieldNumber}" {note}'


@attrs.define(kw_only=True, repr=False)
class ColumnError(TableError):
    """What is wrong with a column as a whole."""

    type = "column-error"
    title = "Column error"
    description = "Something is wrong with a column as a whole."
    template = _TEMPLATE
    tags = ["#table", "#column"]

    field_name: str
    field_number: int

    metadata_profile_patch = {
        "properties": {"fieldName": {"type": "string"}, "fieldNumber": {"type": "integer"}},
    }


class CentsLostError(ColumnError):
    type = "cents-lost"
    title = "Cents lost in 32-bit numbers"
    description = "Every amount is one that a 32-bit floating-point number can hold: cents were lost."


class CutTextsError(ColumnError):
    type = "cut-texts"
    title = "Texts cut off"
    description = "Several texts end at the same length, which is one at which programs cut."


class LabelVariantsError(ColumnError):
    type = "label-variants"
    title = "One value written in several ways"
    description = "Values differ only in letter case, blanks, accents or apostrophes."


@attrs.define(kw_only=True, repr=False)
class WholeColumnCheck(TableCheck):
    """What is wrong with columns as a whole: cents lost, texts cut off, one value written in several ways."""

    type = "whole-columns"
    Errors = [CentsLostError, CutTextsError, LabelVariantsError]
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()
    _rows: list[Sequence[Any]] = attrs.field(factory=list, init=False)
    _numbers: list[int] = attrs.field(factory=list, init=False)
    _characters: int = attrs.field(default=0, init=False)
    _shown: bool = attrs.field(default=False, init=False)

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Remember a row at the top of the table; nothing to report yet."""
        if not self._shown:
            self._look(row.row_number, row.cells)
        return ()

    def show(self, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Show it how a table begins, where it will not be asked to judge all of its rows.

        ``rows``: number and cells of the rows below the header, from the first on; no more are taken than wanted.
        """
        self._shown = True
        for number, cells in rows:
            if not self._look(number, cells):
                return

    def _look(self, number: int, cells: Sequence[Any]) -> bool:
        """Remember a row; return whether there is room for more."""
        if len(self._rows) >= FIRST_ROWS or self._characters >= _MOST_CHARACTERS:
            return False
        lacking = len(self._columns) - len(cells)
        self._rows.append([*cells, *[None] * lacking] if lacking > 0 else cells)
        self._numbers.append(number)
        self._characters += sum([len(cell) for cell in cells if isinstance(cell, str)])
        return True

    def validate_end(self) -> Iterable[Error]:
        """Yield a finding for each column that is wrong."""
        for column, cells in zip(self._columns.values(), zip(*self._rows, strict=False), strict=False):
            counted = Counter(cells)
            if amounts := _cents_lost(column, counted):
                yield self._finding(CentsLostError, column, "holds what fits into 32 bits", count=amounts)
            if cut := _cut_texts(counted):
                yield self._finding(CutTextsError, column, "holds texts cut off", count=cut[0], length=cut[1])
            if variants := _label_variants(column, counted):
                first, other = sorted(self._numbers[cells.index(form)] for form in variants[0][:2])
                note = "writes one value in several ways"
                yield self._finding(
                    LabelVariantsError, column, note, "info", count=len(variants), first=first, other=other
                )
        self._rows, self._numbers = [], []

    def _finding(
        self, kind: type[ColumnError], column: Column, note: str, severity: str | None = None, **params: int
    ) -> Error:
        error = kind(note=note, field_name=column.name, field_number=column.position + 1)
        return mark(error, severity or self.severity, {"rows": len(self._rows), **params})

    def suspects(self, cell: CellSql) -> str:
        """No row: a screen shows what it does not have judged."""
        return "false"


# A 32-bit number has 24 binary digits: from here on its steps are wider than a cent (1/64, then 1/32 …).
_WIDE_STEPS = 2**17
_HALF_A_CENT = Decimal("0.005")
# By chance less than one column in a million has nothing but amounts that 32 bits can hold.
_CERTAIN_BITS = 20


def _cents_lost(column: Column, cells: Collection[Any]) -> int:
    """Return how many amounts tell that a column went through 32-bit numbers, which lose cents above 131,072; else 0.

    It did where every amount is one that such a number can hold, and there are so many of them that this can not be
    chance. Seen in the PNRR's validated data of 2023, that were published again from such numbers.
    """
    if column.type not in ("number", "any") or is_code_label(column.name):
        return 0
    marks = re.escape(column.decimal_char) if column.type == "number" else ".,"
    form = re.compile(rf"-?[0-9]{{6,12}}[{marks}][0-9]{{1,9}}")
    bits, count = 0.0, 0
    for cell in cells:
        amount = _amount(cell, column, form)
        if amount is None or amount < _WIDE_STEPS:
            continue
        if not _fits_in_32_bits(amount):
            return 0
        # Quarters of a euro fit for long, and are not rare in amounts that nothing happened to.
        if amount * 4 % 1:
            count += 1
            bits += math.log2(1.5 * 2 ** (int(amount).bit_length() - 18))
    return count if bits >= _CERTAIN_BITS else 0


def _amount(cell: Any, column: Column, form: re.Pattern[str]) -> Decimal | None:
    """Return the amount of a cell that has decimals, without its sign; None for other cells."""
    if isinstance(cell, float | Decimal) and math.isfinite(cell):
        return abs(Decimal(str(cell)))
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if column.group_char:
        text = text.replace(column.group_char, "")
    return abs(Decimal(text.replace(",", "."))) if form.fullmatch(text) else None


def _fits_in_32_bits(amount: Decimal) -> bool:
    """Say whether an amount is what a 32-bit number is when written with cents."""
    (held,) = struct.unpack("f", struct.pack("f", float(amount)))
    return abs(Decimal(held) - amount) <= _HALF_A_CENT


# Where forms, data bases and exports cut texts.
_CUT_AT = frozenset(
    {50, 60, 64, 80, 100, 120, 128, 150, 200, 250, 254, 255, 256, 300, 400, 500, 512, 1000, 1024, 2000, 2048}
    | {4000, 4096, 8000, 32767}
)
_LEAST_CUT = 3


def _cut_texts(cells: Collection[Any]) -> tuple[int, int] | None:
    """Return how many texts of a column a program cut, and at how many characters; None where it cut none.

    It did where the longest are several, and as long as programs allow. Seen in titles and abstracts of the PNRR's and the
    PNC's projects (255), and in descriptions (50, 128, 200, 250).
    """
    longest = max([len(cell) for cell in cells if isinstance(cell, str)], default=0)
    if longest not in _CUT_AT:
        return None
    # A text that ends as a sentence does was not cut.
    ends = [cell for cell in cells if isinstance(cell, str) and len(cell) == longest]
    count = sum(1 for text in ends if " " in text and text[-1] not in ".!?")
    return (count, longest) if count >= _LEAST_CUT else None


# A column of categories has few values, and long texts are none.
_MOST_CATEGORIES = 100
_CATEGORY_CHARACTERS = 100
_WORD = re.compile(r"[^\W\d_]{2}")
_CODE = re.compile(r"\S*[0-9]\S*")


def _label_variants(column: Column, counted: Counter[Any]) -> list[list[str]]:
    """Return the cells of each category of a column that is written in several ways.

    ``Attivo`` and ``ATTIVO``, ``A'`` for ``À``, doubled blanks: who counts or filters by them takes one value for two.
    Blanks at the edges alone make no other value.
    """
    if column.type not in ("string", "any") or len(counted) > 4 * _MOST_CATEGORIES:
        return []
    groups: dict[str, dict[str, str]] = {}
    total = 0
    for cell, count in counted.items():
        text = cell.strip() if isinstance(cell, str) else ""
        if _is_category(text) and text not in column.missing:
            groups.setdefault(_folded(text), {}).setdefault(text, cell)
            total += count
    if len(groups) > _MOST_CATEGORIES or 2 * len(groups) > total:
        return []
    return [list(forms.values()) for forms in groups.values() if len(forms) > 1]


def _is_category(text: str) -> bool:
    return len(text) <= _CATEGORY_CHARACTERS and bool(_WORD.search(text)) and not _CODE.fullmatch(text)


def _folded(text: str) -> str:
    """Return what variants of a value have in common."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"\s+", " ", re.sub("['’`´]", "", plain)).strip().casefold()
