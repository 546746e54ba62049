"""Drafts in CKAN: a dataset of state ``draft`` with its file, and what was proposed for it.

The proposals lie in the dataset's ``plugin_data``, which is CKAN's place for what a plugin alone reads; the values
themselves are the draft's own, as if the officer had written them.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.munge import munge_title_to_name
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ...quality.state import guarded
from .proposals import Proposal

_PLUGIN = "opencohesion_publish"
_PLACEHOLDER = "bozza-"
_NAME_LENGTH = 90

Proposals = dict[str, Proposal]


def placeholder_name() -> str:
    """Return a web address for a dataset that has none yet."""
    return f"{_PLACEHOLDER}{secrets.token_hex(8)}"


def is_placeholder(name: str) -> bool:
    """Say whether a dataset still has the address it was given when it was begun."""
    return name.startswith(_PLACEHOLDER) and len(name) == len(_PLACEHOLDER) + 16


def is_made_from_title(name: str, *titles: str) -> bool:
    """Say whether nobody chose a web address: it is empty, or what the form made of one of the titles by itself."""
    return name in ("", *(munge_title_to_name(title) for title in titles if title))


def name_from_title(title: str, own_id: str) -> str:
    """Return a web address made from a title that no dataset other than ``own_id`` has."""
    stem = munge_title_to_name(title)[:_NAME_LENGTH].strip("-_") or placeholder_name()
    name, number = stem, 2
    while (other := model.Package.get(name)) is not None and other.id != own_id:
        name, number = f"{stem}-{number}", number + 1
    return name


def draft_context(user: str | None) -> Context:
    """Return a context in which its user may say that a dataset is a draft, or no longer."""
    context: Any = {"user": user, "auth_user_obj": model.User.get(user), "allow_state_change": True}
    return context


def begin(user: str, owner_org: str, dataset_type: str, proposals: Proposals) -> dict[str, Any]:
    """Create a draft with the proposed values. Raises as ``package_create`` does."""
    values = {name: proposal.value for name, proposal in proposals.items()}
    return tk.get_action("package_create")(
        draft_context(user),
        {
            **values,
            "type": dataset_type,
            "name": placeholder_name(),
            "owner_org": owner_org,
            "state": "draft",
            "private": False,
        },
    )


def remember(package_id: str, dataset: Proposals, files: dict[str, Proposals]) -> None:
    """Keep what was proposed for a draft and its files (by resource id), beside what was proposed before. Commits."""
    package = model.Package.get(package_id)
    if package is None:
        return
    kept = proposed(package)
    kept["dataset"] |= {name: proposal.as_dict() for name, proposal in dataset.items()}
    for resource_id, proposals in files.items():
        kept["files"][resource_id] = {name: proposal.as_dict() for name, proposal in proposals.items()}
    package.plugin_data = {**(package.plugin_data or {}), _PLUGIN: kept}
    model.Session.commit()


def proposed(package: model.Package) -> dict[str, Any]:
    """Return ``{"dataset": {field: proposal}, "files": {resource id: {field: proposal}}}`` of a draft."""
    kept = (package.plugin_data or {}).get(_PLUGIN) or {}
    return {"dataset": dict(kept.get("dataset") or {}), "files": dict(kept.get("files") or {})}


def forget(package: model.Package) -> None:
    """Forget what was proposed: the dataset is no longer a draft. Commits."""
    package.plugin_data = {
        name: data for name, data in (package.plugin_data or {}).items() if name != _PLUGIN
    }
    model.Session.commit()


def drafts_of(user: str) -> list[model.Package]:
    """Return the drafts that a user may go on with, the last changed first."""
    offices = tk.get_action("organization_list_for_user")({"user": user}, {"permission": "update_dataset"})
    query = sa.select(model.Package).where(
        model.Package.state == "draft", model.Package.owner_org.in_([office["id"] for office in offices])
    )
    found = model.Session.scalars(query.order_by(model.Package.metadata_modified.desc()))
    return [package for package in found if guarded(package.type)]


def change_type(package: model.Package, dataset_type: str) -> None:
    """Make a draft one of another dataset type; what the other type does not ask is dropped. Commits."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type)
    fields = {field["field_name"] for field in schema["dataset_fields"]}
    package.type = dataset_type
    package.extras = {  # pyright: ignore[reportAttributeAccessIssue]
        name: value
        for name, value in (package.extras or {}).items()
        if name in fields  # pyright: ignore[reportAttributeAccessIssue]
    }
    model.Session.commit()
    search.rebuild(package.id)  # the index serves datasets as long as their time of change is the same
