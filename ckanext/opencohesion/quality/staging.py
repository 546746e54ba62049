"""A change to a dataset that is live is kept apart until it has passed: what is served stays what it was."""

from __future__ import annotations

from collections.abc import Container
from copy import copy
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.opencohesion.quality.changes import (
    Change,
    difference,
    jsonable,
    merge,
    rebase,
    replaces_file,
    superseded,
)
from ckanext.opencohesion.quality.datasets import stored_dataset, validation_errors
from ckanext.opencohesion.quality.model import DatasetState, StagedChange, get_state, utcnow
from ckanext.opencohesion.quality.storage.uploader import GateUpload


class Staged(Exception):
    """A change was staged instead of applied. Caught by the chained outer action, which tells its caller.

    The live dataset is never returned in place of a held-back change: callers would work on the wrong resource.
    """

    def __init__(self, package: model.Package, change: Change) -> None:
        super().__init__(f"staged: {package.id}")
        self.package = package
        self.change = change

    def dataset_result(self) -> dict[str, Any]:
        """Return what ``package_update`` and its kin answer."""
        return {
            "id": self.package.id,
            "name": self.package.name,
            "type": self.package.type,
            "staged": True,
            "resources_staged": sorted(self.change.resources),
        }

    def resource_result(self, resource_id: str | None) -> dict[str, Any]:
        """Return what a resource action answers; ``None`` stands for the resource that is new in this change."""
        if resource_id is None:
            resource_id = next((key for key, put in self.change.resources.items() if put.get("new")), None)
        operation = self.change.resources.get(resource_id or "", {})
        values = {key: value for key, value in operation.get("values", {}).items() if value is not None}
        return {**values, "id": resource_id, "package_id": self.package.id, "staged": True}


def lock_dataset(package_id: str) -> tuple[model.Package | None, DatasetState | None, StagedChange | None]:
    """Lock a dataset until the transaction ends; return its row, its state and the change that waits, as they now are.

    Whoever changes, judges or publishes a dataset comes through here first. One order for all (the dataset, its state, then
    a job) keeps two of them from waiting for each other.
    """
    package = model.Package.get(package_id, for_update=True)
    state = get_state(package_id, lock=True)
    model.Session.get(StagedChange, package_id, populate_existing=True)
    return package, state, get_staged(package_id)


def get_staged(package_id: str) -> StagedChange | None:
    """Return the change of a live dataset that waits, if one does.

    A change that waited when its dataset was withdrawn rests until the dataset is public again: ``resting``.
    """
    staged = model.Session.get(StagedChange, package_id)
    return staged if staged is not None and _live(package_id) else None


def resting(package_id: str) -> StagedChange | None:
    """Return the change that waited when its dataset was withdrawn, if there is one."""
    staged = model.Session.get(StagedChange, package_id)
    return staged if staged is not None and not _live(package_id) else None


def _live(package_id: str) -> bool:
    state = get_state(package_id)
    return state is not None and state.live


def saved_past(package_id: str, later: Change, replaced: Container[str]) -> bool:
    """Take out of a waiting or resting change what was just saved anew; say whether a waiting one is to be checked again.

    Within the present transaction.
    """
    staged = model.Session.get(StagedChange, package_id)
    if staged is None:
        return False
    fields, resources = superseded(staged.fields, staged.resources, later, replaced)
    if (fields, resources) == (staged.fields, staged.resources):
        return False
    if not resources:  # what is left are texts that came with a file, and the file is decided on
        model.Session.delete(staged)
        return False
    staged.fields, staged.resources = fields, resources
    staged.status, staged.checked, staged.updated = "pending", None, utcnow()
    return _live(package_id)


def staged_with_new(resource_id: Any) -> StagedChange | None:
    """Return the staged change in which this resource is new, if it is not a live resource."""
    if not isinstance(resource_id, str) or model.Resource.get(resource_id) is not None:
        return None
    found = model.Session.scalar(sa.select(StagedChange).where(StagedChange.resources.has_key(resource_id)))
    return found if found and found.resources[resource_id].get("new") and _live(found.package_id) else None


def staged_dataset(package: model.Package, staged: StagedChange) -> dict[str, Any]:
    """Return the dataset as it would be with its staged change."""
    return rebase(stored_dataset(package), staged.fields, staged.resources)


def stage(context: Context, package: model.Package, live: dict[str, Any], wanted: dict[str, Any]) -> Change:
    """Validate a change to a live dataset and keep it, within the present transaction; what was staged before stays.

    ``live`` and ``wanted`` are dataset dicts without gate fields, with an id in every resource. Raises
    ``ValidationError`` as ``package_update`` does; nothing is kept then.
    """
    uploads: dict[str, GateUpload] = {}
    replaced = set()
    wanted["resources"] = [dict(resource) for resource in wanted.get("resources", live.get("resources", []))]
    for resource in wanted["resources"]:
        if replaces_file(resource):
            replaced.add(resource["id"])
            uploads[resource["id"]] = GateUpload(resource)

    errors = validation_errors(
        package, {**wanted, "resources": [dict(r) for r in wanted["resources"]]}, copy(context)
    )
    if errors:
        model.Session.rollback()
        raise tk.ValidationError(errors)

    change = difference(live, wanted, replaced)
    for resource_id, upload in uploads.items():
        stored = upload.store()
        if stored:
            change.resources[resource_id]["file"] = {
                "sha256": stored.sha256,
                "size_bytes": stored.size_bytes,
                "filename": upload.filename,
            }
    change.fields, change.resources = jsonable(change.fields), jsonable(change.resources)

    row = get_staged(package.id)
    if row is None:
        row = StagedChange(package_id=package.id, fields={}, resources={}, brought_by=[], created=utcnow())
        model.Session.add(row)
    row.fields, row.resources = merge(row.fields, row.resources, change)
    user = context.get("auth_user_obj") or model.User.get(context.get("user"))
    row.status, row.checked, row.updated, row.user_id = "pending", None, utcnow(), getattr(user, "id", None)
    row.brought_by = with_bringer(row.brought_by, row.user_id)
    model.Session.flush()
    return change


def with_bringer(known: list[str], user_id: str | None) -> list[str]:
    """Return those who brought data, with one more of them."""
    return sorted({*known, user_id} - {None})
