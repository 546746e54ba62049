"""The sheets of an ODS as the events of its XML go by (OpenDocument 1.3, part 3, 9.1 and 19.385)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.handler import ContentHandler

from ..errors import UnreadableTableError
from ..limits import Limits

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE = (f"{_NS}{name}:1.0" for name in ("table", "office", "text", "style"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_NUMBERS = ("float", "percentage", "currency")


@dataclass(frozen=True)
class Cell:
    """A cell: its value, and what is to be told of its formula."""

    value: Any = None
    formula: bool = False
    # Whether a formula says what it gave, an empty text included.
    computed: bool = True
    error: bool = False


_EMPTY = Cell()


class Content(ContentHandler):
    """Collects rows; ``taken`` hands over those that are complete.

    ``only``: the sheet that is read; ``done`` when it has ended. ``hidden``: whether hidden sheets are read too.
    """

    def __init__(self, limits: Limits, *, only: str | None, hidden: bool) -> None:
        super().__init__()
        self._limits = limits
        self._only = only
        self._hidden = hidden
        self.done = False
        self._complete: list[tuple[str, list[Cell], int]] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        # Tables may stand in cells of tables: only the outer ones are sheets.
        self._depth = 0
        self._sheet = ""
        self._reading = False
        self._row_number = 0
        self._row: list[tuple[Cell, int]] = []
        self._row_repeats = 1
        self._attributes: Any = {}
        self._in_cell = False
        self._quiet = 0
        self._in_text = 0
        self._texts: list[str] = []
        self._characters = 0
        self._empty_rows = 0

    def taken(self) -> Iterator[tuple[str, list[Cell]]]:
        """Yield the rows that have been read, each as often as it stands in the sheet."""
        complete, self._complete = self._complete, []
        for sheet, row, times in complete:
            for _ in range(times):
                yield sheet, row

    # -- events ------------------------------------------------------------------------------------------------------

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - the parser's name
        """An element begins."""
        space, local = name
        if space == _TABLE:
            self._start_table(local, attrs)
        elif space == _STYLE:
            if local == "style":
                self._style = attrs.get((_STYLE, "name"), "")
            elif local == "table-properties" and attrs.get((_TABLE, "display")) == "false":
                self._hidden_styles.add(self._style)
        elif self._in_cell and space == _OFFICE and local == "annotation":
            self._quiet += 1  # somebody's comment, no part of the value
        elif self._in_cell and space == _TEXT and not self._quiet:
            self._start_text(local, attrs)

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802 - the parser's name
        """An element ends."""
        space, local = name
        if space == _TABLE:
            self._end_table(local)
        elif self._in_cell and space == _OFFICE and local == "annotation":
            self._quiet -= 1
        elif self._in_cell and space == _TEXT and local == "p" and not self._quiet:
            self._in_text -= 1

    def characters(self, content: str) -> None:
        """Text stands in the document."""
        if self._in_text and not self._quiet:
            self._add(content)

    # -- tables ------------------------------------------------------------------------------------------------------

    def _start_table(self, local: str, attrs: Any) -> None:
        if local == "table":
            self._depth += 1
            if self._depth == 1:
                self._sheet = attrs.get((_TABLE, "name"), "")
                visible = attrs.get((_TABLE, "style-name")) not in self._hidden_styles
                self._reading = (
                    self._sheet == self._only if self._only is not None else visible or self._hidden
                )
                self._row_number = self._empty_rows = 0
        elif self._depth != 1 or not self._reading:
            return
        elif local == "table-row":
            self._row, self._row_repeats = [], _repeats(attrs, "number-rows-repeated")
        elif local in ("table-cell", "covered-table-cell"):
            self._in_cell, self._attributes = local == "table-cell", attrs
            self._quiet = self._in_text = self._characters = 0
            self._texts = []
            if not self._in_cell:
                self._take_cell(_EMPTY, attrs)

    def _end_table(self, local: str) -> None:
        if local == "table":
            self._depth -= 1
            if self._depth == 0 and self._only is not None and self._sheet == self._only:
                self.done = True
        elif self._depth != 1 or not self._reading:
            return
        elif local == "table-cell":
            self._in_cell = False
            self._take_cell(_cell(self._attributes, "".join(self._texts)), self._attributes)
        elif local == "table-row":
            self._end_row()

    def _take_cell(self, cell: Cell, attrs: Any) -> None:
        times = _repeats(attrs, "number-columns-repeated")
        if cell is _EMPTY and self._row and self._row[-1][0] is _EMPTY:
            times += self._row.pop()[1]
        self._row.append((cell, times))
        if len(self._row) > 2 * self._limits.columns:
            raise UnreadableTableError("too-many-columns", limit=self._limits.columns)

    def _end_row(self) -> None:
        while self._row and self._row[-1][0] == _EMPTY:
            self._row.pop()
        if sum(times for _, times in self._row) > self._limits.columns:
            raise UnreadableTableError("too-many-columns", limit=self._limits.columns)
        self._row_number += self._row_repeats
        if not self._row:
            self._empty_rows += self._row_repeats
            return
        if self._row_number > self._limits.sheet_rows:
            raise UnreadableTableError("too-many-rows", limit=self._limits.sheet_rows)
        if self._empty_rows:
            self._complete.append((self._sheet, [], self._empty_rows))
            self._empty_rows = 0
        row = [cell for cell, times in self._row for _ in range(times)]
        self._complete.append((self._sheet, row, self._row_repeats))

    # -- texts -------------------------------------------------------------------------------------------------------

    def _start_text(self, local: str, attrs: Any) -> None:
        if local == "p":
            if self._characters:
                self._add("\n")
            self._in_text += 1
        elif local == "s":
            self._add(" " * min(_repeats(attrs, "c", _TEXT), self._limits.record_chars))
        elif local == "tab":
            self._add("\t")
        elif local == "line-break":
            self._add("\n")

    def _add(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > self._limits.record_chars:
            raise UnreadableTableError(
                "cell-too-long", row=self._row_number + 1, limit=self._limits.record_chars
            )
        self._texts.append(text)


def _repeats(attrs: Any, name: str, space: str = _TABLE) -> int:
    try:
        return max(1, int(attrs.get((space, name), "1")))
    except ValueError as error:
        raise UnreadableTableError("broken-workbook") from error


def _cell(attrs: Any, text: str) -> Cell:
    kind = attrs.get((_OFFICE, "value-type"), "")
    formula = (_TABLE, "formula") in attrs
    if attrs.get((_CALC, "value-type")) == "error":
        return Cell(None, formula, error=True)
    if not kind:
        return Cell(text or None, formula, computed=not formula) if text or formula else _EMPTY
    return Cell(_value(kind, attrs, text), formula)


def _value(kind: str, attrs: Any, text: str) -> Any:
    try:
        if kind in _NUMBERS:
            number = float(attrs.get((_OFFICE, "value"), ""))
            if math.isfinite(number):
                return int(number) if number.is_integer() else number
        elif kind == "date":
            return datetime.fromisoformat(attrs.get((_OFFICE, "date-value"), ""))
    except (ValueError, OverflowError):
        return text or None  # not what it says it is: what a reader sees is judged
    if kind == "boolean":
        return attrs.get((_OFFICE, "boolean-value")) == "true"
    return text or attrs.get((_OFFICE, "string-value")) or None
