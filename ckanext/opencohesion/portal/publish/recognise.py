"""What a file is that an officer brings: its format, and the known table whose header it has. Plain module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ...tables.errors import UnreadableTableError
from ...tables.formats import NotOpenableError, identify, open_ok
from ...tables.formats.registry import holds_table
from ...tables.header import HeaderMatch, match_header
from ...tables.limits import DEFAULT_LIMITS, MIB
from ...tables.probe import probe
from ...tables.profiles import TableProfile, load_profile, profile_ids
from ...tables.source import TableSource

_QUICK = ("CSV", "TSV", "XLSX", "XLSM")
# What is read to its end or unpacked before anything can be told of it, while the officer waits: larger ones are checked
# all the same, later.
_MOST_BYTES = 32 * MIB


@dataclass(frozen=True)
class Recognised:
    """A file that can be published: ``format`` is an EU file-type code; ``source`` where it is a table."""

    format: str
    source: TableSource | None = None
    profile: TableProfile | None = None


def recognise(path: Path, filename: str) -> Recognised:
    """Return what the file at ``path`` is; ``filename`` is what its owner calls it.

    Raises UnreadableTableError or NotOpenableError (a code of the findings, with parameters) where nobody could use it.
    """
    if path.stat().st_size == 0:
        raise UnreadableTableError("empty-file")
    measured = identify(path, filename)
    if measured is None:
        open_ok(path, "TXT")  # says what is wrong with it, where that can be told
        raise UnreadableTableError("not-a-table-format", found="TXT", declared="CSV")
    if not _is_table(path, measured.code):
        if measured.code == "HTML":
            raise UnreadableTableError("is-html", found="HTML", declared="CSV")
        open_ok(path, measured.code)
        return Recognised(measured.code)
    return _table(path, filename, measured.code)


def _is_table(path: Path, code: str) -> bool:
    small = code in _QUICK or path.stat().st_size <= _MOST_BYTES
    return small and holds_table(path, code, DEFAULT_LIMITS)


def _table(path: Path, filename: str, code: str) -> Recognised:
    plain = probe(path, filename=filename)
    code = "JSON" if code == "JSONL" else code  # the authority table has no JSON Lines
    profiles = [load_profile(name) for name in profile_ids()]
    found = _likest(code, [(plain, profile) for profile in profiles])
    if found is None and plain.format == "CSV" and plain.member is None:
        # Lines may stand above the header: each table looks for its own. A workbook is too slow to open for each.
        found = _likest(
            code, [(probe(path, filename=filename, profile=profile), profile) for profile in profiles]
        )
    return found or Recognised(code, plain)


def _likest(code: str, candidates: Iterable[tuple[TableSource, TableProfile]]) -> Recognised | None:
    """Return the table whose header the file's resembles most; None where it resembles none."""
    best, best_likeness = None, 0.0
    for source, profile in candidates:
        match = match_header(profile, source.labels)
        likeness = _likeness(match) if match.release else 0.0
        if likeness > best_likeness:
            best = Recognised(code, replace(source, header=match), profile)
            best_likeness = likeness
    return best


def _likeness(match: HeaderMatch) -> float:
    """Return which part of the columns, the file's and the table's together, both have."""
    both = sum(name is not None for name in match.canonical)
    apart = len(match.missing_required) + len(match.missing_optional) + len(match.unknown)
    return both / (both + apart)


__all__ = ["NotOpenableError", "Recognised", "UnreadableTableError", "recognise"]
