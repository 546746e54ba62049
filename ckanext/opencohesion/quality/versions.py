"""The version of a dataset: a word that changes when anything does that a person sees in its form.

Unlike the time of its last change it stays what it was when only the checks have ended, and it knows of the change
that waits. Nobody has to send it; who does overwrites nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opencohesion.quality.changes import (
    COMPUTED_DATASET_FIELDS,
    COMPUTED_RESOURCE_FIELDS,
    jsonable,
)
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.staging import get_staged

#: The field in which a client says which version it changes.
EXPECTED = "expected_version"


def digest(value: Any) -> str:
    """Return a short word that is equal for equal values; what is blank is as if it were not there."""
    text = json.dumps(_without_blanks(jsonable(value)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def version_of(package: model.Package) -> str:
    """Return the version of a dataset as it stands."""
    return version(package, stored_dataset(package))


def version(package: model.Package, stored: Mapping[str, Any]) -> str:
    """Return the version of a dataset whose dict (``stored_dataset``) is at hand."""
    staged = get_staged(package.id)
    waiting = [staged.fields, staged.resources] if staged else None
    fields = {name: value for name, value in stored.items() if name not in COMPUTED_DATASET_FIELDS}
    resources = [resource_part(resource) for resource in stored.get("resources") or []]
    return digest([fields, resources, waiting, stored.get("state")])


def resource_part(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person can change in a file's description, and which file it is."""
    return {name: value for name, value in resource.items() if name not in COMPUTED_RESOURCE_FIELDS} | {
        "id": resource.get("id")
    }


def resource_version(resource: Mapping[str, Any]) -> str:
    """Return the version of one file with its description, and of the change to it that waits."""
    staged = get_staged(str(resource.get("package_id"))) if resource.get("package_id") else None
    operation = staged.resources.get(str(resource.get("id"))) if staged else None
    return digest([resource_part(resource), operation])


def refuse_if_changed(expected: Any, present: str) -> None:
    """Raise ``ValidationError`` when a client expected another version than the present one."""
    if expected and str(expected) != present:
        message = tk._(
            "Somebody changed this in the meantime: nothing was saved. Read it again and repeat your change."
        )
        raise tk.ValidationError({EXPECTED: [message]})


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_blanks(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_blanks(part) for part in value]
    return value
