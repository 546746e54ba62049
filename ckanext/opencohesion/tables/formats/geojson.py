"""GeoJSON (RFC 7946): the properties of its features as a table, their geometry checked.

The row of feature ``n`` is ``n + 1``, as for an array of JSON objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import UnreadableTableError
from ..limits import Limits
from ..profiles import TableProfile
from ..source import Note, TableSource
from .geometry import geometry_faults
from .json_rows import cell_of, json_codec
from .json_stream import JsonStream

_ID = "id"
_WGS84 = ("CRS84", "4326")


def holds_features(path: Path) -> bool:
    """Say whether a GeoJSON file is a collection of features, as told near its beginning."""
    with path.open("rb") as file:
        return b"FeatureCollection" in file.read(64 * 1024)


def probe_geojson(
    path: Path, _profile: TableProfile | None, _sheet: str | None, limits: Limits
) -> TableSource:
    """Read every feature once: the columns, and whether each geometry is one."""
    names: dict[str, None] = {}
    faults: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    others: dict[str, Any] = {}
    has_id = False
    number = 0
    for number, feature in enumerate(_features(path, limits, others), start=1):
        names.update(dict.fromkeys(feature.get("properties") or {}))
        if len(names) > limits.columns:
            raise UnreadableTableError("too-many-columns", limit=limits.columns)
        has_id = has_id or _ID in feature
        for fault in geometry_faults(feature.get("geometry")):
            faults[fault] += 1
            first.setdefault(fault, number + 1)
    if not number:
        raise UnreadableTableError("empty-file")
    labels = [_ID, *names] if has_id and _ID not in names else list(names)
    if not labels:
        raise UnreadableTableError("no-properties")
    return TableSource(
        path=path,
        format="GEOJSON",
        size_bytes=path.stat().st_size,
        labels=tuple(labels),
        records="objects",
        notes=(
            *_crs_notes(others.get("crs")),
            *(
                Note(
                    code,
                    "warning" if code == "geometry-winding" else "error",
                    first[code, detail],
                    None,
                    {"count": count, "detail": detail},
                )
                for (code, detail), count in faults.items()
            ),
        ),
    )


def read_geojson(source: TableSource, limits: Limits) -> Iterator[list[Any]]:
    """Yield the properties of each feature as a row, the names of the columns first."""
    yield list(source.labels)
    for feature in _features(source.path, limits, {}):
        values = {_ID: feature.get(_ID), **(feature.get("properties") or {})}
        yield [cell_of(values.get(label)) for label in source.labels]


def _features(path: Path, limits: Limits, others: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the features; what else the collection says goes into ``others``."""
    found = False
    with path.open(encoding=json_codec(path, limits), newline="") as file:
        stream = JsonStream(file, "GEOJSON", limits.json_feature_chars)
        for name in stream.members():
            if name != "features":
                others[name] = stream.value()
                continue
            found = True
            for number, feature in enumerate(stream.elements(), start=1):
                if not _is_feature(feature):
                    raise UnreadableTableError("not-a-feature", entry=number)
                yield feature
        stream.end()
    if not found or others.get("type") != "FeatureCollection":
        raise UnreadableTableError("does-not-open", declared="GEOJSON", detail="features")


def _is_feature(value: Any) -> bool:
    """RFC 7946, 3.2: a feature has a type, a geometry (or null) and properties (an object or null)."""
    return (
        isinstance(value, dict)
        and value.get("type") == "Feature"
        and isinstance(value.get("geometry", 0), dict | None)
        and isinstance(value.get("properties", 0), dict | None)
    )


def _crs_notes(crs: Any) -> Iterator[Note]:
    """RFC 7946, 4: coordinates are WGS 84; the member ``crs`` of 2008 is gone."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not any(mark in name for mark in _WGS84):
        yield Note("geojson-crs", "error", params={"crs": name[:100]})
