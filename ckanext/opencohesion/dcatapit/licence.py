"""Names the licence of a shown dataset: CKAN's own register does not know the Italian list."""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.vocabularies import vocabulary


def described(dataset: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return ``license_title``, ``license_url`` and ``isopen`` of the dataset's licence; {} where it is not in our list."""
    term = vocabulary("licences-it").by_code.get(dataset.get("license_id") or "")
    if term is None:
        return {}
    return {
        "license_title": term.label(lang),
        "license_url": term.fields["reference_uri"] or term.uri,
        "isopen": term.fields["open"] == "yes",
    }
