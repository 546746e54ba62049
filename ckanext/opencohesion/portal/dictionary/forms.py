"""The form in which an officer writes a structure: its fields to a Table Schema and back, and a file to a proposal."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.draft_schema import draft_schema
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.findings import FINDINGS
from ckanext.opencohesion.tables.office_schema import MAX_BYTES, OfficeSchemaError, read_schema
from ckanext.opencohesion.tables.probe import probe

#: Columns that a form shows; structures with more are written as a file.
MOST_COLUMNS = 100
_MOST_FILE_BYTES = 50 * 1024 * 1024

#: What a column may be, as the form offers it: type, and how its values are written.
KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "string": (N_("Text or code"), {"type": "string"}),
    "integer": (N_("Whole number"), {"type": "integer"}),
    "number-comma": (N_("Number with decimal comma"), {"type": "number", "decimalChar": ","}),
    "number-point": (N_("Number with decimal point"), {"type": "number", "decimalChar": "."}),
    "money-comma": (N_("Euro, decimal comma"), {"type": "number", "decimalChar": ",", "unit": "EUR"}),
    "date-dmy": (N_("Date, DD/MM/YYYY"), {"type": "date", "format": "%d/%m/%Y"}),
    "date-ymd": (N_("Date, YYYY-MM-DD"), {"type": "date", "format": "%Y-%m-%d"}),
    "date-compact": (N_("Date, YYYYMMDD"), {"type": "date", "format": "%Y%m%d"}),
    "year": (N_("Year"), {"type": "year"}),
    "any": (N_("Any value"), {"type": "any"}),
}
_KEPT = "kept"
_TEXTS = ("name", "title", "description", "values", "pattern")


def offices() -> list[dict[str, Any]]:
    """Return the organizations whose structures the reader may write: ``[{id, name, title}]``."""
    if tk.current_user.is_anonymous:
        return []
    found = tk.get_action("organization_list_for_user")({}, {"permission": "create_dataset"})
    return [{"id": one["id"], "name": one["name"], "title": one["title"] or one["name"]} for one in found]


def from_schema_file(upload: FileStorage) -> dict[str, Any]:
    """Return the Table Schema in an uploaded JSON file. Raises OfficeSchemaError."""
    return read_schema(upload.stream.read(MAX_BYTES + 1))


def from_data_file(upload: FileStorage) -> dict[str, Any]:
    """Return the Table Schema proposed from an uploaded table. Raises UnreadableTableError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        size = 0
        with path.open("wb") as file:
            while block := upload.stream.read(1024 * 1024):
                size += len(block)
                if size > _MOST_FILE_BYTES:
                    break  # what a structure is proposed from needs no more
                file.write(block)
        return draft_schema(probe(path, filename=upload.filename or "table"))


def columns_of(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of a Table Schema as the form shows them."""
    key = schema.get("primaryKey") or []
    key = [key] if isinstance(key, str) else key
    shown = []
    for field in schema.get("fields", ()):
        if not isinstance(field, dict):
            continue
        constraints = field.get("constraints") or {}
        shown.append(
            {
                "name": str(field.get("name") or ""),
                "title": "" if field.get("title") == field.get("name") else str(field.get("title") or ""),
                "description": str(field.get("description") or ""),
                "kind": _kind(field),
                "required": bool(constraints.get("required")),
                "key": field.get("name") in key,
                "values": "\n".join(map(str, constraints.get("enum") or ())),
                "pattern": str(constraints.get("pattern") or ""),
            }
        )
    return shown


def schema_of(form: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Table Schema that a sent form describes.

    ``before``: the structure the form was made from; what the form does not show of a column stays as it was there.
    """
    old = {field.get("name"): field for field in before.get("fields", ()) if isinstance(field, dict)}
    fields, key = [], []
    for number in range(min(_number(form.get("columns")), MOST_COLUMNS)):
        sent = {name: str(form.get(f"{name}-{number}") or "").strip() for name in _TEXTS}
        if not sent["name"] or form.get(f"leave-{number}"):
            continue
        fields.append(_field(sent, form, number, old.get(str(form.get(f"was-{number}") or ""))))
        if form.get(f"key-{number}"):
            key.append(sent["name"])
    schema = {**before, "fields": fields, "description": str(form.get("description") or "").strip()}
    schema.pop("primaryKey", None)
    return {**schema, "primaryKey": key} if key else schema


def unreadable(error: UnreadableTableError) -> str:
    """Return why a file can not be read, in the page's language."""
    finding = FINDINGS[error.code]
    return tk._(finding.explanation).format(**error.params)


def faults(error: OfficeSchemaError) -> list[str]:
    """Return what is wrong with a structure, in the page's language."""
    return [fault.sentence(tk._) for fault in error.faults]


def _field(
    sent: Mapping[str, str], form: Mapping[str, Any], number: int, old: Mapping[str, Any] | None
) -> dict[str, Any]:
    field: dict[str, Any] = dict(old or {})
    kind = str(form.get(f"kind-{number}") or "string")
    if kind in KINDS:
        for name in ("type", "format", "decimalChar", "unit"):
            field.pop(name, None)
        field |= KINDS[kind][1]
    for name in ("name", "title", "description"):
        field[name] = sent[name]
    constraints = dict(field.get("constraints") or {})
    for name in ("required", "enum", "pattern"):
        constraints.pop(name, None)
    if form.get(f"required-{number}"):
        constraints["required"] = True
    values = [value.strip() for value in sent["values"].splitlines() if value.strip()]
    if values:
        constraints["enum"] = values
    if sent["pattern"]:
        constraints["pattern"] = sent["pattern"]
    return {**field, "constraints": constraints}


def _kind(field: Mapping[str, Any]) -> str:
    """Return which of the form's kinds a column is; ``kept`` where it is none of them and stays as it is."""
    told = {
        name: field[name]
        for name in ("type", "format", "decimalChar", "unit")
        if field.get(name) not in (None, "", "default")
    }
    told.setdefault("type", "string")
    if told["type"] == "number":
        told.setdefault("decimalChar", ".")
    return next((kind for kind, (_, wanted) in KINDS.items() if dict(wanted) == told), _KEPT)


def _number(value: Any) -> int:
    text = str(value or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
