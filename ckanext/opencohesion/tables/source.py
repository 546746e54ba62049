"""What probing a file finds out: the one description of a table on disk that the other rooms work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .header import HeaderMatch

if TYPE_CHECKING:
    from .formats.zipped import Unpacked

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Note:
    """Something seen while probing that does not stop the reading.

    ``code`` is a key of ``findings.FINDINGS``; ``row`` and ``column`` (both from 1, as in the file) where it
    has a place; ``params`` fill the sentences.
    """

    code: str
    severity: Severity
    row: int | None = None
    column: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSource:
    """A table on disk and how to read it."""

    path: Path
    # A key of ``formats.registry.FORMATS``; "CSV" stands for every delimited text.
    format: str
    size_bytes: int
    # Header cells exactly as they stand in the file: blanks, byte order marks and line breaks kept.
    labels: tuple[str, ...]
    # Row of the header, from 1, counted in records (a line break inside a cell is no new row).
    header_row: int = 1
    encoding: str = "utf-8"
    has_bom: bool = False
    delimiter: str = ";"
    quotechar: str = '"'
    sheet: str | None = None
    # How the labels answer to the profile; None where no profile was asked for.
    header: HeaderMatch | None = None
    notes: tuple[Note, ...] = ()
    # Whether each entry of a JSON file names its columns or lists its cells.
    records: Literal["objects", "arrays"] = "arrays"
    # The name of the file within a ZIP; ``path`` is then its unpacked copy, there as long as ``unpacked`` is held.
    member: str | None = None
    unpacked: Unpacked | None = field(default=None, compare=False, repr=False)

    @property
    def native(self) -> bool:
        """Whether cells come as typed values (numbers, dates) and not as the text of a CSV."""
        return self.format != "CSV"
