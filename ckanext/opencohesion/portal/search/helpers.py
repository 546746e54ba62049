"""Template helpers of the search page and of result cards."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask_babel import format_date

from ckanext.opencohesion.quality.model import Release

from . import results
from .cards import Card, card
from .facets import BY_PARAMETER
from .wanted import Wanted


def opencohesion_search_url(wanted: Wanted) -> str:
    """Return the address of a search's page."""
    return _with_query(tk.url_for("dataset.search"), wanted)


def opencohesion_feed_url(wanted: Wanted) -> str:
    """Return the full address of a search's Atom feed."""
    return _with_query(
        tk.url_for("opencohesion_search.feed", qualified=True), wanted.on_page(1).sorted_by("")
    )


def opencohesion_filter_label(parameter: str, value: str) -> str:
    """Return the words for a filter's value in the page's language."""
    return results.label(parameter, value)


def opencohesion_quality_words(status: str) -> str:
    """Return what a quality status means, in plain words."""
    return results.label("quality", status)


def opencohesion_filter_title(parameter: str) -> str:
    """Return the name of a filter in the page's language."""
    return tk._(BY_PARAMETER[parameter].title)


def opencohesion_themes() -> list[results.Value]:
    """Return the themes of all datasets that the user sees, the most frequent first."""
    return results.themes()


def opencohesion_cards(datasets: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Card]]:
    """Return each dataset with its card; one query for all."""
    rows = _row_counts([str(each["id"]) for each in datasets if each.get("id")])
    return [(each, card(each, rows)) for each in datasets]


def opencohesion_day(value: str) -> str:
    """Return a day (YYYY-MM-DD) as the page's language writes it; a month or a year as it is."""
    try:
        return format_date(date.fromisoformat(value), "long")
    except ValueError:
        return value


def opencohesion_page_numbers(present: int, last: int) -> list[int | None]:
    """Return the pages to link: the first, the last and those around the present one; None where some are left out."""
    near = sorted({1, last, *range(max(1, present - 2), min(last, present + 2) + 1)})
    gaps = zip(near, [0, *near], strict=False)
    return [number for page, before in gaps for number in ([None, page] if page - before > 1 else [page])]


def opencohesion_office_email() -> str:
    """Return the e-mail address of the office that runs the portal; "" where none is configured."""
    names = ("ckanext.opencohesion.portal.contact_email", "ckanext.opencohesion.dcatapit.publisher_email")
    return next((str(tk.config[name]) for name in names if tk.config.get(name)), "")


def _row_counts(dataset_ids: list[str]) -> dict[str, int]:
    """Return the number of rows of the published tables of datasets, by resource."""
    newest = (
        sa.select(Release.resource_id, Release.row_count)
        .where(Release.package_id.in_(dataset_ids), Release.withdrawn.is_(None))
        .distinct(Release.resource_id)
        .order_by(Release.resource_id, Release.number.desc())
    )
    return {row.resource_id: row.row_count for row in model.Session.execute(newest) if row.row_count}


def _with_query(address: str, wanted: Wanted) -> str:
    query = urlencode(wanted.parameters())
    return f"{address}?{query}" if query else address
