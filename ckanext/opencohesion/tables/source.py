"""What probing a file finds out: the one description of a table on disk that the other rooms work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .header import HeaderMatch

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
    format: Literal["CSV", "XLSX"]
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
