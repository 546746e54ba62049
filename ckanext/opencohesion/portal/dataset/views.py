"""Citations as BibTeX files."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.opencohesion.portal.dataset.citation import bibtex
from ckanext.opencohesion.portal.dataset.page import citable
from ckanext.opencohesion.stewardship.pages import context, dataset_of

blueprint = Blueprint("opencohesion_dataset", __name__)


def _as_file(dataset: dict[str, Any], entry: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{dataset["name"]}.bib"'}
    return Response(entry, content_type="text/x-bibtex; charset=utf-8", headers=headers)


def citation(id: str) -> Response:
    """Give the citation of a dataset as BibTeX."""
    dataset = dataset_of(id)
    return _as_file(dataset, bibtex(citable(dataset)))


def release_citation(id: str, resource_id: str, number: int) -> Response:
    """Give the citation of one published version of a file as BibTeX."""
    dataset = dataset_of(id)
    published = tk.get_action("opencohesion_quality_release_list")(context(), {"id": dataset["id"]})
    for one in published:
        if (one["resource_id"], one["number"]) == (resource_id, number) and not one["withdrawn"]:
            return _as_file(dataset, bibtex(citable(dataset, one)))
    return tk.abort(404, tk._("There is no such version."))


blueprint.add_url_rule("/dataset/<id>/citation.bib", "citation", citation)
blueprint.add_url_rule(
    "/dataset/<id>/resource/<resource_id>/release/<int:number>/citation.bib",
    "release_citation",
    release_citation,
)
