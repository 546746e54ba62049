"""JSON as a table: an array of objects (their names are the columns) or of arrays; the same one a line (JSON Lines).

The names of the columns count as row 1, so that entry ``n`` of objects is row ``n + 1``.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from ..delimited import HEADER_SEARCH
from ..encoding import detect_encoding
from ..errors import UnreadableTableError
from ..limits import KIB, MIB, Limits
from ..profiles import TableProfile
from ..source import TableSource
from .header_row import as_labels, find_header
from .json_stream import JsonStream

_BEGIN_BYTES = 64 * KIB

Entries = Callable[[Path, Limits], Generator[Any]]


def json_entries(path: Path, limits: Limits) -> Generator[Any]:
    """Yield the values of the array that a JSON file is. Raises UnreadableTableError, ``json-no-rows`` for no array."""
    with path.open(encoding=json_codec(path, limits), newline="") as file:
        stream = JsonStream(file, "JSON", limits.json_value_chars)
        if stream.peek() != "[":
            raise UnreadableTableError("json-no-rows")
        yield from stream.elements()
        stream.end()


def json_line_entries(path: Path, limits: Limits) -> Generator[Any]:
    """Yield the values of a file with one JSON value a line; blank lines are none."""
    with path.open(encoding=json_codec(path, limits), newline="") as file:
        stream = JsonStream(file, "JSON", limits.json_value_chars)
        while stream.peek():
            yield stream.value()


def holds_rows(path: Path) -> bool:
    """Say whether a JSON file begins as an array of objects or arrays: a table."""
    with path.open("rb") as file:
        begin = file.read(_BEGIN_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()
    return begin[:1] == b"[" and begin[1:].lstrip()[:1] in (b"{", b"[")


def probe_with(entries: Entries, code: str) -> Callable[..., TableSource]:
    """Return the function that finds the table in a file of format ``code``."""

    def probe_json(
        path: Path, profile: TableProfile | None, _sheet: str | None, limits: Limits
    ) -> TableSource:
        kind, names = _columns(entries(path, limits), limits)
        header_row, labels, notes = 1, names, []
        if kind is list:
            with closing(entries(path, limits)) as rows:
                first = [as_labels(row) for row in islice(rows, HEADER_SEARCH)]
            header_row, labels, notes = find_header(first, profile)
        return TableSource(
            path=path,
            format=code,
            size_bytes=path.stat().st_size,
            labels=tuple(labels),
            header_row=header_row,
            records="objects" if kind is dict else "arrays",
            notes=tuple(notes),
        )

    return probe_json


def read_with(entries: Entries) -> Callable[[TableSource, Limits], Iterator[list[Any]]]:
    """Return the function that yields the rows of such a file, the names of the columns first."""

    def read_json(source: TableSource, limits: Limits) -> Iterator[list[Any]]:
        if source.records == "arrays":
            for entry in entries(source.path, limits):
                yield [cell_of(value) for value in entry]
            return
        yield list(source.labels)
        for entry in entries(source.path, limits):
            yield [cell_of(entry.get(label)) for label in source.labels]

    return read_json


def cell_of(value: Any) -> Any:
    """Return a JSON value as a cell: what is an object or an array is told as the JSON text it is."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _columns(entries: Iterator[Any], limits: Limits) -> tuple[type, list[str]]:
    """Read every entry once: all are objects or all are arrays, and the names are those of any of them."""
    names: dict[str, None] = {}
    kind: type | None = None
    for number, entry in enumerate(entries, start=1):
        kind = kind or type(entry)
        if kind not in (dict, list) or type(entry) is not kind:
            raise UnreadableTableError("json-mixed", entry=number)
        if isinstance(entry, dict):
            names.update(dict.fromkeys(entry))
        if max(len(names), len(entry)) > limits.columns:
            raise UnreadableTableError("too-many-columns", limit=limits.columns)
    if kind is None:
        raise UnreadableTableError("empty-file")
    return kind, list(names)


def json_codec(path: Path, limits: Limits) -> str:
    """Return the codec of a JSON file: UTF-8 (RFC 8259, 8.1), of which a byte order mark may be ignored.

    Raises UnreadableTableError, ``too-large-to-open`` above the size that is read twice within a sensible time.
    """
    if path.stat().st_size > limits.document_bytes:
        raise UnreadableTableError("too-large-to-open", limit_mb=limits.document_bytes // MIB)
    encoding = detect_encoding(path)
    if encoding.name != "utf-8":
        raise UnreadableTableError("does-not-open", declared="JSON", detail="UTF-8 expected")
    return encoding.codec
