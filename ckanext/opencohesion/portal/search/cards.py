"""What a result card says of a dataset, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.opencohesion.dcatapit.rdf.literals import as_list, as_records

from .document import changed_on

_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Card:
    """``publisher``: who; ``changed``: YYYY-MM-DD, YYYY-MM or YYYY; ``formats``: of its files, each once; ``files``: number.

    ``rows``: of its longest table, None where nobody counted; ``period``: first and last year, "" where open or not known;
    ``places``: ISTAT codes, ``more_places``: how many are left out; ``quality``: the gate's status, "" where it has none.
    """

    publisher: str
    changed: str
    formats: tuple[str, ...]
    files: int
    rows: int | None
    period: tuple[str, str]
    places: tuple[str, ...]
    more_places: int
    quality: str
    live: bool


def card(dataset: Mapping[str, Any], rows: Mapping[str, int]) -> Card:
    """Return the card of a dataset as ``package_search`` gives it; ``rows``: of its files, by id."""
    resources = as_records(dataset.get("resources"))
    formats = dict.fromkeys(str(each["format"]) for each in resources if each.get("format"))
    counted = [rows[key] for each in resources if (key := str(each.get("id"))) in rows]
    places = [str(each) for each in as_list(dataset.get("territory"))]
    organization = dataset.get("organization") or {}
    return Card(
        publisher=str(organization.get("title") or organization.get("name") or ""),
        changed=changed_on(dataset),
        formats=tuple(formats),
        files=len(resources),
        rows=max(counted, default=None),
        period=_period(as_records(dataset.get("temporal_coverage"))),
        places=tuple(places[:_MOST_PLACES]),
        more_places=max(0, len(places) - _MOST_PLACES),
        quality=str(dataset.get("quality_status") or ""),
        live=bool(dataset.get("quality_live")),
    )


def _period(periods: list[Mapping[str, object]]) -> tuple[str, str]:
    starts = [str(each["start"])[:4] for each in periods if each.get("start")]
    ends = [str(each["end"])[:4] for each in periods if each.get("end")]
    # one period without an end goes on
    return min(starts, default=""), max(ends, default="") if len(ends) == len(periods) else ""
