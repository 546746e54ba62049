"""Public pages and files of the table structures. Addresses with a version never change what they give."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.opencohesion.tables.dictionary import dictionary_csv

from . import structures

blueprint = Blueprint("opencohesion_dictionary", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"


def index() -> str:
    """Show every structure, by who publishes the tables."""
    return tk.render("opencohesion/dictionary/index.html", {"sources": list(structures.every())})


def shipped(source: str, name: str, version: str | None = None) -> str:
    """Show the dictionary of a structure that comes with the portal."""
    return _page(structures.shipped(f"{source}/{name}", version))


def office(organization: str, name: str, version: str | None = None) -> str:
    """Show the dictionary of a structure that an office has published."""
    return _page(structures.of_office(organization, name, version))


def shipped_file(source: str, name: str, version: str, file: str, form: str) -> Response:
    """Give a version's JSON Table Schema, or its dictionary as CSV. The file is called as the table."""
    return _file(structures.shipped(f"{source}/{name}", version) if file == name else None, form)


def office_file(organization: str, name: str, version: str, file: str, form: str) -> Response:
    """As ``shipped_file``."""
    return _file(structures.of_office(organization, name, version) if file == name else None, form)


def _page(structure: structures.Structure | None) -> str:
    if structure is None:
        return tk.abort(404, tk._("There is no such table structure, or no such version of it."))
    return tk.render("opencohesion/dictionary/table.html", {"structure": structure})


def _file(structure: structures.Structure | None, form: str) -> Response:
    if structure is None:
        return tk.abort(404, tk._("There is no such table structure, or no such version of it."))
    headers: dict[str, Any] = {"Cache-Control": _FOR_EVER if structure.final else _FOR_NOW}
    if form == "json":
        return Response(structure.text, content_type="application/json; charset=utf-8", headers=headers)
    language = structures.page_language()
    text = dictionary_csv(structure.profile, language, tk._)
    # The words of a dictionary are translated with the portal, so that this file may change; a BOM is for spreadsheets.
    headers = {"Cache-Control": _FOR_NOW}
    headers["Content-Disposition"] = (
        f'attachment; filename="{structure.name}_{structure.version}_{language}.csv"'
    )
    return Response("\ufeff" + text, content_type="text/csv; charset=utf-8", headers=headers)


for _rule, _endpoint, _view in (
    ("/schemas", "index", index),
    ("/schemas/<source>/<name>", "shipped", shipped),
    ("/schemas/<source>/<name>/<version>", "version", shipped),
    ("/schemas/<source>/<name>/<version>/<file>.<any(json, csv):form>", "file", shipped_file),
    ("/schemas/office/<organization>/<name>", "office", office),
    ("/schemas/office/<organization>/<name>/<version>", "office_version", office),
    (
        "/schemas/office/<organization>/<name>/<version>/<file>.<any(json, csv):form>",
        "office_file",
        office_file,
    ),
):
    blueprint.add_url_rule(_rule, _endpoint, _view)
