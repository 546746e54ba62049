"""Template helpers of the officer's way."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...quality.datasets import stored_dataset
from ...quality.state import guarded
from ...quality.versions import resource_version
from . import forms


def opencohesion_shown_version(dataset_id: str | None) -> str:
    """Return what the form of a dataset carries so that nobody's change is overwritten; "" for a new one."""
    package = model.Package.get(dataset_id) if dataset_id else None
    return forms.shown_of(package) if package and guarded(package.type) else ""


def opencohesion_file_version(resource_id: str | None) -> str:
    """Return the version of a file that its form shows; "" for a new one."""
    resource = model.Resource.get(resource_id) if resource_id else None
    package = model.Package.get(resource.package_id) if resource else None
    if package is None or not guarded(package.type):
        return ""
    found = next((r for r in stored_dataset(package)["resources"] if r["id"] == resource_id), None)
    return resource_version(found) if found else ""


def opencohesion_dataset_of(resource_id: str | None) -> str | None:
    """Return the id of the dataset that a file belongs to."""
    resource = model.Resource.get(resource_id) if resource_id else None
    return resource.package_id if resource else None


def opencohesion_last_change(dataset_id: str | None) -> dict[str, Any]:
    """Return ``{who, when}`` of the last change to a dataset; {} where there is none."""
    package = model.Package.get(dataset_id) if dataset_id else None
    return forms.last_change(package) if package else {}


def opencohesion_drafts() -> list[dict[str, Any]]:
    """Return the drafts that the user may go on with; none for who is not logged in."""
    if not tk.current_user.is_authenticated:
        return []
    return tk.get_action("opencohesion_draft_list")({"user": tk.current_user.name}, {})
