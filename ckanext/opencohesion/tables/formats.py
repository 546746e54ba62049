"""What a file is, measured from its content, and whether it opens as that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True)
class MeasuredFormat:
    """``code`` is the code of the EU file-type authority table (``CSV``, ``XLSX``, ``GEOJSON``, …)."""

    code: str
    media_type: str


class NotOpenableError(Exception):
    """The file does not open as what it claims to be. ``code`` is a key of ``findings.FINDINGS``."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params


def identify(path: Path, filename: str, limits: Limits = DEFAULT_LIMITS) -> MeasuredFormat | None:
    """Return what the content is; the name only decides between texts that look alike. None if it is nothing we know."""
    raise NotImplementedError


def open_ok(path: Path, code: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Open the file as format ``code``, to its end. Raises NotOpenableError."""
    raise NotImplementedError
