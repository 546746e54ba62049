"""What the index tells about live datasets alone, whoever asks: suggestions are made of nothing else.

A spelling dictionary of Solr's own would be made of the whole index, held-back datasets included.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pysolr
from ckan.lib.search.common import SearchError, make_connection
from ckan.lib.search.query import solr_literal
from ckan.types import Context

from ckanext.opencohesion.quality.visibility.labels import PUBLIC

from .defaults import QUERY_FIELDS, QUERY_PARSER
from .words import escaped

_MOST_WORDS = 20_000


def nobody() -> Context:
    """Return the context in which somebody without an account asks."""
    return Context(user="", auth_user_obj=None, ignore_auth=False)


def words(start: str = "", query: str = "*:*", most: int = _MOST_WORDS) -> dict[str, int]:
    """Return the index entries (``spelling.entry``) of words of live datasets, with their number of datasets.

    ``start``: folded letters they begin with; ``query``: a query of ``words.solr_query``, of whose results they are;
    ``most``: so many at most, the most used.
    Raises ``SearchError`` when the index does not answer.
    """
    answer = _ask(query, {"facet.field": "words", "facet.prefix": start, "facet.limit": most})
    flat = answer["facet_fields"]["words"]
    return dict(zip(flat[0::2], flat[1::2], strict=True))


def titles(start: str, query: str, most: int) -> list[str]:
    """Return titles of live datasets among the results of ``query`` that have a word beginning with ``start``."""
    beginning = f"(title:{escaped(start)} OR title:{escaped(start)}*)"
    found = tk.get_action("package_search")(
        nobody(),
        {
            "q": query,
            "fq_list": [f"+{beginning}", f"-dataset_type:({not_datasets()})"],
            "rows": most,
            "fl": ["title"],
            "facet": "false",
            "sort": "score desc, changed_date desc",
        },
    )
    return [each["title"] for each in found["results"]]


def not_datasets() -> str:
    """Return the types that are no datasets for readers (harvest sources), as a Solr clause."""
    return " OR ".join(solr_literal(each) for each in tk.config["ckanext.opencohesion.quality.exempt_types"])


def _ask(query: str, facets: dict[str, Any]) -> dict[str, Any]:
    conditions = [
        f"+site_id:{solr_literal(tk.config['ckan.site_id'])}",
        "+state:active",
        "+capacity:public",
        f"+permission_labels:{solr_literal(PUBLIC)}",
        f"-dataset_type:({not_datasets()})",
    ]
    parameters = {"defType": QUERY_PARSER, "qf": QUERY_FIELDS, "mm": "100%", "rows": 0, "fq": conditions}
    try:
        answer = make_connection(decode_dates=False).search(
            query, **parameters, facet="true", **{"facet.mincount": 1}, **facets
        )
    except pysolr.SolrError as error:
        raise SearchError(str(error)) from error
    return answer.facets
