"""What the gate writes into a dataset's dict when it is shown: its own fields, whatever a client sent in them.

``quality_status`` and ``quality_checked`` come from the gate's tables, and so do a file's measured size, checksum,
media type, format and time of change. ``private`` shows what the owner wants (the wish), so that a client that sends a
dataset back as it read it does not withdraw it; ``quality_live`` says whether the dataset is public.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.kept import key_for
from ckanext.opencohesion.quality.model import DatasetState, FileVerdict, ResourceFile, get_state
from ckanext.opencohesion.quality.publication.datastore_tables import with_tables
from ckanext.opencohesion.quality.state import exempt


def show(datasets: list[dict[str, Any]]) -> None:
    """Write the gate's fields into dataset dicts as ``package_show`` gives them, in place; five queries for any number."""
    ours = [dataset for dataset in datasets if not exempt(dataset.get("type")) and dataset.get("id")]
    if not ours:
        return
    ids = [dataset["id"] for dataset in ours]
    states = {
        row.package_id: row
        for row in model.Session.scalars(sa.select(DatasetState).where(DatasetState.package_id.in_(ids)))
    }
    files = {
        row.resource_id: row
        for row in model.Session.scalars(sa.select(ResourceFile).where(ResourceFile.package_id.in_(ids)))
    }
    verdicts, tables = _verdicts(ours, files), with_tables(ids)
    for dataset in ours:
        _show_state(dataset, states.get(dataset["id"]))
        for resource in dataset.get("resources") or []:
            row = files.get(resource.get("id"))
            # what a client sent back of it is worth nothing: the gate alone fills and removes tables
            resource["datastore_active"] = resource.get("id") in tables
            if row and stands_for(resource, row):
                _show_file(dataset, resource, row, verdicts.get(verdict_key_of(resource, row)))


def stands_for(resource: dict[str, Any], row: ResourceFile) -> bool:
    """Say whether ``row`` holds the bytes of the resource as it now is: uploaded, or fetched from its present address."""
    if resource.get("url_type") == "upload":
        return row.origin_url is None
    return row.origin_url == resource.get("url")


def _show_state(dataset: dict[str, Any], state: DatasetState | None) -> None:
    dataset["quality_status"] = state.status if state else "pending"
    dataset["quality_checked"] = (
        f"{state.checked.isoformat(timespec='seconds')}Z" if state and state.checked else None
    )
    dataset["quality_live"] = bool(state and state.live)
    if state:
        dataset["private"] = not state.wants_public


def verdict_key_of(resource: dict[str, Any], row: ResourceFile) -> str:
    """Return the key of the verdict on the bytes of a resource as it now is."""
    return key_for(resource, row.sha256, row.filename)


def _verdicts(datasets: list[dict[str, Any]], files: dict[str, ResourceFile]) -> dict[str, Any]:
    """Return measured format and media type by verdict key.

    Where bytes are not judged yet under the present rules, what was measured of them last is as true as it was.
    """
    wanted = {
        verdict_key_of(resource, files[resource["id"]]): files[resource["id"]].sha256
        for dataset in datasets
        for resource in dataset.get("resources") or []
        if resource.get("id") in files
    }
    if not wanted:
        return {}
    columns = (FileVerdict.key, FileVerdict.format, FileVerdict.media_type)
    query = sa.select(*columns).where(FileVerdict.key.in_(wanted))
    found: dict[str, Any] = {row.key: row for row in model.Session.execute(query)}
    older = {sha256 for key, sha256 in wanted.items() if key not in found}
    if older:
        query = (
            sa.select(FileVerdict.sha256, *columns)
            .distinct(FileVerdict.sha256)
            .where(FileVerdict.sha256.in_(older))
            .order_by(FileVerdict.sha256, FileVerdict.finished.desc())
        )
        measured = {row.sha256: row for row in model.Session.execute(query)}
        found |= {
            key: measured[sha256] for key, sha256 in wanted.items() if key not in found and sha256 in measured
        }
    return found


def _show_file(dataset: dict[str, Any], resource: dict[str, Any], row: ResourceFile, verdict: Any) -> None:
    resource["size"] = row.size_bytes
    resource["hash"] = row.sha256
    resource["last_modified"] = row.changed.isoformat()
    resource["mimetype"] = verdict.media_type if verdict else None
    if verdict and verdict.format and not resource.get("format"):
        resource["format"] = verdict.format
    if row.origin_url is None:
        resource["download_url"] = resource.get("url")
    else:
        resource["download_url"] = tk.url_for(
            "opencohesion_quality.checked_copy",
            id=dataset["id"],
            resource_id=resource["id"],
            filename=row.filename,
            qualified=True,
        )


def index(document: dict[str, Any]) -> dict[str, Any]:
    """Return a search document with the dataset's ``quality_status`` in it, for facets and filters."""
    state = get_state(document["id"]) if not exempt(document.get("type")) else None
    return {**document, "quality_status": state.status} if state else document
