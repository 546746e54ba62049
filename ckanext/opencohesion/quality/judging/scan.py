"""Personal data in what is no table cell: other formats, other sheets, lines above the header.

The bytes are read as text in pieces; nothing is parsed, so a broken document is scanned too, and so are the texts
that binary formats hold as they are (dBase, SQLite, XLS). What they hold compressed (PDF, Parquet) is not seen.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..personal.rules import personal_codes

_PIECE = 1 << 20
# Longer than a code written in groups, or an address, with its neighbours, so that none is lost where two pieces meet.
_OVERLAP = 400

Find = Callable[[str], Iterator[tuple[int, int]]]


@dataclass(frozen=True)
class ScanHit:
    """What was looked for in one file or archive member: how many, and the line of the first."""

    member: str | None
    count: int
    first_line: int


def scan_file(
    path: Path,
    *,
    most_bytes: int,
    on_piece: Callable[[], None] | None = None,
    find: Find = personal_codes,
) -> Iterator[ScanHit]:
    """Yield a hit for the file, or for each member of a ZIP (XLSX, ODS, KMZ …), that holds what ``find`` finds.

    ``most_bytes`` bounds what is read in all, inflated; ``on_piece`` is called for every piece and may raise.
    Archives in archives are not opened.
    """
    left = most_bytes
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            hit, _ = _scan(stream, None, left, on_piece, find)
        if hit:
            yield hit
        return
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            with archive.open(info) as stream:
                hit, read = _scan(stream, info.filename, left, on_piece, find)
            left -= read
            if hit:
                yield hit


def _scan(
    stream: IO[bytes], member: str | None, most_bytes: int, on_piece: Callable[[], None] | None, find: Find
) -> tuple[ScanHit | None, int]:
    count, first_line, lines, read = 0, 0, 1, 0
    text, judged = "", 0  # what is in hand, and how much of it only serves as what stands before
    more = True
    while more:
        piece = stream.read(min(_PIECE, most_bytes - read))
        more = bool(piece)
        read += len(piece)
        # Without the zero bytes UTF-16 reads like ASCII; Latin-1 gives every byte one character.
        text += piece.replace(b"\0", b"").decode("latin-1")
        # A code that may go on in the next piece is judged with that.
        end = max(judged, len(text) - _OVERLAP) if more else len(text)
        for start, _ in find(text):
            if judged <= start < end:
                count += 1
                first_line = first_line or lines + text.count("\n", 0, start)
        kept = max(0, end - _OVERLAP)
        lines += text.count("\n", 0, kept)
        text, judged = text[kept:], end - kept
        if on_piece:
            on_piece()
    return (ScanHit(member, count, first_line) if count else None), read
