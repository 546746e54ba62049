"""How words are searched, on the page and through the API."""

from __future__ import annotations

from typing import Any

# All have the schema's type "text" (solr/conf/schema.xml). CKAN's own list mixes in plain string fields, which
# keep articles: "il progetto" would then have to be found there as "il" and finds nothing.
# labels_translated: the names of the dataset's themes, places, funds and programmes, in both languages.
QUERY_FIELDS = "title^4 labels_translated^2 notes text"

# CKAN's default, dismax, cuts a search into words before it is analysed: synonyms of several words (the PNRR's full name)
# and word* would find nothing.
QUERY_PARSER = "edismax"


def with_query_defaults(search_params: dict[str, Any]) -> dict[str, Any]:
    """Return `search_params` with our query parser and fields to search in, unless the caller names others."""
    return {"defType": QUERY_PARSER, "qf": QUERY_FIELDS, **search_params}
