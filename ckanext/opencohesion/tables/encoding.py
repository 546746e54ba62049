"""Which encoding a text file is written in, judged on all its bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import UnreadableTableError
from .limits import MIB

_UTF8_BOM = codecs.BOM_UTF8
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_WIDE_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# Bytes that stand in no text: all controls but tab, line feed, vertical tab, form feed, carriage return, escape.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
# Bytes that windows-1252 leaves without a character.
_NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True)
class TextEncoding:
    """``name`` is ``utf-8`` or ``windows-1252``."""

    name: str
    has_bom: bool = False

    @property
    def codec(self) -> str:
        """Return the Python codec that also drops the byte order mark."""
        return "utf-8-sig" if self.has_bom else self.name


def detect_encoding(path: Path) -> TextEncoding:
    """Return the encoding of the whole file. Raises UnreadableTableError, with the line where there is one.

    A file that is not UTF-8 is windows-1252 (what Italian offices write else) unless most of its letters beyond
    ASCII are well-formed UTF-8: then it is UTF-8 that something has damaged, and reading it as windows-1252 would
    turn every good accent into two wrong ones.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise UnreadableTableError("empty-file")
    for bom, name in _WIDE_BOMS.items():
        if head.startswith(bom):
            raise UnreadableTableError("utf-16", encoding=name)
    if head.count(b"\0") > len(head) // 4:
        raise UnreadableTableError("utf-16", encoding="UTF-16")
    if len(_CONTROL.findall(head)) > len(head) // 100:
        raise UnreadableTableError("not-text")
    has_bom = head.startswith(_UTF8_BOM)
    if _is_utf8(path):
        return TextEncoding("utf-8", has_bom)
    good, bad, first_bad_line = _count_letters(path)
    if has_bom or good > bad:
        raise UnreadableTableError("broken-utf8", line=first_bad_line, count=bad)
    line = _first_line_with(path, _NOT_WINDOWS_1252)
    if line is not None:
        raise UnreadableTableError("unknown-encoding", line=line)
    return TextEncoding("windows-1252")


def _is_utf8(path: Path) -> bool:
    """Return whether all bytes are UTF-8. Raises UnreadableTableError for NUL bytes and a file of blanks only."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    well_formed = blank = True
    for chunk, lines_before in _chunks(path):
        if b"\0" in chunk:
            line = lines_before + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise UnreadableTableError("nul-bytes", line=line)
        blank = blank and not chunk.removeprefix(_UTF8_BOM).strip()
        well_formed = well_formed and _decodes(decoder, chunk)
    if blank:
        raise UnreadableTableError("empty-file")
    return well_formed and _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _count_letters(path: Path) -> tuple[int, int, int]:
    """Return how many letters beyond ASCII are well-formed UTF-8, how many bytes are not, the line of the first."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = first_bad_line = 0
    for chunk, lines_before in _chunks(path):
        text = decoder.decode(chunk)
        escaped = _ESCAPED_BYTE.search(text)
        if escaped and not first_bad_line:
            first_bad_line = lines_before + text.count("\n", 0, escaped.start()) + 1
        bad_here = len(_ESCAPED_BYTE.findall(text))
        bad += bad_here
        good += len(_NOT_ASCII.findall(text)) - bad_here
    if tail := decoder.decode(b"", final=True):
        bad += len(tail)
    return good, bad, first_bad_line


def _first_line_with(path: Path, pattern: re.Pattern[bytes]) -> int | None:
    for chunk, lines_before in _chunks(path):
        if found := pattern.search(chunk):
            return lines_before + chunk.count(b"\n", 0, found.start()) + 1
    return None


def _chunks(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield pieces of the file, each with the number of lines before it."""
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            yield chunk, lines
            lines += chunk.count(b"\n")
