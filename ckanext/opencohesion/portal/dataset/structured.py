"""A dataset in schema.org's words, for search engines (Google Dataset Search and others). Plain module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def schema_org(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON-LD of a ``schema:Dataset``; what is not known is left out.

    ``dataset``: ``{url, title, description, identifier, keywords, licence_url, rights_holders, publisher, catalogue,
    modified, issued, periods: [{start, end}], places, version, files: [{name, url, format, media_type, size, sha256}]}``.
    """
    return _known(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": dataset["url"],
            "url": dataset["url"],
            "name": dataset["title"],
            "description": dataset.get("description"),
            "identifier": dataset.get("identifier"),
            "keywords": list(dataset.get("keywords") or ()),
            "license": dataset.get("licence_url"),
            "creator": [_organization(name) for name in dataset.get("rights_holders") or ()],
            "publisher": _organization(dataset.get("publisher")),
            "includedInDataCatalog": _catalogue(dataset.get("catalogue") or {}),
            "dateModified": dataset.get("modified"),
            "datePublished": dataset.get("issued"),
            "temporalCoverage": _periods(dataset.get("periods") or ()),
            "spatialCoverage": [{"@type": "Place", "name": name} for name in dataset.get("places") or ()],
            "version": dataset.get("version"),
            "isAccessibleForFree": True,
            "distribution": [_download(file) for file in dataset.get("files") or ()],
        }
    )


def _organization(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": name} if name else None


def _catalogue(catalogue: Mapping[str, Any]) -> dict[str, Any] | None:
    if not catalogue:
        return None
    return {"@type": "DataCatalog", "name": catalogue["name"], "url": catalogue["url"]}


def _periods(periods: Iterable[Mapping[str, Any]]) -> list[str]:
    """ISO 8601 intervals; ``..`` where one goes on, as schema.org has it."""
    return [f"{p['start']}/{p.get('end') or '..'}" for p in periods if p.get("start")]


def _download(file: Mapping[str, Any]) -> dict[str, Any]:
    return _known(
        {
            "@type": "DataDownload",
            "name": file.get("name"),
            "contentUrl": file["url"],
            "encodingFormat": file.get("media_type") or file.get("format"),
            "contentSize": f"{file['size']} B" if file.get("size") else None,
            "sha256": file.get("sha256"),
        }
    )


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
