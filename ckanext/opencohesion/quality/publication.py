"""What has passed goes live, in one database transaction; what is withdrawn leaves no public trace.

CKAN's own ``package_update`` writes, indexes and commits; the gate's rows are in the same session, so they are
committed with it or not at all.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.changes import rebase
from ckanext.opencohesion.quality.datasets import file_of, gate_context, stored_dataset
from ckanext.opencohesion.quality.model import DatasetState, FileVerdict, Release, ResourceFile, StagedChange
from ckanext.opencohesion.quality.store import StoredFile
from ckanext.opencohesion.quality.table_files import request_tables
from ckanext.opencohesion.quality.uploader import point_to
from ckanext.opencohesion.quality.visibility import rewrite_activity_labels


def go_live(package: model.Package, state: DatasetState, keys: dict[str, str | None]) -> None:
    """Make a dataset public as it stands. ``keys``: the verdict's key of each resource id. Commits."""
    state.live, state.hold_until = True, None
    dataset = stored_dataset(package)
    dataset["private"] = False
    _release(package.id, dataset, keys)
    request_tables(package)
    _write(package.id, dataset)


def apply_staged(
    package: model.Package, state: DatasetState, staged: StagedChange, keys: dict[str, str | None]
) -> None:
    """Lay a staged change on the live dataset as one step. ``keys`` as in ``go_live``. Commits."""
    dataset = rebase(stored_dataset(package), staged.fields, staged.resources)
    for resource_id, operation in staged.resources.items():
        if operation["op"] == "delete":
            model.Session.execute(sa.delete(ResourceFile).where(ResourceFile.resource_id == resource_id))
        elif operation["file"]:
            fact = operation["file"]
            origin = {name: fact.get(name) for name in ("origin_url", "etag", "last_modified")}
            point_to(
                resource_id,
                package.id,
                StoredFile(fact["sha256"], fact["size_bytes"]),
                fact["filename"],
                **origin,
            )
    model.Session.delete(staged)
    state.live, state.hold_until = state.wants_public, None
    dataset["private"] = not state.live
    model.Session.flush()
    if state.live:
        _release(package.id, dataset, keys)
        request_tables(package)
    new = [key for key, operation in staged.resources.items() if operation.get("new")]
    _write(package.id, dataset)
    _default_views(package.id, new)


def close_history(package_id: str) -> None:
    """Close the activities of a dataset that is no longer public: their labels were frozen when they were written."""
    rewrite_activity_labels(package_id)


def _write(package_id: str, dataset: dict[str, object]) -> None:
    tk.get_action("package_update")(gate_context(), {**dataset, "id": package_id})
    model.Session.commit()


def _default_views(package_id: str, resource_ids: list[str]) -> None:
    for resource_id in resource_ids:
        resource = tk.get_action("resource_show")(gate_context(), {"id": resource_id})
        tk.get_action("resource_create_default_resource_views")(gate_context(), {"resource": resource})


def _release(package_id: str, dataset: dict[str, Any], keys: dict[str, str | None]) -> None:
    """Number the files that become public and were not the last public version of their resource already."""
    for resource in dataset["resources"]:
        fact = file_of(resource)
        if fact is None:
            continue
        last = model.Session.scalar(
            sa.select(Release)
            .where(Release.resource_id == fact.resource_id)
            .order_by(Release.number.desc())
            .limit(1)
        )
        if last is not None and last.sha256 == fact.sha256 and last.withdrawn is None:
            continue
        verdict = model.Session.get(FileVerdict, keys.get(fact.resource_id) or "")
        model.Session.add(
            Release(
                package_id=package_id,
                resource_id=fact.resource_id,
                number=last.number + 1 if last else 1,
                sha256=fact.sha256,
                size_bytes=fact.size_bytes,
                filename=fact.filename,
                format=verdict.format if verdict else None,
                media_type=verdict.media_type if verdict else None,
                row_count=verdict.row_count if verdict else None,
                version=dataset.get("version") or None,
                notes=dataset.get("version_notes") or None,
            )
        )
