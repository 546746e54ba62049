"""Adds the search page's own fields to what CKAN writes into the index."""

from __future__ import annotations

import json
from typing import Any

from .document import search_fields


def with_search_fields(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document for the index with the fields of ``document.search_fields``.

    CKAN has flattened the dataset by now; the dataset itself is in ``validated_data_dict``.
    """
    return {**document, **search_fields(json.loads(document["validated_data_dict"]))}
