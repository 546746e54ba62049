"""What the officer's forms show and send: fields with their proposals, files, the version that was shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.navl.dictization_functions import unflatten
from ckan.logic import clean_dict, parse_params, tuplize_dict
from ckan.plugins import toolkit as tk
from ckanext.scheming.plugins import expand_form_composite

from ...quality.datasets import stored_dataset
from ...quality.model import StagedChange
from ...quality.staging import get_staged
from ...quality.versions import digest, version
from . import drafts
from .merge import Merged, merge, normal

FILE_FIELDS = ("name", "format", "table_schema", "description")
SHOWN = "oc_shown"
_CHOICE = "oc_choice-"
_MADE_FROM_TITLE = ("name", "identifier")
_OWN_INPUTS = (
    "save",
    "_ckan_phase",
    "pkg_name",
    "dataset_type",
    "upload",
    "day",
    "time",
    "_csrf_token",
    SHOWN,
)


def fields_of(dataset_type: str) -> list[dict[str, Any]]:
    """Return the dataset fields of a type, as its form lists them."""
    return tk.h.scheming_get_dataset_schema(dataset_type)["dataset_fields"]


def with_marks(
    fields: list[dict[str, Any]], proposals: Mapping[str, Any], data: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the fields, each that still has its proposed value with the sentence on where that comes from."""
    return [one | _mark(one, proposals.get(one["field_name"]), data.get(one["field_name"])) for one in fields]


def _mark(one: dict[str, Any], proposal: Mapping[str, Any] | None, value: Any) -> dict[str, str]:
    if not proposal or normal(one, proposal["value"]) != normal(one, value):
        return {}
    return {"proposal": tk._(proposal["message"]).format(**proposal["params"])}


