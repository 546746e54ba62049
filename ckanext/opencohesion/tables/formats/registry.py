"""The formats that are read as tables: how each is probed and how its rows are read. One line a format.

``probe(path, profile, sheet, limits)`` finds the table; ``read(source, limits)`` yields its rows, header included.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import UnreadableTableError
from ..identify import identify
from ..limits import Limits
from ..profiles import TableProfile
from ..source import TableSource
from . import geojson, json_rows
from .parquet_rows import probe_parquet, read_parquet
from .sheets import ODS, XLS, XLSX
from .text import probe_text, read_text
from .zipped import beginning, only_member, unpack

Probe = Callable[[Path, TableProfile | None, str | None, Limits], TableSource]
Read = Callable[[TableSource, Limits], Iterator[list[Any]]]


@dataclass(frozen=True)
class TableFormat:
    """How files that were measured as one format are probed, and how a source of that format is read."""

    probe: Probe
    read: Read


_TEXT = TableFormat(probe_text, read_text)
_XLSX = TableFormat(XLSX.probe, XLSX.read)
_JSON, _LINES = json_rows.json_entries, json_rows.json_line_entries

#: By the code that ``identify`` measures.
FORMATS: dict[str, TableFormat] = {
    "CSV": _TEXT,
    "TSV": _TEXT,
    "TXT": _TEXT,
    "XLSX": _XLSX,
    "XLSM": _XLSX,
    "XLS": TableFormat(XLS.probe, XLS.read),
    "ODS": TableFormat(ODS.probe, ODS.read),
    "JSON": TableFormat(json_rows.probe_with(_JSON, "JSON"), json_rows.read_with(_JSON)),
    "JSONL": TableFormat(json_rows.probe_with(_LINES, "JSONL"), json_rows.read_with(_LINES)),
    "GEOJSON": TableFormat(geojson.probe_geojson, geojson.read_geojson),
    "PARQUET": TableFormat(probe_parquet, read_parquet),
}

_SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")

#: Formats that always hold a table; of the others (JSON, GeoJSON, ZIP, TXT) the content tells.
ALWAYS_TABLES = frozenset({"CSV", "TSV", "XLSX", "XLSM", "XLS", "ODS", "JSONL", "PARQUET"})


def holds_table(path: Path, code: str, limits: Limits) -> bool:
    """Say whether a file that was measured as ``code`` is one that is read as a table."""
    if code == "JSON":
        return json_rows.holds_rows(path)
    if code == "GEOJSON":
        return geojson.holds_features(path)
    if code == "ZIP":
        return _zip_holds_table(path, limits)
    return code in ALWAYS_TABLES


def _zip_holds_table(path: Path, limits: Limits) -> bool:
    name = only_member(path)
    if name is None:
        return False
    head = beginning(path, name)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):  # told apart by what stands at their end
        return PurePosixPath(name).suffix.lower() in _SPREADSHEETS
    with tempfile.TemporaryDirectory(prefix="opencohesion-head-") as folder:
        copy = Path(folder) / "head"
        copy.write_bytes(head)
        inner = identify(copy, name, limits)
        return inner is not None and inner.code != "ZIP" and holds_table(copy, inner.code, limits)


def probe_as(
    code: str, path: Path, profile: TableProfile | None, sheet: str | None, limits: Limits
) -> TableSource:
    """Return the table in a file of format ``code``; of a ZIP, that of the one file it holds.

    Raises UnreadableTableError; KeyError for a format that is not read as a table.
    """
    if code != "ZIP":
        return FORMATS[code].probe(path, profile, sheet, limits)
    unpacked = unpack(path, limits)
    inner = identify(unpacked.path, unpacked.name, limits)
    if inner is None or inner.code not in FORMATS:
        raise UnreadableTableError(
            "zip-without-table", found=inner.code if inner else "?", member=unpacked.name
        )
    source = FORMATS[inner.code].probe(unpacked.path, profile, sheet, limits)
    return replace(source, member=unpacked.name, unpacked=unpacked)


def read_rows_of(source: TableSource, limits: Limits) -> Iterator[list[Any]]:
    """Yield every row of a probed table, header included."""
    yield from FORMATS[source.format].read(source, limits)
