"""A map of a table's rows by place: which level, what is counted, which class of colour. Knows no CKAN.

Projects are counted once in each of their places. Amounts are added up by place only where a row's amount belongs to
its place alone (``Places.additive``): a project's money would otherwise be told once for every place it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.description import Column
from ckanext.opencohesion.tables.errors import QueryError
from ckanext.opencohesion.tables.places import Level, Places, places_of
from ckanext.opencohesion.tables.query import Selection, aggregate_places
from ckanext.opencohesion.vocabularies import boundaries
from ckanext.opencohesion.vocabularies.boundaries import Area
from ckanext.opencohesion.vocabularies.reader import vocabulary

from .access import OpenTable
from .chart import measures
from .outlines import Drawing, draw_areas

CLASSES = 5
# One region holds so large a part of what is counted that its own map tells more than Italy's.
_MOST_IN_ONE_REGION = 0.8


@dataclass(frozen=True)
class Place:
    """One area of the map: its outline, what it holds (None: nothing), its class of colour from 1 (0: nothing)."""

    area: Area
    value: Any
    colour: int


@dataclass(frozen=True)
class Band:
    """One class of the legend."""

    colour: int
    lowest: Any
    highest: Any


@dataclass(frozen=True)
class Atlas:
    """A map: its level and the levels there are, the region it shows (None: Italy), its places, its legend."""

    level: Level
    levels: tuple[Level, ...]
    region: str | None
    counted: str
    value: Column | None
    measures: tuple[Column, ...]
    places: tuple[Place, ...]
    legend: tuple[Band, ...]
    # What the rows hold that have no place on this map, and what all of them hold.
    elsewhere: Any


def draw(table: OpenTable, level_name: str, value_name: str, selection: Selection, home: str) -> Atlas | None:
    """Return the map that is asked for; None where no column tells a place, or no row has one.

    ``home``: ISTAT code of the portal's region. Raises QueryError and QueryLimitError.
    """
    places = places_of(table.description, table.profile)
    if places is None:
        return None
    summable = tuple(measures(table)) if places.additive else ()
    value = _named(value_name, summable) if value_name else None
    by_level: dict[Level, dict[str | None, Any]] = {
        level: _counted(table, places, level, value, selection) for level in places.levels
    }
    levels, region = _levels(by_level, home)
    if not levels:
        return None
    level = level_name or levels[0]
    if level not in levels:
        raise QueryError(N_("There is no map by “{name}” of this file."), name=level_name[:40])
    shown = _areas(level, region)
    held = by_level[level]
    present = {area.code: held[area.code] for area in shown if held.get(area.code) is not None}
    legend = _legend(list(present.values()))
    drawn = tuple(
        Place(area, present.get(area.code), _colour(present.get(area.code), legend)) for area in shown
    )
    elsewhere = sum((amount or 0) for code, amount in held.items() if code not in present)
    counted = "projects" if places.projects and value is None else "rows"
    return Atlas(level, levels, region, counted, value, summable, drawn, legend, elsewhere)


def _counted(
    table: OpenTable, places: Places, level: Level, value: Column | None, selection: Selection
) -> dict[str | None, Any]:
    return aggregate_places(
        table.table,
        places.levels[level],
        selection,
        several=places.several,
        distinct=places.projects,
        total=value,
    )


def _levels(by_level: dict[Level, dict[str | None, Any]], home: str) -> tuple[tuple[Level, ...], str | None]:
    """Return the levels that can be drawn, the finest first, and the region to draw (None: Italy)."""
    held = _by_region(by_level)
    whole = sum(held.values())
    if not whole:
        return (), None
    region = home if held.get(home) else max(held, key=lambda code: held[code])
    mostly = held[region] >= _MOST_IN_ONE_REGION * whole
    levels: list[Level] = []
    fine = "municipality" in by_level and (mostly or region == home)
    if (
        fine
        and region in boundaries.REGIONS_WITH_MUNICIPALITIES
        and _any_in(by_level["municipality"], "municipality", region)
    ):
        levels.append("municipality")
    shown = region if levels or mostly else None
    if "province" in by_level and _any_in(by_level["province"], "province", shown):
        levels.append("province")
    if "region" in by_level and len(held) > 1 and shown is None:
        levels.append("region")
    if not levels and "region" in by_level:
        return ("region",), None
    return tuple(levels), shown


def _by_region(by_level: dict[Level, dict[str | None, Any]]) -> dict[str, float]:
    """Return how much each region holds, from the coarsest level that is told."""
    held: dict[str, float] = {}
    for level in ("region", "province", "municipality"):
        for code, amount in by_level.get(level, {}).items():
            region = region_of(level, code)
            if region is not None and amount:
                held[region] = held.get(region, 0.0) + abs(float(amount))
        if held:
            return held
    return held


def region_of(level: Level, code: str | None) -> str | None:
    """Return the region that a place lies in; None for a code that names none."""
    if code is None:
        return None
    if level == "region":
        return code if code in vocabulary("istat-regions").by_code else None
    name = "istat-provinces" if level == "province" else "istat-municipalities"
    term = vocabulary(name).by_code.get(code)
    return term.fields["region_code"] if term else None


def _any_in(held: dict[str | None, Any], level: Level, region: str | None) -> bool:
    regions = {region_of(level, code) for code, amount in held.items() if amount is not None}
    return bool(regions - {None}) if region is None else region in regions


@cache
def drawing(level: Level, region: str | None) -> Drawing:
    """Return the outlines of a map's areas, made once."""
    return draw_areas(_areas(level, region))


def _areas(level: Level, region: str | None) -> tuple[Area, ...]:
    if level == "municipality":
        return boundaries.municipalities(region or "")
    return boundaries.provinces(region) if level == "province" else boundaries.regions()


def _legend(values: Sequence[Any]) -> tuple[Band, ...]:
    """Return classes that hold about equally many places each, fewer where values are few or equal."""
    ordered = sorted(values)
    if not ordered:
        return ()
    distinct = sorted(set(ordered))
    if len(distinct) <= CLASSES:
        step = (CLASSES - 1) / max(len(distinct) - 1, 1)
        return tuple(
            Band(round(1 + index * step) if len(distinct) > 1 else CLASSES, one, one)
            for index, one in enumerate(distinct)
        )
    cuts = sorted({ordered[min(len(ordered) - 1, len(ordered) * part // CLASSES)] for part in range(CLASSES)})
    bands = []
    for index, low in enumerate(cuts):
        above = cuts[index + 1] if index + 1 < len(cuts) else None
        inside = [one for one in distinct if one >= low and (above is None or one < above)]
        bands.append(Band(CLASSES - len(cuts) + index + 1, inside[0], inside[-1]))
    return tuple(bands)


def _colour(value: Any, legend: Sequence[Band]) -> int:
    if value is None:
        return 0
    return next(band.colour for band in legend if band.lowest <= value <= band.highest)


def _named(name: str, columns: Sequence[Column]) -> Column:
    for column in columns:
        if column.name == name:
            return column
    raise QueryError(N_("The column “{column}” can not be added up by place."), column=name[:80])
