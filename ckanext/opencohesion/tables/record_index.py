"""Where the records of a delimited text begin, found on its bytes, and whether its quoting is regular.

Regular means that every reader of CSV, however it treats what RFC 4180 leaves open, finds the same cells: a quote opens
at the very beginning of a cell, closes at its very end or is doubled, the last one closes, and all records end alike.
Where quoting is regular a position is inside quotes exactly when an odd number of quotes stands before it, which is
what makes the search a few vector operations instead of a walk from byte to byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

# Fits a processor's cache: larger pieces are searched more slowly.
_PIECE = 1 << 20
_QUOTE, _LINE_FEED, _RETURN = ord('"'), ord("\n"), ord("\r")

Offsets = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class RecordIndex:
    """The records of a regular text, header included."""

    # Where each record begins, and where the last one ends.
    offsets: Offsets
    # Cells of each record; none in a blank line.
    cells: Counts
    # Bytes of each record's cells together, without delimiters, quotes around them and line end.
    content: Counts
    # Every record ends with CR LF (else with LF).
    crlf: bool

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.cells)

    @property
    def longest(self) -> int:
        """Bytes of the longest record."""
        return int(np.diff(self.offsets).max(initial=0))


def index_records(
    path: Path, delimiter: str, *, start: int = 0, look: Callable[[], None] = lambda: None
) -> RecordIndex | None:
    """Return the index of the text from byte ``start`` on; None where its quoting or line ends are not regular.

    For any encoding in which quote, delimiter and line ends are single bytes that are part of no other character
    (UTF-8, windows-1252). ``look`` is called for every piece and may raise.
    """
    search = _Search(ord(delimiter), start)
    with path.open("rb") as file:
        file.seek(start)
        while piece := file.read(_PIECE):
            # Whether a return stands alone is seen on the byte behind it.
            while piece.endswith(b"\r") and (more := file.read(1)):
                piece += more
            if not search.look_through(piece):
                return None
            look()
    return search.index()


class _Search:
    """The state between two pieces."""

    def __init__(self, delimiter: int, start: int) -> None:
        self.delimiter = delimiter
        self.start = self.position = start
        # The last mark (quote, delimiter or line feed) so far: it is as if a line had ended before the first byte.
        self.mark_at = start - 1
        self.mark_closes = False
        self.inside = 0
        self.last_byte = _LINE_FEED
        # Of the record at hand: the cells that are complete, the bytes so far that are no content.
        self.open_cells = 0
        self.open_marks = 0
        self.ends: list[Offsets] = []
        self.cells: list[Counts] = []
        self.marks: list[Counts] = []
        self.crlf: bool | None = None

    def look_through(self, piece: bytes) -> bool:
        """Go through the next bytes; return whether they are regular."""
        text = np.frombuffer(piece, np.uint8)
        marks = np.flatnonzero((text == _QUOTE) | (text == self.delimiter) | (text == _LINE_FEED))
        kinds = text[marks]
        quotes = kinds == _QUOTE
        inside = (np.cumsum(quotes, dtype=np.uint8) + np.uint8(self.inside)) & 1 == 1
        # How far each mark is from the one before it: a quote touches what it opens after and closes before.
        before = np.diff(marks, prepend=self.mark_at - self.position)
        closes = quotes & ~inside
        after_closing = np.empty_like(closes)
        after_closing[1:] = closes[:-1]
        after_closing[:1] = self.mark_closes
        loose = (before != 1) & (after_closing | (quotes & inside))
        if loose.any() and not self._only_returns(text, marks[loose], kinds[loose], before[loose]):
            return False
        outside = ~inside & ~quotes
        ends = np.flatnonzero(outside & (kinds == _LINE_FEED))
        if not self._ends_alike(text, marks[ends]) or not self._no_lone_return(piece, text, marks, inside):
            return False
        self._keep(marks, ends, outside, outside | (quotes & ~(inside & after_closing)))
        if len(marks):
            self.mark_at = self.position + int(marks[-1])
            self.mark_closes = bool(closes[-1])
            self.inside = int(inside[-1])
        self.position += len(piece)
        self.last_byte = piece[-1]
        return True

    def index(self) -> RecordIndex | None:
        """Return what was found, once all bytes were seen."""
        if self.inside or (self.mark_closes and self.mark_at != self.position - 1):
            return None
        if self.last_byte != _LINE_FEED:  # a last record without a line end
            self.ends.append(np.array([self.position], np.int64))
            self.cells.append(np.array([self.open_cells + 1], np.int32))
            self.marks.append(np.array([self.open_marks], np.int32))
        offsets = np.concatenate([np.array([self.start], np.int64), *self.ends])
        cells = np.concatenate([np.empty(0, np.int32), *self.cells])
        content = (np.diff(offsets) - np.concatenate([np.empty(0, np.int32), *self.marks])).astype(np.int32)
        ended = len(cells) if self.last_byte == _LINE_FEED else len(cells) - 1
        if self.crlf:
            content[:ended] -= 1
        cells[:ended][(cells[:ended] == 1) & (np.diff(offsets)[:ended] == (2 if self.crlf else 1))] = 0
        return RecordIndex(offsets, cells, content, bool(self.crlf))

    def _only_returns(
        self, text: npt.NDArray[np.uint8], marks: Offsets, kinds: npt.NDArray[np.uint8], before: Offsets
    ) -> bool:
        """Whether only the return of a line end stands between a closing quote and each of these marks."""
        if not ((kinds == _LINE_FEED) & (before == 2)).all():
            return False
        # A return is never the last byte of a piece, so it is in this one.
        return bool((text[marks - 1] == _RETURN).all())

    def _ends_alike(self, text: npt.NDArray[np.uint8], ends: Offsets) -> bool:
        """Whether all records so far end with CR LF, or all with LF."""
        if not len(ends):
            return True
        returns = text[ends - 1] == _RETURN
        if ends[0] == 0:  # the byte before is in the piece before, and was no return
            returns[0] = False
        crlf = bool(returns[0]) if self.crlf is None else self.crlf
        self.crlf = crlf
        return bool(returns.all() if crlf else not returns.any())

    def _no_lone_return(
        self,
        piece: bytes,
        text: npt.NDArray[np.uint8],
        marks: Offsets,
        inside: npt.NDArray[np.bool_],
    ) -> bool:
        """Whether no return ends a line by itself; inside quotes it is a character as any."""
        if b"\r" not in piece:
            return True
        returns = np.flatnonzero(text == _RETURN)
        if returns[-1] == len(text) - 1:
            return False  # the very last byte of the file
        lone = returns[text[returns + 1] != _LINE_FEED]
        states = np.concatenate([[self.inside == 1], inside])
        return bool(states[np.searchsorted(marks, lone)].all())

    def _keep(
        self,
        marks: Offsets,
        ends: Offsets,
        outside: npt.NDArray[np.bool_],
        no_content: npt.NDArray[np.bool_],
    ) -> None:
        """Keep what the records that end in this piece come to."""
        if len(ends):
            self.ends.append(marks[ends] + (self.position + 1))
        # A line end completes the last cell, as a delimiter does the others.
        self.open_cells = _count(outside, ends, self.open_cells, self.cells)
        self.open_marks = _count(no_content, ends, self.open_marks, self.marks)


def _count(counted: npt.NDArray[np.bool_], ends: Offsets, open_count: int, kept: list[Counts]) -> int:
    """Append to ``kept`` how many are counted up to each end; return how many behind the last one."""
    sums = np.cumsum(counted, dtype=np.int32)
    total = int(sums[-1]) if len(sums) else 0
    if not len(ends):
        return open_count + total
    done = sums[ends]
    kept.append(np.diff(done, prepend=np.int32(-open_count)))
    return total - int(done[-1])
