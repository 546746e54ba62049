"""Find out how a table on disk is written, without trusting its name."""

from __future__ import annotations

from pathlib import Path

from .limits import DEFAULT_LIMITS, Limits
from .profiles import TableProfile
from .source import TableSource


def probe(
    path: Path,
    *,
    filename: str,
    declared_format: str | None = None,
    profile: TableProfile | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> TableSource:
    """Return how the table in ``path`` is written. Raises UnreadableTableError."""
    raise NotImplementedError
