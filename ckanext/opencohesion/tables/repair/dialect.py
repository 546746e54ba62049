"""How a mended file is written: as the file was, but for what a repair changes. A workbook becomes a CSV.

A workbook is not written again: its formats, formulas, comments and hidden sheets would have to be carried over or
lost, while the gate proves every cell of a CSV; and what is hidden in a workbook is where personal data stays behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..profiles import TableProfile
from ..source import TableSource

#: The formats whose tables can be mended: texts and spreadsheets (a JSON or a Parquet is made by a program: mend that).
MENDABLE = frozenset({"CSV", "XLSX", "XLS", "ODS"})

_NAMES = {";": ";", ",": ",", "\t": "TAB", "|": "|"}


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written."""

    encoding: str
    has_bom: bool
    delimiter: str
    line_end: str

    @property
    def codec(self) -> str:
        """The Python codec that writes it."""
        return "utf-8-sig" if self.encoding == "utf-8" and self.has_bom else self.encoding


def dialect_of(source: TableSource, profile: TableProfile | None, names: Collection[str]) -> Dialect:
    """Return how the mended file is written."""
    wanted = profile.dialect(source.header.release if source.header else None) if profile else None
    if source.native:
        return Dialect(
            encoding=wanted.encodings[0] if wanted else "utf-8",
            has_bom=wanted.has_bom if wanted else True,
            delimiter=wanted.delimiter if wanted else ";",
            line_end="\r\n",
        )
    encoding, has_bom, delimiter = source.encoding, source.has_bom, source.delimiter
    if "utf-8" in names and encoding != "utf-8":
        encoding, has_bom = "utf-8", wanted.has_bom if wanted else True
    if "delimiter" in names and wanted:
        delimiter = wanted.delimiter
    return Dialect(encoding, has_bom, delimiter, _line_end(source))


def dialect_changes(
    source: TableSource, dialect: Dialect, names: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield (repair, before, after) of what changes in the file as a whole."""
    if source.native:
        if "sheet" in names:
            yield "sheet", source.format, f"CSV: {source.sheet}"
        return
    if "utf-8" in names and dialect.encoding != source.encoding:
        yield "utf-8", source.encoding, dialect.encoding
    if "delimiter" in names and dialect.delimiter != source.delimiter:
        yield "delimiter", _NAMES[source.delimiter], _NAMES[dialect.delimiter]


def _line_end(source: TableSource) -> str:
    with source.path.open("rb") as file:
        head = file.read(64 * 1024)
    return "\r\n" if b"\r\n" in head else "\n"
