"""The Atom feed of a search: live datasets alone, whoever asks, the newest change first."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.dcatapit.language import current_language
from ckanext.opencohesion.i18n_marks import N_

from . import public
from .atom import Entry, Feed, write
from .helpers import opencohesion_feed_url
from .results import label
from .wanted import DEEPEST_RESULT, BadParameterError, Wanted


def feed(wanted: Wanted) -> bytes:
    """Return the feed of a search as XML.

    Raises:
        BadParameterError: a page further down than the portal looks.
        ckan.lib.search.SearchError: the index does not answer.
    """
    rows = int(tk.config["ckan.feeds.limit"])
    if (wanted.page - 1) * rows >= DEEPEST_RESULT:
        raise BadParameterError(N_("The feed has no such page."))
    query = wanted.solr(rows)
    query["fq_list"] = [*query["fq_list"], f"-dataset_type:({public.not_datasets()})"]
    query["sort"] = "metadata_modified desc, id asc"
    answer = tk.get_action("package_search")(public.nobody(), {**query, "facet": "false"})
    pages = max(1, -(-min(answer["count"], DEEPEST_RESULT) // rows))
    datasets = answer["results"]
    return write(_head(wanted, datasets, pages), [_entry(each) for each in datasets])


def _head(wanted: Wanted, datasets: list[dict[str, Any]], pages: int) -> Feed:
    def on_page(number: int) -> str:
        address = opencohesion_feed_url(wanted)
        if number == 1:
            return address
        return f"{address}{'&' if '?' in address else '?'}page={number}"

    first = wanted.on_page(1).sorted_by("")
    links = {
        "self": on_page(wanted.page),
        "alternate": tk.url_for("dataset.search", qualified=True, **_query(first)),
        "first": on_page(1),
        "last": on_page(pages),
    }
    if wanted.page > 1:
        links["previous"] = on_page(min(wanted.page - 1, pages))
    if wanted.page < pages:
        links["next"] = on_page(wanted.page + 1)
    about = [wanted.words, *(label(name, value) for name, value in wanted.filters)]
    site = str(tk.config["ckan.site_title"])
    return Feed(
        # the same feed in either language is the same feed: its id is made of what it asks
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{tk.config['ckan.site_url']} {first.parameters()}").urn,
        title=": ".join([site, ", ".join(each for each in about if each) or tk._("all datasets")]),
        author=site,
        # the portal's own beginning of time where nothing is found
        updated=_time(datasets[0]["metadata_modified"]) if datasets else "1970-01-01T00:00:00Z",
        language=current_language(),
        links=links,
    )


def _entry(dataset: dict[str, Any]) -> Entry:
    organization = dataset.get("organization") or {}
    return Entry(
        id=f"urn:uuid:{dataset['id']}",
        title=dataset.get("title") or dataset["name"],
        link=tk.url_for(f"{dataset['type']}.read", id=dataset["name"], qualified=True),
        summary=tk.h.markdown_extract(dataset.get("notes") or "", 500) if dataset.get("notes") else "",
        author=organization.get("title") or str(tk.config["ckan.site_title"]),
        published=_time(dataset["metadata_created"]),
        updated=_time(dataset["metadata_modified"]),
        categories=tuple(tag["name"] for tag in dataset.get("tags") or []),
        files=tuple(
            (str(address), str(each.get("mimetype") or ""), str(each.get("size") or ""))
            for each in dataset.get("resources") or []
            if (address := each.get("download_url") or each.get("url"))
        ),
    )


def _query(wanted: Wanted) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in wanted.parameters():
        query.setdefault(name, []).append(value)
    return query


def _time(moment: str) -> str:
    return f"{moment.removesuffix('Z').partition('.')[0]}Z"
