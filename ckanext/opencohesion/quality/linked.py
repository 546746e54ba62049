"""Linked files: fetched into the store, checked and served from there. ``links`` looks at them again."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from ckan import model

from ckanext.opencohesion.fetch.client import Fetched, fetch
from ckanext.opencohesion.fetch.errors import FetchError
from ckanext.opencohesion.fetch.settings import policy_from_config
from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.model import ResourceFile, StagedChange, utcnow
from ckanext.opencohesion.quality.staging import lock_dataset, staged_dataset
from ckanext.opencohesion.quality.storage.store import StoredFile
from ckanext.opencohesion.quality.storage.uploader import content_store, max_file_bytes, point_to


def fetch_facts(url: str, previous: dict[str, Any] | None, handle: jobs.JobHandle) -> dict[str, Any]:
    """Fetch a linked file into the store and return its facts; ``previous`` when the source says that nothing changed.

    Raises ``FetchError``.
    """
    handle.check_stop()
    store = content_store()
    store.root.mkdir(parents=True, exist_ok=True)
    known = previous or {}
    policy = policy_from_config()
    # a source that hangs may take half of what is left, so that the rest of the dataset is still judged and told
    seconds = min(policy.total_timeout_seconds, handle.seconds_left / 2)
    with tempfile.TemporaryDirectory(dir=store.root, prefix="fetch-") as folder:
        fetched = fetch(
            url,
            into=Path(folder),
            policy=replace(policy, total_timeout_seconds=seconds),
            etag=known.get("etag"),
            last_modified=known.get("last_modified"),
            progress=lambda _bytes: handle.check_stop(),
        )
        if not isinstance(fetched, Fetched):
            return known
        with fetched.path.open("rb") as stream:
            stored = store.add(stream, max_file_bytes())
    return {
        "sha256": stored.sha256,
        "size_bytes": stored.size_bytes,
        "filename": fetched.filename,
        "origin_url": url,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
    }


def facts_of(row: ResourceFile | None) -> dict[str, Any] | None:
    """Return the facts of a file as a staged change keeps them."""
    names = ("sha256", "size_bytes", "filename", "origin_url", "etag", "last_modified")
    return {name: getattr(row, name) for name in names} if row else None


def _problem(error: FetchError) -> dict[str, Any]:
    return {"code": error.code, "severity": "error", "row": None, "column": None, "params": error.params}


class ChangedMeanwhileError(Exception):
    """The dataset was changed while a source took its time: what came is not what is wanted now, and was not kept."""


def fetch_current(
    package_id: str, resource: dict[str, Any], row: ResourceFile | None, handle: jobs.JobHandle
) -> tuple[ResourceFile | None, list[dict[str, Any]]]:
    """Fetch the linked file of a dataset that is not live and point the resource to it; say why where it failed.

    Raises ``ChangedMeanwhileError``.
    """
    url, known = resource.get("url") or "", facts_of(row)
    model.Session.rollback()  # no transaction stays open while a source takes its time
    try:
        facts = fetch_facts(url, known, handle)
    except FetchError as error:
        return None, [_problem(error)]
    package, _, _ = lock_dataset(package_id)
    resources = stored_dataset(package)["resources"] if package is not None else []
    present = next((one for one in resources if one["id"] == resource["id"]), None)
    if present is None or present.get("url_type") == "upload" or present.get("url") != url:
        model.Session.rollback()
        raise ChangedMeanwhileError
    stored = StoredFile(facts["sha256"], facts["size_bytes"])
    origin = {name: facts[name] for name in ("origin_url", "etag", "last_modified")}
    row = point_to(resource["id"], package_id, stored, facts["filename"], **origin, fetched=utcnow())
    model.Session.commit()
    return row, []


def fetch_staged(package: model.Package, staged: StagedChange, handle: jobs.JobHandle) -> None:
    """Fetch the linked files of a staged change into it; where that fails the operation keeps the reason (``rules``).

    Raises ``ChangedMeanwhileError``.
    """
    wanted = staged_dataset(package, staged)
    urls = {r["id"]: r.get("url") or "" for r in wanted["resources"] if r.get("url_type") != "upload"}
    operations, seen = dict(staged.resources), staged.updated
    linked = {
        resource_id: operation
        for resource_id, operation in operations.items()
        if operation["op"] == "put" and resource_id in urls and "url" in operation["values"]
    }
    if not linked:
        return
    model.Session.rollback()  # no transaction stays open while a source takes its time
    for resource_id, operation in linked.items():
        try:
            facts = fetch_facts(urls[resource_id], operation["file"], handle)
            operations[resource_id] = {**operation, "file": facts, "rules": []}
        except FetchError as error:
            operations[resource_id] = {**operation, "file": None, "rules": [_problem(error)]}
    _, _, present = lock_dataset(package.id)
    if present is None or present.updated != seen:
        model.Session.rollback()
        raise ChangedMeanwhileError
    # getting the bytes is no new change: the time of the change stays what it was
    present.resources = operations
    model.Session.commit()
