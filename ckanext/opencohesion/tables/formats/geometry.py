"""What is wrong with a GeoJSON geometry (RFC 7946, 3.1 and 4), as codes of findings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

Fault = tuple[str, str]

_MOST_DEPTH = 8


def geometry_faults(geometry: Any) -> set[Fault]:
    """Return ``{(code, what)}``: ``geometry-invalid``, ``geometry-not-wgs84``, ``geometry-winding``; none for null."""
    return set(_faults(geometry, 0)) if geometry is not None else set()


def _faults(geometry: Any, depth: int) -> Iterator[Fault]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or depth > _MOST_DEPTH:
            yield "geometry-invalid", "GeometryCollection"
            return
        for part in parts:
            yield from _faults(part, depth + 1)
        return
    judge = _KINDS.get(kind) if isinstance(kind, str) else None
    if judge is None:
        yield "geometry-invalid", str(kind)[:40]
        return
    try:
        yield from judge(geometry.get("coordinates"))
    except _InvalidError:
        yield "geometry-invalid", str(kind)


class _InvalidError(Exception):
    pass


def _position(value: Any) -> Iterator[Fault]:
    if not isinstance(value, list) or len(value) < 2:
        raise _InvalidError
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value):
        raise _InvalidError
    longitude, latitude = value[:2]
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise _InvalidError
    if abs(longitude) > 180 or abs(latitude) > 90:
        yield "geometry-not-wgs84", ""


def _line(value: Any, least: int = 2) -> Iterator[Fault]:
    if not isinstance(value, list) or len(value) < least:
        raise _InvalidError
    for position in value:
        yield from _position(position)


def _polygon(value: Any) -> Iterator[Fault]:
    if not isinstance(value, list) or not value:
        raise _InvalidError
    for number, ring in enumerate(value):
        # A linear ring: closed, four or more positions; the outer one counterclockwise, holes clockwise.
        yield from _line(ring, least=4)
        if ring[0] != ring[-1]:
            raise _InvalidError
        if (_area(ring) < 0) == (number == 0):
            yield "geometry-winding", ""


def _area(ring: list[Any]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _many(judge: Callable[[Any], Iterator[Fault]]) -> Callable[[Any], Iterator[Fault]]:
    def each(value: Any) -> Iterator[Fault]:
        if not isinstance(value, list):
            raise _InvalidError
        for one in value:
            yield from judge(one)

    return each


_KINDS: dict[str, Callable[[Any], Iterator[Fault]]] = {
    "Point": _position,
    "MultiPoint": _many(_position),
    "LineString": _line,
    "MultiLineString": _many(_line),
    "Polygon": _polygon,
    "MultiPolygon": _many(_polygon),
}
