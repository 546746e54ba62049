"""Outlines of areas as SVG paths: projected, rounded to the drawing's grid. Plain module."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ckanext.opencohesion.vocabularies.boundaries import Area, Point

# The drawing's longer side, in units: one is about a third of a pixel of a map on a phone.
_SIDE = 1_000


@dataclass(frozen=True)
class Drawing:
    """Size of the drawing, and the path of each area by its code."""

    width: int
    height: int
    paths: dict[str, str]


def draw_areas(areas: Sequence[Area]) -> Drawing:
    """Return the areas as paths.

    Equirectangular on the middle parallel: for a region of Italy, and Italy itself, shapes stay true to the eye.
    """
    points = [point for area in areas for ring in area.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrowing = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * narrowing, north - south
    scale = _SIDE / max(wide, high)

    def place(point: Point) -> tuple[int, int]:
        return round((point[0] - west) * narrowing * scale), round((north - point[1]) * scale)

    paths = {area.code: "".join(_ring(ring, place) for ring in area.rings) for area in areas}
    return Drawing(round(wide * scale), round(high * scale), paths)


def _ring(ring: Sequence[Point], place: Callable[[Point], tuple[int, int]]) -> str:
    """Return a closed ring with relative steps; points that fall together are one, a ring of fewer than three none."""
    grid: list[tuple[int, int]] = []
    for point in ring:
        spot = place(point)
        if not grid or spot != grid[-1]:
            grid.append(spot)
    if len(grid) > 1 and grid[0] == grid[-1]:
        grid.pop()
    if len(grid) < 3:
        return ""
    steps = [f"M{grid[0][0]} {grid[0][1]}l"]
    for (x, y), (next_x, next_y) in pairwise(grid):
        across, down = next_x - x, next_y - y
        steps.append(f"{across}{'' if down < 0 else ' '}{down} ")
    return "".join(steps).rstrip() + "z"
