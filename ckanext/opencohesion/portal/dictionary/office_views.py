"""The pages on which an officer writes a structure of the office: from a schema, from a file with data, or by hand."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint
from werkzeug.utils import secure_filename

from ckanext.opencohesion.quality.office_schemas import store
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.office_schema import MAX_BYTES, OfficeSchemaError, read_schema

from . import forms, structures

blueprint = Blueprint("opencohesion_office_schemas", __name__)

_BLANK_COLUMNS = 5
_MORE_COLUMNS = 5


@blueprint.route("/dashboard/schemas/new", methods=["GET", "POST"])
def new() -> Any:
    """Let an officer begin a structure, and publish its first version."""
    _officers_only()
    if tk.request.method == "GET":
        return tk.render("opencohesion/dictionary/begin.html", {"offices": forms.offices(), "errors": []})
    if "columns" in tk.request.form:
        return _save(None)
    try:
        schema = _begun()
    except OfficeSchemaError as error:
        return _begin_again(forms.faults(error))
    except UnreadableTableError as error:
        return _begin_again([forms.unreadable(error)])
    values = {**tk.request.form.to_dict(), "title": schema.get("title") or "", "name": _name_of_upload()}
    return _form(schema, values, [], 200)


@blueprint.route("/dashboard/schemas/<organization>/<name>", methods=["GET", "POST"])
def edit(organization: str, name: str) -> Any:
    """Let an officer write a new version of a structure."""
    rows = store.versions(organization, name)
    if not rows:
        return tk.abort(404, tk._("There is no such table structure, or no such version of it."))
    try:
        tk.check_access("opencohesion_table_schema_save", {}, {"organization": rows[0].organization_id})
    except tk.NotAuthorized as refusal:
        return tk.abort(403, str(refusal.message))
    if tk.request.method == "POST":
        return _save(rows[0])
    schema = rows[0].schema
    values = {
        "organization": rows[0].organization_id,
        "name": name,
        "title": schema["title"],
        "title_en": "" if schema["title_en"] == schema["title"] else schema["title_en"],
    }
    return _form(schema, values, [], 200, fixed=True)


def _officers_only() -> None:
    if not forms.offices():
        tk.abort(403, tk._("Only who may add datasets to an organization may write table structures"))


def _begun() -> dict[str, Any]:
    """Return what the officer begins with."""
    schema, data = tk.request.files.get("schema"), tk.request.files.get("data")
    if schema and schema.filename:
        return forms.from_schema_file(schema)
    if data and data.filename:
        return forms.from_data_file(data)
    return {"fields": [{"name": ""} for _ in range(_BLANK_COLUMNS)]}


def _begin_again(errors: list[str]) -> Any:
    shown = {"offices": forms.offices(), "errors": errors, "values": tk.request.form}
    return tk.render("opencohesion/dictionary/begin.html", shown), 400


def _save(row: store.OfficeSchema | None) -> Any:
    sent = tk.request.form
    values: dict[str, Any] = sent.to_dict()
    if row is not None:
        values |= {"organization": row.organization_id, "name": row.name}
    fixed = row is not None
    schema: dict[str, Any] = {**row.schema} if row is not None else {}
    try:
        schema |= read_schema(str(sent.get("before") or "{}")[:MAX_BYTES].encode())
        schema = forms.schema_of(sent, schema)
        if "more" in sent:
            blank = [{"name": ""} for _ in range(_MORE_COLUMNS)]
            return _form({**schema, "fields": [*schema["fields"], *blank]}, values, [], 200, fixed=fixed)
        saved = tk.get_action("opencohesion_table_schema_save")({}, {**_named(values), "schema": schema})
    except OfficeSchemaError as error:
        return _form(schema, values, forms.faults(error), 400, fixed=fixed)
    except tk.ValidationError as error:
        return _form(schema, values, _sentences(error), 400, fixed=fixed)
    except tk.NotAuthorized as refusal:
        return tk.abort(403, str(refusal.message))
    words = (
        tk._("The structure was published.")
        if saved["new"]
        else tk._("Nothing has changed: no new version was made.")
    )
    tk.h.flash_success(words)
    structure = structures.of_schema_id(saved["id"])
    index = tk.url_for("opencohesion_dictionary.index")
    return tk.redirect_to(structures.address(structure) if structure else index)


def _sentences(error: tk.ValidationError) -> list[str]:
    found = []
    for texts in error.error_dict.values():
        found += map(str, texts) if isinstance(texts, list) else [str(texts)]
    return found


def _named(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name) or "" for name in ("organization", "name", "title", "title_en")}


def _form(
    schema: dict[str, Any], values: dict[str, Any], errors: list[str], status: int, *, fixed: bool = False
) -> Any:
    columns = forms.columns_of(schema)
    if len(columns) > forms.MOST_COLUMNS:
        words = tk._(
            "The structure has {count} columns: with more than {most} it can not be shown as a form."
        )
        return _begin_again([words.format(count=len(columns), most=forms.MOST_COLUMNS)])
    shown = {
        "columns": columns,
        "kinds": forms.KINDS,
        "values": {"description": schema.get("description") or "", **values},
        "errors": errors,
        "offices": forms.offices(),
        "fixed": fixed,
        "before": json.dumps(schema, ensure_ascii=False),
    }
    return tk.render("opencohesion/dictionary/write.html", shown), status


def _name_of_upload() -> str:
    """Propose the structure's name in its address from the file's name."""
    for part in ("schema", "data"):
        upload = tk.request.files.get(part)
        if upload and upload.filename:
            return (
                secure_filename(upload.filename).rpartition(".")[0].lower().replace(".", "-")[:60].strip("-_")
            )
    return ""
