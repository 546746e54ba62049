"""How a visitor's words are searched."""

from __future__ import annotations

from typing import Any

# All three have the schema's type "text" (solr/conf/schema.xml). CKAN's own list mixes in plain string fields, which
# keep articles: "il progetto" would then have to be found there as "il" and finds nothing.
QUERY_FIELDS = "title^4 notes text"


def with_query_fields(search_params: dict[str, Any]) -> dict[str, Any]:
    """Return `search_params` with the fields to search in, unless the caller names fields of their own."""
    return {"qf": QUERY_FIELDS, **search_params}
