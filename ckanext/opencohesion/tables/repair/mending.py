"""Mending a table from its first row to its last, in bounded memory: the rows as they become, and every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..limits import DEFAULT_LIMITS, Limits
from ..profiles import TableProfile
from ..reading import read_rows
from ..source import TableSource
from .columns import cell_text, column_repairs
from .dialect import Dialect, dialect_changes, dialect_of
from .header import mended_labels
from .rows import empty_columns, filler_columns, is_blank, is_no_row

HIDDEN = "***"
"""What stands in place of a value that tells of a person."""

_QUOTED_CHARACTERS = 200


@dataclass(frozen=True)
class Change:
    """One change: ``row`` to ``last_row`` as the file counts them (None: the file as a whole), ``column``'s label."""

    repair: str
    row: int | None
    column: str | None
    before: str
    after: str
    last_row: int | None = None


class Privacy(Protocol):
    """What a room that knows of persons tells of a row."""

    def masked(self, cells: Sequence[str]) -> dict[int, str]:
        """Return the cells that tell of a person, masked, by position."""
        ...

    def tells_of_a_person(self, cells: Sequence[str]) -> bool:
        """Say whether no value of the row may be repeated anywhere."""
        ...

    def redacted(self, text: str) -> str:
        """Return a text without personal codes."""
        ...


@dataclass(frozen=True)
class MendedRow:
    """A row as it becomes (None: left out), and what was changed in it."""

    cells: list[str] | None
    changes: tuple[Change, ...] = ()


class Mender:
    """Applies repairs to one table. ``dialect`` is how the mended file is written.

    ``go_on``: as ``rows.empty_columns`` has it, for who only wants a preview.
    """

    def __init__(
        self,
        source: TableSource,
        profile: TableProfile | None,
        names: Collection[str],
        privacy: Privacy,
        *,
        limits: Limits = DEFAULT_LIMITS,
        go_on: Callable[[int], bool] = lambda _rows: True,
    ) -> None:
        self._source = source
        self._names = frozenset(names)
        self._privacy = privacy
        self._limits = limits
        self._columns = column_repairs(source, profile, self._names)
        self._labels = mended_labels(source, profile, self._names)
        self._fillers = filler_columns(source, profile)
        self._left_out = (
            empty_columns(source, limits, go_on) if "empty-columns" in self._names else frozenset()
        )
        self._has_columns = any(column.mends for column in self._columns)
        self.dialect: Dialect = dialect_of(source, profile, self._names)
        self.file_changes = [
            Change(repair, None, None, before, after)
            for repair, before, after in dialect_changes(source, self.dialect, self._names)
        ]

    def rows(self) -> Iterator[MendedRow]:
        """Yield every row of the file. Raises UnreadableTableError where it can not be read to its end."""
        for number, row in enumerate(read_rows(self._source, self._limits), start=1):
            if number < self._source.header_row:
                yield self._above(number, row)
            elif number == self._source.header_row:
                yield self._header(number)
            elif "empty-rows" in self._names and is_no_row(row, self._fillers, len(self._labels)):
                yield MendedRow(None, (Change("empty-rows", number, None, "", "", number),))
            else:
                yield self._row(number, row)

    def _above(self, number: int, row: Sequence[Any]) -> MendedRow:
        cells = [cell_text(cell, None) for cell in row]
        if "title-lines" not in self._names:
            return MendedRow(cells)
        told = self._quoted(" ".join(cell.strip() for cell in cells if cell.strip()))
        return MendedRow(None, (Change("title-lines", number, None, told, "", number),))

    def _header(self, number: int) -> MendedRow:
        changes = [
            Change(repair, number, label, self._quoted(old), self._quoted(label))
            for old, (label, repair) in zip(self._source.labels, self._labels, strict=True)
            if repair
        ]
        changes += [
            Change("empty-columns", number, f"{position + 1}", "", "") for position in sorted(self._left_out)
        ]
        return MendedRow(self._kept([label for label, _ in self._labels]), tuple(changes))

    def _row(self, number: int, row: Sequence[Any]) -> MendedRow:
        if self._source.native:
            cells = [
                cell_text(cell, self._columns[position] if position < len(self._columns) else None)
                for position, cell in enumerate(row)
            ]
        else:
            cells = list(row)
        found: list[tuple[str, int, str, str]] = []
        if self._has_columns:
            for position, column in enumerate(self._columns[: len(cells)]):
                for repair, mend in column.mends:
                    before = cells[position]
                    after = mend(before)
                    if after is not None and after != before:
                        cells[position] = after
                        found.append((repair, position, before, after))
        # Asked before anything is masked: what stood there must not be told.
        personal = bool(found) and self._privacy.tells_of_a_person(cells)
        changes = [
            Change(
                repair,
                number,
                self._label(position),
                HIDDEN if personal else self._quoted(before),
                HIDDEN if personal else self._quoted(after),
            )
            for repair, position, before, after in found
        ]
        if "personal" in self._names:
            for position, after in self._privacy.masked(cells).items():
                cells[position] = after
                shown = after if after.startswith("*") and after.endswith("*") else HIDDEN
                changes.append(Change("personal", number, self._label(position), HIDDEN, shown))
        return MendedRow(self._kept(cells), tuple(changes))

    def _label(self, position: int) -> str:
        return self._labels[position][0] if position < len(self._labels) else f"{position + 1}"

    def _quoted(self, text: str) -> str:
        told = self._privacy.redacted(text)
        return told if len(told) <= _QUOTED_CHARACTERS else f"{told[:_QUOTED_CHARACTERS]}…"

    def _kept(self, cells: list[str]) -> list[str]:
        if "empty-columns" not in self._names:
            return cells
        width = len(self._labels)
        while len(cells) > width and is_blank(cells[-1]):
            cells = cells[:-1]
        return [cell for position, cell in enumerate(cells) if position not in self._left_out]


@dataclass
class Preview:
    """What the repairs would change: how often each, the first changes of each, and whether every row was looked at."""

    counts: Counter[str]
    samples: dict[str, list[Change]]
    rows: int
    whole: bool


def preview(mender: Mender, *, samples: int, go_on: Callable[[int], bool] = lambda _rows: True) -> Preview:
    """Return what a mender would do. ``go_on`` is asked with the number of rows and may say that it is enough."""
    found = Preview(Counter(), {}, 0, True)
    for change in mender.file_changes:
        _take(found, change, samples)
    for row in mender.rows():
        found.rows += 1
        for change in row.changes:
            _take(found, change, samples)
        if not go_on(found.rows):
            found.whole = False
            break
    return found


def _take(found: Preview, change: Change, samples: int) -> None:
    found.counts[change.repair] += 1
    shown = found.samples.setdefault(change.repair, [])
    if shown and is_next(shown[-1], change):
        shown[-1] = replace(shown[-1], last_row=change.last_row)
    elif len(shown) < samples:
        shown.append(change)


def is_next(one: Change, other: Change) -> bool:
    """Say whether two changes tell of rows that are left out one after the other, and of nothing that stood in them."""
    told = one.before or other.before or one.repair != other.repair
    return not told and one.last_row is not None and one.last_row + 1 == other.row
