"""Taking rows, or a whole version of a file, out of what is public and out of all that is kept (rule P9).

A person whose data was published by mistake does not care which copy it is: a take-down reaches the file, its Parquet and
its table in the DataStore, every older version that holds the same rows, the untouched files and logs of repairs, and what
reports quote of those files. What it can not reach (caches before the portal, backups) is told in the operator's guide.

How it ends is certain, whatever the checks say of what is left: either the file without the rows has passed and is public,
or the dataset is public no more. An older version that holds a row is closed and not written again: it is cited by its
number, and a version that silently became another one would be a forgery.

The values that name the rows are never kept: not in a table, a log, or the arguments of a job.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import releases
from ckanext.opencohesion.quality.asking import request_check
from ckanext.opencohesion.quality.changes import rebase
from ckanext.opencohesion.quality.datasets import file_of, gate_context, stored_dataset
from ckanext.opencohesion.quality.decisions.model import Decision, Takedown
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    FileRepair,
    FileVerdict,
    Override,
    Release,
    ResourceFile,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.personal.rules import MASK
from ckanext.opencohesion.quality.publication import publication
from ckanext.opencohesion.quality.publication.table_files import profile_of, remove_unserved
from ckanext.opencohesion.quality.run import Judged
from ckanext.opencohesion.quality.staging import get_staged, lock_dataset, resting
from ckanext.opencohesion.quality.storage.store import StoredFile
from ckanext.opencohesion.quality.storage.uploader import content_store, max_file_bytes, point_to
from ckanext.opencohesion.quality.takedown.search import Found
from ckanext.opencohesion.quality.verdicts import fingerprint
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.removal import Key, row_finder, write_without

log = logging.getLogger(__name__)

KIND = "quality_takedowns"


class ChangeWaitsError(Exception):
    """A change of the dataset waits: it may hold what is to be taken down, and an officer has to decide on it first."""


# -- doing -------------------------------------------------------------------------------------------------------------


def start(
    package: model.Package,
    resource: dict[str, Any],
    found: Found,
    *,
    keys: Sequence[Key] | None,
    reason: str,
    user_id: str,
) -> Takedown:
    """Begin a take-down and commit: older versions are closed, the file that takes the present one's place is made.

    ``keys``: the rows; None takes the whole file down. Raises ``ChangeWaitsError``. The caller has made sure that the
    present file can be written without the rows (``Found.not_writable``).
    """
    _, state, staged = lock_dataset(package.id)
    if staged is not None:
        model.Session.rollback()
        raise ChangeWaitsError
    current = file_of(resource)
    stored = None
    if keys is not None and current is not None and current.sha256 in found.hashes:
        stored = _written(resource, current, keys)
    takedown = Takedown(
        package_id=package.id,
        resource_id=resource["id"],
        kind="rows" if keys is not None else "version",
        reason=reason,
        rows_removed=found.rows if keys is not None else None,
        releases=found.releases,
        hashes=sorted(found.hashes),
        new_sha256=stored.sha256 if stored else None,
        user_id=user_id,
    )
    model.Session.add(takedown)
    model.Session.flush()
    _forget_resting(package.id, resource["id"], found.hashes)
    _scrub_checks(package.id, [value for key in keys or () for value in key.values()])
    present = {current.sha256} if current is not None else set()
    _close_versions(takedown, found.hashes - present)
    if current is not None and current.sha256 in found.hashes and state is not None:
        _replace(package, state, resource, stored, takedown)
    model.Session.commit()
    return takedown


def _forget_resting(package_id: str, resource_id: str, hashes: set[str]) -> None:
    """Drop the file of a change that rests, where the dataset is withdrawn and the file holds what is taken down."""
    row = resting(package_id)
    fact = (row.resources.get(resource_id) or {}).get("file") if row else None
    if row is not None and fact and fact["sha256"] in hashes:
        row.resources = {key: value for key, value in row.resources.items() if key != resource_id}


def _scrub_checks(package_id: str, values: Sequence[str]) -> None:
    """Take the values that name the rows out of what all runs over the dataset quote, also of files that are gone.

    Examples of keys go altogether: another column of the row may stand there.
    """
    texts = [value.strip().casefold() for value in values if value.strip()]

    def scrubbed(part: Any) -> Any:
        if isinstance(part, str):
            return MASK if any(text in part.casefold() for text in texts) else part
        if isinstance(part, list):
            return [scrubbed(one) for one in part]
        if isinstance(part, dict):
            return {name: [MASK] if name == "examples" else scrubbed(one) for name, one in part.items()}
        return part

    keys = set()
    for check in model.Session.scalars(sa.select(DatasetCheck).where(DatasetCheck.package_id == package_id)):
        keys |= {entry["key"] for entry in check.resources}
        entries = [{**entry, "rules": scrubbed(entry["rules"])} for entry in check.resources]
        if entries != check.resources:
            check.resources = entries
    for verdict in model.Session.scalars(sa.select(FileVerdict).where(FileVerdict.key.in_(keys - {None}))):
        found = scrubbed({"report": verdict.report, "rules": verdict.rules})
        if found != {"report": verdict.report, "rules": verdict.rules}:
            verdict.report, verdict.rules = found["report"], found["rules"]


def _written(resource: dict[str, Any], current: ResourceFile, keys: Sequence[Key]) -> StoredFile:
    store, profile = content_store(), profile_of(resource)
    source = probe(store.path(current.sha256), filename=current.filename, profile=profile)
    with tempfile.TemporaryDirectory(dir=store.root, prefix="takedown-") as folder:
        target = Path(folder) / "file"
        write_without(source, row_finder(source, profile, keys), target)
        with target.open("rb") as stream:
            return store.add(stream, max_file_bytes())


def _replace(
    package: model.Package,
    state: DatasetState,
    resource: dict[str, Any],
    stored: StoredFile | None,
    takedown: Takedown,
) -> None:
    """Have the present file replaced, or removed where nothing takes its place: through the gate where it is public."""
    current = model.Session.get(ResourceFile, resource["id"])
    if current is None:
        return
    if not state.live:
        if stored is None:
            model.Session.delete(current)
        else:
            point_to(resource["id"], package.id, stored, current.filename)
        request_check(package, enqueue=False)
        return
    if stored is None:
        operation: dict[str, Any] = {"op": "delete"}
    else:
        facts = {"sha256": stored.sha256, "size_bytes": stored.size_bytes, "filename": current.filename}
        # a linked file becomes an uploaded one: its source would bring the rows back
        linked = resource.get("url_type") != "upload"
        values = {"url": current.filename, "url_type": "upload"} if linked else {}
        operation = {"op": "put", "new": False, "values": values, "file": facts}
        _carry_decisions(package, resource, current.sha256, stored.sha256, takedown)
    if stored is None and len(stored_dataset(package)["resources"]) == 1:
        return  # nothing is left that could be public: ``finish`` closes the dataset
    state.hold_until = None
    staged = StagedChange(
        package_id=package.id,
        fields={},
        resources={resource["id"]: operation},
        user_id=state.uploader_id,
        brought_by=state.brought_by,
    )
    model.Session.add(staged)
    model.Session.flush()
    request_check(package, enqueue=False)


def _carry_decisions(
    package: model.Package, resource: dict[str, Any], before: str, after: str, takedown: Takedown
) -> None:
    """Have what persons decided on the content count for what is left of it: with rows less nothing new is in it.

    The take-down is itself the second person's yes.
    """
    resources = stored_dataset(package)["resources"]

    def identity(sha256: str) -> str:
        judged = (Judged(one, sha256 if one["id"] == resource["id"] else _hash_of(one)) for one in resources)
        return fingerprint(one.identity for one in judged)

    earlier, later = identity(before), identity(after)
    names = ("target", "check_id", "kind", "basis", "basis_text", "reason", "findings", "user_id", "created")
    for row in model.Session.scalars(
        sa.select(Decision).where(
            Decision.fingerprint == earlier, Decision.package_id == package.id, Decision.accepted
        )
    ).all():
        values = {name: getattr(row, name) for name in names}
        model.Session.add(
            Decision(
                **values,
                package_id=package.id,
                fingerprint=later,
                accepted=True,
                carried_from=row.id,
            )
        )
    for row in model.Session.scalars(
        sa.select(Override).where(Override.fingerprint == earlier, Override.package_id == package.id)
    ).all():
        values = {name: getattr(row, name) for name in ("check_id", "user_id", "reason", "created")}
        model.Session.add(Override(**values, package_id=package.id, fingerprint=later))
    model.Session.add(
        Decision(
            package_id=package.id,
            target="staged",
            fingerprint=later,
            kind="approval",
            accepted=True,
            reason=takedown.reason,
            findings=[],
            user_id=takedown.user_id,
        )
    )


def _hash_of(resource: dict[str, Any]) -> str:
    row = file_of(resource)
    return row.sha256 if row else ""


# -- ending ------------------------------------------------------------------------------------------------------------


def finish(takedown_id: str) -> Takedown | None:
    """End a take-down whose check has ended: close and erase what it reaches. Commits; harmless when repeated.

    Returns it, with its ``outcome`` where it has ended.
    """
    takedown = model.Session.get(Takedown, takedown_id, populate_existing=True)
    package = model.Package.get(takedown.package_id, for_update=True) if takedown else None
    if takedown is None or takedown.finished is not None:
        return takedown
    state = get_state(takedown.package_id, lock=True)
    if package is not None and state is not None:
        outcome = _outcome(takedown, package, state)
        if outcome is None:
            model.Session.rollback()
            return takedown
        takedown.outcome = outcome
    else:
        takedown.outcome = "removed"  # the dataset is gone altogether
    _close_versions(takedown, set(takedown.hashes))
    model.Session.commit()
    if package is not None:
        publication.finish(package.id)
    _erase(takedown)
    return takedown


def finish_all(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """End the take-downs that wait for their check, or whose process died. A periodic job."""
    waiting = model.Session.scalars(sa.select(Takedown.id).where(Takedown.finished.is_(None))).all()
    ended = 0
    for takedown_id in waiting:
        handle.check_stop()
        done = finish(takedown_id)
        ended += bool(done and done.finished)
    return {"ended": ended}


def _outcome(takedown: Takedown, package: model.Package, state: DatasetState) -> str | None:
    """Return how a take-down ends, None while its check runs; a dataset that can stay public no longer is closed."""
    current = model.Session.get(ResourceFile, takedown.resource_id, populate_existing=True)
    staged = get_staged(package.id)
    if current is None:
        return "removed"
    if current.sha256 not in takedown.hashes:
        return "replaced" if current.sha256 == takedown.new_sha256 else "closed"
    if staged is not None and staged.status in ("pending", "running"):
        return None
    _close_dataset(package, state, staged, current, takedown)
    return "withdrawn"


def _close_dataset(
    package: model.Package,
    state: DatasetState,
    staged: StagedChange | None,
    current: ResourceFile,
    takedown: Takedown,
) -> None:
    """Take the dataset off the public with what was taken down gone from it; its officer mends the rest."""
    dataset = stored_dataset(package)
    fact = (staged.resources.get(current.resource_id) or {}).get("file") if staged else None
    if staged is not None and fact and fact["sha256"] == takedown.new_sha256:
        dataset = rebase(dataset, staged.fields, staged.resources)
        point_to(
            current.resource_id, package.id, StoredFile(fact["sha256"], fact["size_bytes"]), fact["filename"]
        )
        model.Session.delete(staged)
    else:
        model.Session.delete(current)
    state.live, state.status, state.to_index = False, "pending", True
    dataset["private"] = True
    publication.close(package)
    model.Session.flush()
    context: Any = gate_context(defer_commit=True, return_id_only=True)
    tk.get_action("package_update")(context, {**dataset, "id": package.id})
    request_check(package)


def _close_versions(takedown: Takedown, hashes: set[str]) -> None:
    """Close the published versions and the records of repairs that hold what is taken down."""
    for row in model.Session.scalars(
        sa.select(Release).where(
            Release.resource_id == takedown.resource_id,
            Release.sha256.in_(hashes),
            Release.withdrawn.is_(None),
        )
    ).all():
        row.withdrawn, row.withdrawn_by, row.withdrawn_reason = utcnow(), takedown.user_id, takedown.reason
    for row in _repairs(takedown.resource_id, hashes):
        row.removed = row.removed or utcnow()


def _repairs(resource_id: str, hashes: set[str]) -> list[FileRepair]:
    kept = sa.or_(
        FileRepair.source_sha256.in_(hashes),
        FileRepair.log_sha256.in_(hashes),
        FileRepair.result_sha256.in_(hashes),
    )
    return list(
        model.Session.scalars(sa.select(FileRepair).where(FileRepair.resource_id == resource_id, kept))
    )


def _erase(takedown: Takedown) -> None:
    """Delete the bytes, the tables written from them and what reports quote of them, where nothing else needs them."""
    hashes = set(takedown.hashes)
    for row in _repairs(takedown.resource_id, hashes):
        hashes |= {row.source_sha256, row.log_sha256}
    for sha256 in sorted(hashes):
        remove_unserved(sha256)
        if releases.is_needed(sha256):
            # the same file stands in another dataset, too: its office has to take it down there
            log.warning("Take-down %s: the file %s is needed elsewhere and stays", takedown.id, sha256)
            continue
        content_store().discard(sha256, older_than_seconds=0)
        model.Session.execute(
            sa.update(FileVerdict).where(FileVerdict.sha256 == sha256).values(report={}, rules=[])
        )
    takedown.finished = utcnow()
    model.Session.commit()
    log.warning(
        "Take-down %s in dataset %s: %s (%s rows, versions %s)",
        takedown.id,
        takedown.package_id,
        takedown.outcome,
        takedown.rows_removed,
        takedown.releases,
    )


def elsewhere(resource_id: str, hashes: Collection[str]) -> list[model.Package]:
    """Return the datasets of which another file holds the same bytes."""
    query = sa.select(ResourceFile.package_id).where(
        ResourceFile.sha256.in_(hashes), ResourceFile.resource_id != resource_id
    )
    found = (model.Package.get(one) for one in sorted(set(model.Session.scalars(query))))
    return [package for package in found if package is not None]


def is_under_way(package_id: str) -> bool:
    """Say whether a take-down of this dataset has not ended yet: what it lacks is then meant to be lacking."""
    query = sa.select(Takedown.id).where(Takedown.package_id == package_id, Takedown.finished.is_(None))
    return model.Session.scalar(query.limit(1)) is not None
