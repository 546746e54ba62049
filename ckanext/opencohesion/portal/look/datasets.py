"""What the home page tells of the data: only what everybody sees, whoever asks."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.portal.search.public import nobody, not_datasets
from ckanext.opencohesion.quality.totals import live_rows
from ckanext.opencohesion.vocabularies import vocabulary

_NEWEST = 3
# Searches that citizens, firms and students make; the home page shows those that find something.
_EXAMPLES = {
    "it": ("pagamenti PNRR", "beneficiari", "progetti conclusi", "scuola", "comuni"),
    "en": ("PNRR", "FESR", "FSC", "Calabria", "Toscana"),
}


def overview(language: str) -> dict[str, Any]:
    """Figures, newest datasets, themes and example searches of the live portal, as the home page shows them.

    :returns: ``datasets``, ``rows``, ``organizations`` (numbers), ``updated`` (day of the last change of data, "" where
        there is none), ``newest`` (datasets), ``themes`` ``[{code, title, count}]`` the most used first, ``examples``
    """
    found = _search("*:*", rows=_NEWEST, facets=["organization", "vocab_theme"])
    counts = found["facets"]
    newest = found["results"]
    themes = vocabulary("data-theme")
    ordered = sorted(counts.get("vocab_theme", {}).items(), key=lambda each: (-each[1], each[0]))
    return {
        "datasets": found["count"],
        "rows": live_rows(),
        "organizations": len(counts.get("organization", {})),
        "updated": newest[0].get("metadata_modified", "")[:10] if newest else "",
        "newest": newest,
        "themes": [
            {"code": code, "title": themes.label(code, language), "count": count} for code, count in ordered
        ],
        "examples": [words for words in _EXAMPLES[language] if _search(words)["count"]] if newest else [],
    }


def _search(words: str, rows: int = 0, facets: list[str] | None = None) -> dict[str, Any]:
    return tk.get_action("package_search")(
        nobody(),
        {
            "q": words,
            "fq_list": [f"-dataset_type:({not_datasets()})"],
            "rows": rows,
            "sort": "metadata_modified desc",
            "facet": "true" if facets else "false",
            "facet.field": facets or [],
            "facet.limit": -1,
            "facet.mincount": 1,
        },
    )
