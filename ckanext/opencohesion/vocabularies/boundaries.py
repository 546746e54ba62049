"""Outlines of regions, provinces and municipalities (``geo/``, see its SOURCES.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "geo"
#: Regions (ISTAT code) whose municipalities we have the outlines of.
REGIONS_WITH_MUNICIPALITIES = {"18": "calabria", "09": "toscana"}
CREDIT = "Confini amministrativi: ISTAT, elaborazione openpolis"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.it"

Point = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """One area: its ISTAT code, its name, and its rings as longitude and latitude (holes among them)."""

    code: str
    name: str
    region_code: str
    rings: tuple[tuple[Point, ...], ...]


def municipalities(region_code: str) -> tuple[Area, ...]:
    """Return the municipalities of a region of ``REGIONS_WITH_MUNICIPALITIES``. Raises KeyError for another."""
    return _areas(f"{REGIONS_WITH_MUNICIPALITIES[region_code]}-municipalities.geojson")


def provinces(region_code: str | None = None) -> tuple[Area, ...]:
    """Return the provinces of Italy, or of one region."""
    return tuple(
        area for area in _areas("italy-provinces.geojson") if region_code in (None, area.region_code)
    )


def regions() -> tuple[Area, ...]:
    """Return the regions of Italy."""
    return _areas("italy-regions.geojson")


@cache
def _areas(filename: str) -> tuple[Area, ...]:
    document = json.loads((_FOLDER / filename).read_text(encoding="utf-8"))
    return tuple(_area(feature) for feature in document["features"])


def _area(feature: dict[str, Any]) -> Area:
    facts, geometry = feature["properties"], feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    rings = tuple(tuple((x, y) for x, y in ring) for polygon in polygons for ring in polygon)
    return Area(facts["code"], facts["name"], facts.get("region_code", facts["code"]), rings)