def with_tag_string(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset dict with its keywords as the form has them."""
    if dataset.get("tag_string") is None:
        dataset = {**dataset, "tag_string": ", ".join(tag["name"] for tag in dataset.get("tags") or [])}
    return dataset


def submitted(dataset_type: str) -> dict[str, Any]:
    """Return the dataset fields that the present request sends, repeating ones as lists; files apart (``files_of``)."""
    sent = clean_dict(unflatten(tuplize_dict(parse_params(tk.request.form))))
    data = {
        name: value
        for name, value in sent.items()
        if name not in _OWN_INPUTS and not name.startswith((_CHOICE, "file-"))
    }
    repeating = {one["field_name"] for one in fields_of(dataset_type) if one.get("repeating_subfields")}
    expand_form_composite(data, repeating)
    return data


def blanks(dataset_type: str) -> dict[str, Any]:
    """Return every field of the form, empty: a form sends nothing of a box that is not ticked."""
    return {
        one["field_name"]: "" for one in fields_of(dataset_type) if one.get("form_snippet", "") is not None
    }


def defaults(fields: list[dict[str, Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form holds in fields that are still empty, such as the licence that is the rule."""
    return {
        one["field_name"]: one["default"]
        for one in fields
        if one.get("default") and not data.get(one["field_name"])
    }


def missing(fields: list[dict[str, Any]], data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the mandatory fields that are still empty: ``{name, label}``."""
    return [
        {"name": one["field_name"], "label": tk.h.scheming_language_text(one["label"])}
        for one in fields
        if one.get("required")
        and one["field_name"] not in _MADE_FROM_TITLE
        and not normal(one, data.get(one["field_name"]))
    ]


def files_of(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files of a dataset with what the present request says of them."""
    files = []
    for position, resource in enumerate(dataset.get("resources") or []):
        sent = {
            name: tk.request.form[f"file-{position}-{name}"].strip()
            for name in FILE_FIELDS
            if f"file-{position}-{name}" in tk.request.form
        }
        same = tk.request.form.get(f"file-{position}-id") == resource["id"]
        files.append({**resource, **sent} if same else dict(resource))
    return files


# -- the version that was shown ----------------------------------------------------------------------------------------


def shown_of(package: model.Package) -> str:
    """Return, for a hidden input, digests of the fields of a dataset as it stands."""
    stored = _as_shown(package)
    digests = {
        one["field_name"]: digest(normal(one, stored.get(one["field_name"])))
        for one in _compared(package.type)
    }
    return json.dumps({"version": version(package, stored_dataset(package)), "fields": digests})


def compare(package: model.Package, data: dict[str, Any]) -> tuple[Merged, str] | None:
    """Return what somebody saved since the form was shown, laid under ``data``, and the present version.

    ``None`` when nothing changed, or when the request does not say what was shown.
    """
    try:
        shown = json.loads(tk.request.form.get(SHOWN) or "{}")
        expected, digests = shown["version"], dict(shown["fields"])
    except (ValueError, KeyError, TypeError):
        return None
    present = version(package, stored_dataset(package))
    if expected == present:
        return None
    return merge(_compared(package.type), digests, _as_shown(package), data, digest), present


def choose(package: model.Package, data: dict[str, Any]) -> None:
    """Put the other's value, in place, where the request says that it is to stay."""
    stored = _as_shown(package)
    for one in _compared(package.type):
        if tk.request.form.get(_CHOICE + one["field_name"]) == "theirs":
            data[one["field_name"]] = stored.get(one["field_name"])


def conflict_lines(package: model.Package, merged: Merged) -> dict[str, Any]:
    """Return what the page tells of a conflict: who, when, what was taken over, what is to be decided."""
    stored = _as_shown(package)
    labels = {one["field_name"]: one for one in _compared(package.type)}
    return {
        **last_change(package),
        "taken": [tk.h.scheming_language_text(labels[name]["label"]) for name in merged.taken],
        "fields": [
            {
                "name": name,
                "label": tk.h.scheming_language_text(labels[name]["label"]),
                "mine": _told(labels[name], merged.values.get(name)),
                "theirs": _told(labels[name], stored.get(name)),
            }
            for name in merged.conflicts
        ],
    }


def last_change(package: model.Package) -> dict[str, Any]:
    """Return ``{who, when}`` of the last change to a dataset, that which waits for its check included."""
    staged: StagedChange | None = get_staged(package.id)
    when, user_id = package.metadata_modified, None
    if tk.h.plugin_loaded("activity"):
        from ckanext.activity.model import Activity

        row = model.Session.execute(
            sa.select(Activity.timestamp, Activity.user_id)
            .where(Activity.object_id == package.id)
            .order_by(Activity.timestamp.desc())
            .limit(1)
        ).first()
        if row:
            when, user_id = row
    if staged and staged.updated > when:
        when, user_id = staged.updated, staged.user_id
    user = model.User.get(user_id) if user_id else None
    return {"who": user.display_name if user else "", "when": when}


def _compared(dataset_type: str) -> list[dict[str, Any]]:
    private = {"field_name": "private", "label": tk._("Who is it for")}
    return [one for one in fields_of(dataset_type) if one.get("form_snippet", "") is not None] + [private]


def _as_shown(package: model.Package) -> dict[str, Any]:
    """Return a dataset as its form has it: the wish, keywords as text, no address that was made up for a draft."""
    stored = {**with_tag_string(stored_dataset(package)), "private": _wish(package)}
    return stored | {"name": ""} if drafts.is_placeholder(stored["name"]) else stored


def _wish(package: model.Package) -> str:
    """Return the dataset's ``private`` as its form sends it."""
    standing = tk.h.opencohesion_quality_standing({"id": package.id, "type": package.type})
    return "False" if standing.get("wants_public") else "True"


def _told(one: Mapping[str, Any], value: Any) -> str:
    """Return a value in words."""
    if one["field_name"] == "private":
        return tk._("Only the organization") if str(value) == "True" else tk._("Everybody")
    found = normal(one, value)
    if one.get("repeating_subfields"):
        return "; ".join(", ".join(entry.values()) for entry in found) or "–"
    if isinstance(found, list):
        return ", ".join(_label(one, entry) for entry in found) or "–"
    return _label(one, found) if found else "–"


def _label(one: Mapping[str, Any], value: str) -> str:
    if one["field_name"] == "territory":
        return tk.h.opencohesion_territory_label(value)
    if one.get("vocabulary"):
        return tk.h.opencohesion_shown(one, value)
    return value
