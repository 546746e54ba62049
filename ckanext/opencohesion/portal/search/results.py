"""Asks CKAN for the results of a search, and makes of the answer what the search page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opencohesion.dcatapit.choices import opencohesion_territory_label
from ckanext.opencohesion.dcatapit.language import current_language

from . import public, suggestions
from .facets import BY_PARAMETER, FACETS, Facet
from .wanted import DEEPEST_RESULT, Wanted

#: So many values of a filter are on the page at once, the others behind "show more", and no more than `LISTED` at all.
AT_ONCE = 6
LISTED = 60
#: For so many filters an empty result tells what each one costs.
_WEIGHED = 8
#: Digits of a province's ISTAT code.
_PROVINCE = 3


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a filter: ``code``, ``label`` for people, number of datasets, whether it is chosen."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetValues:
    """A filter with its values, the most frequent first; ``cut``: there are more than are listed."""

    facet: Facet
    values: list[Value]
    cut: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of an empty result: another search, and how many datasets it finds. ``label``: what it removes."""

    wanted: Wanted
    count: int
    label: str = ""


@dataclass
class Results:
    """What a search found. ``correction`` and ``ways`` are there where they help."""

    wanted: Wanted
    count: int
    datasets: list[dict[str, Any]]
    facets: list[FacetValues]
    pages: int
    correction: Way | None = None
    ways: list[Way] = field(default_factory=list)


def search(wanted: Wanted) -> Results:
    """Return what the user of this request finds. Raises ``ckan.lib.search.SearchError``, ``SolrConnectionError``."""
    rows = int(tk.config["ckan.datasets_per_page"])
    # a page that can not be: its number of results is told all the same
    start_too_far = (wanted.page - 1) * rows >= DEEPEST_RESULT
    asked = wanted.on_page(1) if start_too_far else wanted
    answer = _ask(
        asked, 0 if start_too_far else rows, [facet.field for facet in FACETS], **{"facet.limit": LISTED + 1}
    )
    found = Results(
        wanted=wanted,
        count=answer["count"],
        datasets=answer["results"],
        facets=_facets(wanted, answer["search_facets"]),
        pages=-(-min(answer["count"], DEEPEST_RESULT) // rows),
    )
    if wanted.words:
        found.correction = _correction(wanted, found.count)
    if not found.count:
        found.ways = _ways(wanted)
    return found


def themes() -> list[Value]:
    """Return the themes of all datasets that the user sees."""
    facet = BY_PARAMETER["theme"]
    answer = _ask(Wanted(), 0, [facet.field])["search_facets"]
    return _values(facet, Wanted(), answer.get(facet.field, {}).get("items", []))


def label(parameter: str, value: str) -> str:
    """Return the words for a filter's value in the page's language."""
    if parameter == "place":
        # provinces are called like their capitals
        name = opencohesion_territory_label(value)
        return f"{name} ({tk._('province')})" if len(value) == _PROVINCE else name
    if parameter in ("organization", "groups"):
        return _group_title(value)
    return BY_PARAMETER[parameter].label(value, current_language(), tk._)


def _ask(wanted: Wanted, rows: int, fields: list[str], **more: Any) -> dict[str, Any]:
    context = Context(user=tk.current_user.name, auth_user_obj=tk.current_user, for_view=True)
    query = wanted.solr(rows)
    query["fq_list"] = [*query["fq_list"], f"-dataset_type:({public.not_datasets()})"]
    private = tk.config["ckan.search.default_include_private"]
    return tk.get_action("package_search")(
        context, {**query, "facet.field": fields, "include_private": private, **more}
    )


def _count(wanted: Wanted) -> int:
    return _ask(wanted.on_page(1), 0, [])["count"]


def _facets(wanted: Wanted, answer: dict[str, Any]) -> list[FacetValues]:
    facets = []
    for facet in FACETS:
        values = _values(facet, wanted, answer.get(facet.field, {}).get("items", []))
        if values:
            facets.append(FacetValues(facet, values[:LISTED], cut=len(values) > LISTED))
    return facets


def _values(facet: Facet, wanted: Wanted, items: list[dict[str, Any]]) -> list[Value]:
    organizations = facet.parameter in ("organization", "groups")
    values = [
        Value(
            code=item["name"],
            label=item["display_name"] if organizations else label(facet.parameter, item["name"]),
            count=item["count"],
            chosen=(facet.parameter, item["name"]) in wanted.filters,
        )
        for item in items
        if item["name"]
    ]
    return sorted(values, key=lambda value: (not value.chosen, -value.count, value.label.casefold()))


def _correction(wanted: Wanted, count: int) -> Way | None:
    meant = suggestions.correction(wanted)
    for other in () if meant is None else (meant, Wanted(words=meant.words)):
        found = _count(other)
        # one word of several may be missing, so the right word need not find more than the wrong one
        if found >= max(count, 1):
            return Way(other, found)
    return None


def _ways(wanted: Wanted) -> list[Way]:
    ways = []
    for parameter, value in wanted.filters[:_WEIGHED]:
        without = wanted.without_filter(parameter, value)
        facet = tk._(BY_PARAMETER[parameter].title)
        ways.append(Way(without, _count(without), f"{facet}: {label(parameter, value)}"))
    if wanted.words and wanted.filters:
        without = wanted.with_words("")
        ways.append(Way(without, _count(without), f"“{wanted.words}”"))
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)


def _group_title(name: str) -> str:
    from ckan import model

    group = model.Group.get(name)
    return str(group.title or group.name) if group is not None and group.state == "active" else name
