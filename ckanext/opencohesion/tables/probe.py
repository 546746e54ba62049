"""Find out how a table on disk is written, without trusting its name or what was declared of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .errors import UnreadableTableError
from .formats.registry import holds_table, probe_as
from .header import HeaderMatch, match_header
from .identify import identify
from .limits import DEFAULT_LIMITS, Limits
from .profiles import TableProfile
from .source import Note, TableSource

_NOT_TABLES = {
    "HTML": "is-html",
    "JSON": "is-json",
    "GEOJSON": "is-json",
    "JSON_LD": "is-json",
    "ENCRYPTED": "encrypted",
    "XLSB": "old-workbook",
}
_DELIMITER_NAMES = {";": ";", ",": ",", "\t": "TAB", "|": "|"}


def probe(
    path: Path,
    *,
    filename: str,
    declared_format: str | None = None,
    profile: TableProfile | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> TableSource:
    """Return how the table in ``path`` is written.

    ``filename`` is what the user calls the file, ``declared_format`` the EU file-type code that the resource
    states; neither is believed where the content tells. ``sheet`` names the sheet of a workbook (default: the
    first that holds a value). What is odd but readable stands in the notes; a header without rows is readable.

    Raises UnreadableTableError with a code of ``findings.FINDINGS``.
    """
    if path.stat().st_size == 0:
        raise UnreadableTableError("empty-file")
    measured = identify(path, filename, limits)
    code = measured.code if measured else "CSV"
    if code not in ("TXT", "ZIP") and not holds_table(path, code, limits):
        raise _not_a_table(code, declared_format)
    source = probe_as(code, path, profile, sheet, limits)
    if len(source.labels) > limits.columns:
        raise UnreadableTableError("too-many-columns", limit=limits.columns)
    if profile is None:
        return source
    match = match_header(profile, source.labels)
    return replace(source, header=match, notes=(*source.notes, *_dialect_notes(source, profile, match)))


def _dialect_notes(source: TableSource, profile: TableProfile, match: HeaderMatch) -> Iterator[Note]:
    """Yield how a text file differs from the dialect of its release; where it has none, of any release."""
    if source.format != "CSV":
        return
    dialects = [d for d in profile.dialects if match.release in (None, d.release)]
    encodings = sorted({name for dialect in dialects for name in dialect.encodings})
    if source.encoding not in encodings:
        params = {"found": source.encoding, "expected": ", ".join(encodings)}
        yield Note("wrong-encoding", "error", params=params)
    delimiters = sorted({dialect.delimiter for dialect in dialects})
    if source.delimiter not in delimiters:
        expected = " ".join(_DELIMITER_NAMES[delimiter] for delimiter in delimiters)
        params = {"found": _DELIMITER_NAMES[source.delimiter], "expected": expected}
        yield Note("wrong-delimiter", "error", source.header_row, params=params)


def _not_a_table(code: str, declared_format: str | None) -> UnreadableTableError:
    params = {"found": code, "declared": declared_format or "CSV"}
    return UnreadableTableError(_NOT_TABLES.get(code, "not-a-table-format"), **params)
