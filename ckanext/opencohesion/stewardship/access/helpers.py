"""What pages show of the counts."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError
from ckan.lib.search.query import solr_literal

from ckanext.opencohesion.stewardship.access import reading


def opencohesion_most_used(limit: int = 6) -> list[dict[str, Any]]:
    """Return the public datasets that were used most in the last 90 days, most used first, each with its ``count``."""
    counts = dict(reading.most_used()[: limit * 2])
    if not counts:
        return []
    wanted = " OR ".join(solr_literal(package_id) for package_id in counts)
    # asked as nobody in particular: what was withdrawn since, or is held back, is not among the answers
    query = {"fq": f"id:({wanted})", "rows": len(counts)}
    try:
        found = tk.get_action("package_search")({"user": "", "ignore_auth": False}, query)["results"]
    except SearchError:
        return []
    shown = [{**dataset, "count": counts[dataset["id"]]} for dataset in found if dataset["id"] in counts]
    return sorted(shown, key=lambda dataset: (-dataset["count"], dataset["name"]))[:limit]


def opencohesion_access_total(dataset_id: str) -> dict[str, int]:
    """Return ``{"views", "downloads", "api"}``: the public's uses of a dataset since counting began."""
    found = reading.totals(dataset_id)
    return {"views": found["view"], "downloads": found["download"], "api": found["api"]}
