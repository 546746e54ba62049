"""Helpers of the form's templates: fields by group, and what the organizations declare."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.dcatapit import defaults, organizations


def opencohesion_form_groups(schema: dict[str, Any], fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the groups of a form in their order, each with the ``fields`` that it shows.

    A group without fields is left out; a field whose group is unknown comes last, so that none is lost.
    """
    groups = [{**group, "fields": []} for group in schema.get("form_groups", [])]
    by_id = {group["id"]: group for group in groups}
    rest: dict[str, Any] = {"id": "rest", "label": "", "fields": []}
    for field in fields:
        if field.get("form_snippet", "") is not None:
            by_id.get(field.get("form_group"), rest)["fields"].append(field)
    return [group for group in [*groups, rest] if group["fields"]]


def opencohesion_lines(value: Any) -> str:
    """Return a list as lines of text; a text (a form sent back with errors) unchanged."""
    return "\n".join(map(str, value)) if isinstance(value, list) else value or ""


def opencohesion_listed(value: Any) -> list[str]:
    """Return the values of a multiple choice, whether kept (list) or sent by a form with one choice (text)."""
    if isinstance(value, str):
        return [value] if value else []
    return [str(entry) for entry in value or []]


def opencohesion_declared_defaults() -> str:
    """Return, as JSON for the form's script, what each organization of the user declares for its datasets.

    Keys are organization ids; values are the names of the form's inputs with their values.
    """
    ids = [entry["id"] for entry in tk.h.organizations_available("create_dataset")]
    declared = organizations.declared_by(ids)
    return json.dumps({id_: _inputs(values) for id_, values in declared.items()})


def _inputs(declared: dict[str, Any]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name, value in declared.items():
        if name not in defaults.REPEATING:
            inputs[name] = value
        for index, entry in enumerate(value if name in defaults.REPEATING else []):
            inputs.update({f"{name}-{index}-{part}": text for part, text in entry.items()})
    return inputs
