"""The gate's job: get each file of a dataset, have it judged, and publish or hold back.

The job may be killed at any moment and is then run again from its start. Verdicts are kept by content as soon as
they are there, so nothing is judged twice; the conclusion is one transaction under the job's lease and the dataset's
lock, and is drawn only for the very content that was judged.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.types import Context

from ckanext.opencohesion.fetch.client import Fetched, fetch
from ckanext.opencohesion.fetch.errors import FetchError
from ckanext.opencohesion.fetch.settings import policy_from_config
from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import publication
from ckanext.opencohesion.quality.check import RULESET, check_file
from ckanext.opencohesion.quality.datasets import file_of, gate_context, stored_dataset, validation_errors
from ckanext.opencohesion.quality.keys import JOBS_KEY
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    FileVerdict,
    Override,
    ResourceFile,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.staging import get_staged, staged_dataset
from ckanext.opencohesion.quality.state import OPENING, fileless, guarded
from ckanext.opencohesion.quality.store import StoredFile
from ckanext.opencohesion.quality.uploader import content_store, max_file_bytes, point_to
from ckanext.opencohesion.quality.verdicts import combine, fingerprint, overridable, verdict_key

KIND = "quality_check"
RECHECK_KIND = "quality_recheck_links"
ABANDONED_KIND = "quality_abandoned"

#: States of a dataset whose files are judged. A draft is never published: its officer learns early what to mend.
CHECKED_STATES = ("active", "draft")


# -- asking for a check ----------------------------------------------------------------------------------------------


def request_check(package: model.Package, *, enqueue: bool = True, user_id: str | None = None) -> jobs.Job:
    """Ask for a check of a dataset, within the present transaction; a worker gets it after the commit."""
    title = tk._("Check of {name}").format(name=package.name)
    timeout = tk.config["ckanext.opencohesion.quality.check_timeout_seconds"]
    return jobs.submit(
        KIND,
        package.id,
        {"id": package.id},
        timeout_seconds=timeout,
        title=title,
        creator_user_id=user_id,
        enqueue=enqueue,
    )


def request_current(package: model.Package, state: DatasetState, context: Context) -> None:
    """Ask for a check of a dataset that is not live and has something to be checked."""
    state.status, state.checked = "pending", None
    resources = [resource for resource in package.resources if resource.state == "active"]
    if not resources and not fileless(package.type):
        return
    files = [model.Session.get(ResourceFile, resource.id) for resource in resources]
    sizes = [
        row.size_bytes if row and resource.url_type == "upload" else None
        for row, resource in zip(files, resources, strict=True)
    ]
    _request(package, context, sizes)


def request_staged(package: model.Package, context: Context) -> None:
    """Ask for a check of the change that waits for a live dataset."""
    staged = get_staged(package.id)
    puts = [put for put in staged.resources.values() if put["op"] == "put"] if staged else []
    _request(package, context, [put["file"]["size_bytes"] if put["file"] else None for put in puts])


def _request(package: model.Package, context: Context, sizes: list[int | None]) -> None:
    """Ask for a check; files that are here and small are checked before the caller's action returns (DESIGN §4)."""
    waiting: list[jobs.Job] | None = context.get(JOBS_KEY)
    limit = tk.config["ckanext.opencohesion.quality.check_at_once_bytes"]
    known = [size for size in sizes if size is not None]
    at_once = waiting is not None and len(known) == len(sizes) and sum(known) <= limit
    user = context.get("auth_user_obj")
    job = request_check(package, enqueue=not at_once, user_id=getattr(user, "id", None))
    if at_once and waiting is not None and job.id not in [other.id for other in waiting]:
        waiting.append(job)


# -- the job -----------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """One run over a dataset: what was judged, and what it was when the run began."""

    package_id: str
    target: str
    seen: datetime | None
    started: datetime
    state: str
    fileless: bool
    judged: list[Judged] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The hash of the content that was judged."""
        return fingerprint(one.identity for one in self.judged)

    @property
    def verdict(self) -> str:
        """The verdict on the dataset, before any override. Where no file may be, the description is all there is."""
        found = combine((one.verdict for one in self.judged), self.metadata)
        return "passed" if found == "pending" and self.fileless else found


@dataclass
class Judged:
    """One resource as the gate found it: its file, the key of the verdict on it, or why there is none (``rules``)."""

    resource: dict[str, Any]
    sha256: str = ""
    key: str | None = None
    verdict: str = "unreadable"
    rules: list[dict[str, Any]] = field(default_factory=list)

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What the dataset's fingerprint takes of it."""
        resource = self.resource
        return resource["id"], self.sha256, resource.get("format") or "", resource.get("table_schema") or ""


def check_dataset(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Check one dataset (``args["id"]``): its staged change if one waits, else its present content. The job's function.

    Whatever goes wrong, the dataset does not stay "running": its report says that it could not be checked.
    """
    try:
        return _check(handle, args)
    except jobs.JobEndedError as error:
        if error.reason == "time_over":
            give_up(args["id"], "check-too-long")
        elif error.reason == "stopped":
            give_up(args["id"], "check-stopped")
        raise
    except Exception:
        give_up(args["id"], "check-broke-off")
        raise


def give_up(package_id: str, code: str) -> None:
    """Say that a dataset could not be checked, and why (``code``: a rule of the report). Nothing goes live. Commits."""
    model.Session.rollback()
    state, staged = get_state(package_id, lock=True), get_staged(package_id)
    if state is None:
        return
    now = utcnow()
    rules = [{"code": code, "severity": "error", "row": None, "column": None, "params": {}}]
    model.Session.add(
        DatasetCheck(
            package_id=package_id,
            target="staged" if staged else "current",
            fingerprint="",
            ruleset=RULESET,
            verdict="unreadable",
            resources=[{"resource_id": "", "name": None, "key": None, "rules": rules}],
            metadata_errors=[],
            started=now,
            finished=now,
        )
    )
    if staged:
        staged.status, staged.checked = "unreadable", now
    elif not state.live:
        state.status, state.checked = "unreadable", now
    model.Session.commit()
    search.rebuild(package_id)


def find_abandoned(_handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Say of every dataset whose check died with its last worker that it could not be checked. A periodic job."""
    waiting = ("pending", "running")
    ids = set(
        model.Session.scalars(sa.select(DatasetState.package_id).where(DatasetState.status.in_(waiting)))
    )
    ids |= set(
        model.Session.scalars(sa.select(StagedChange.package_id).where(StagedChange.status.in_(waiting)))
    )
    abandoned = 0
    for package_id in sorted(ids):
        job = jobs.latest(KIND, package_id)
        if job is not None and job.state == "failed":
            give_up(package_id, "check-broke-off")
            abandoned += 1
    return {"abandoned": abandoned}


def _check(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    package = model.Package.get(args["id"])
    if package is None or not guarded(package.type) or package.state not in CHECKED_STATES:
        return None
    staged = get_staged(package.id)
    target = "staged" if staged else "current"
    run = Run(package.id, target, None, utcnow(), package.state, fileless(package.type))
    if staged:
        _fetch_staged(package, staged, handle)
        run.seen = staged.updated
        dataset = staged_dataset(package, staged)
        staged.status = "running"
    else:
        state = get_state(package.id)
        if state is None:
            return None
        dataset = stored_dataset(package)
        if not state.live:
            state.status = "running"
    model.Session.commit()

    for number, resource in enumerate(dataset["resources"], start=1):
        handle.progress(
            number - 1, len(dataset["resources"]), resource.get("name") or resource.get("url") or ""
        )
        operation = staged.resources.get(resource["id"]) if staged else None
        run.judged.append(_judge(package, resource, operation, handle))
    errors = validation_errors(
        package, {**dataset, "resources": [dict(r) for r in dataset["resources"]]}, gate_context()
    )
    model.Session.rollback()  # validation may have touched the session; nothing of it is to stay
    run.metadata = [{"field": name, "message": message} for name, message in sorted(errors.items())]
    return _conclude(handle, run)


def _judge(
    package: model.Package, resource: dict[str, Any], operation: dict[str, Any] | None, handle: jobs.JobHandle
) -> Judged:
    judged = Judged(resource)
    if operation and operation["op"] == "put" and operation.get("file"):
        fact = operation["file"]
        judged.sha256, filename = fact["sha256"], fact["filename"]
    elif operation and "url" in operation.get("values", {}):
        judged.rules = operation.get("rules") or [_no_file()]
        return judged
    else:
        row = file_of(resource)
        if resource.get("url_type") != "upload" and operation is None:
            state = get_state(package.id)
            if (
                state is None or not state.live
            ):  # what is live is refreshed by its own job, as a staged change
                row, judged.rules = _fetch_current(package, resource, row, handle)
        if row is None:
            judged.rules = judged.rules or [_no_file()]
            return judged
        judged.sha256, filename = row.sha256, row.filename
    verdict = _verdict(judged.sha256, filename, resource, handle)
    judged.key, judged.verdict = verdict.key, verdict.verdict
    return judged


def _no_file() -> dict[str, Any]:
    return {"code": "no-file", "severity": "error", "row": None, "column": None, "params": {}}


def _verdict(sha256: str, filename: str, resource: dict[str, Any], handle: jobs.JobHandle) -> FileVerdict:
    """Return the verdict on a file: the one that is kept for equal bytes under equal rules, else a new one."""
    declared, schema = resource.get("format") or "", resource.get("table_schema") or ""
    key = verdict_key(
        sha256=sha256, filename=filename, declared_format=declared, table_schema=schema, ruleset=RULESET
    )
    kept = model.Session.get(FileVerdict, key)
    if kept is not None:
        return kept
    started = utcnow()
    found = check_file(
        content_store().path(sha256),
        filename=filename,
        declared_format=declared or None,
        table_schema=schema or None,
        progress=lambda _rows: handle.check_stop(),
    )
    row = FileVerdict(
        key=key,
        sha256=sha256,
        ruleset=RULESET,
        verdict=found.verdict,
        basis=found.basis,
        format=found.format,
        media_type=found.media_type,
        row_count=found.rows,
        column_count=found.columns,
        report=found.report,
        rules=found.rules,
        started=started,
        finished=utcnow(),
    )
    model.Session.merge(row)
    model.Session.commit()
    return row


# -- linked files ------------------------------------------------------------------------------------------------------


def _get(url: str, previous: dict[str, Any] | None, handle: jobs.JobHandle) -> dict[str, Any]:
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


def _facts(row: ResourceFile | None) -> dict[str, Any] | None:
    names = ("sha256", "size_bytes", "filename", "origin_url", "etag", "last_modified")
    return {name: getattr(row, name) for name in names} if row else None


def _problem(error: FetchError) -> dict[str, Any]:
    return {"code": error.code, "severity": "error", "row": None, "column": None, "params": error.params}


def _fetch_current(
    package: model.Package, resource: dict[str, Any], row: ResourceFile | None, handle: jobs.JobHandle
) -> tuple[ResourceFile | None, list[dict[str, Any]]]:
    """Fetch the linked file of a dataset that is not live and point the resource to it; say why where it failed."""
    try:
        facts = _get(resource.get("url") or "", _facts(row), handle)
    except FetchError as error:
        return None, [_problem(error)]
    stored = StoredFile(facts["sha256"], facts["size_bytes"])
    origin = {name: facts[name] for name in ("origin_url", "etag", "last_modified")}
    row = point_to(resource["id"], package.id, stored, facts["filename"], **origin, fetched=utcnow())
    model.Session.commit()
    return row, []


def _fetch_staged(package: model.Package, staged: StagedChange, handle: jobs.JobHandle) -> None:
    """Fetch the linked files of a staged change into it; where that fails the operation keeps the reason (``rules``)."""
    wanted = staged_dataset(package, staged)
    urls = {r["id"]: r.get("url") or "" for r in wanted["resources"] if r.get("url_type") != "upload"}
    operations = dict(staged.resources)
    for resource_id, operation in staged.resources.items():
        if operation["op"] != "put" or resource_id not in urls or "url" not in operation["values"]:
            continue
        try:
            facts = _get(urls[resource_id], operation["file"], handle)
            operations[resource_id] = {**operation, "file": facts, "rules": []}
        except FetchError as error:
            operations[resource_id] = {**operation, "file": None, "rules": [_problem(error)]}
    updated = staged.updated
    staged.resources = operations
    model.Session.flush()
    # getting the bytes is no new change: the time of the change stays what it was
    staged.updated = updated
    model.Session.commit()


def recheck_links(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    """Look again at every linked file of what is live; a file that changed is staged. A periodic job."""
    rows = model.Session.execute(
        sa.select(ResourceFile.resource_id, ResourceFile.package_id)
        .join(DatasetState, DatasetState.package_id == ResourceFile.package_id)
        .where(ResourceFile.origin_url.is_not(None), DatasetState.live)
        .order_by(ResourceFile.package_id, ResourceFile.resource_id)
    ).all()
    changed = 0
    for number, (resource_id, package_id) in enumerate(rows):
        handle.progress(number, len(rows), resource_id)
        changed += _refresh(resource_id, package_id, handle)
    return {"looked_at": len(rows), "changed": changed}


def _refresh(resource_id: str, package_id: str, handle: jobs.JobHandle) -> bool:
    row = model.Session.get(ResourceFile, resource_id)
    package = model.Package.get(package_id)
    if row is None or package is None or not row.origin_url:
        return False
    before = row.sha256
    try:
        facts = _get(row.origin_url, _facts(row), handle)
    except FetchError:
        return False  # the checked copy goes on being served; a link that died is no change of data
    package = model.Package.get(package_id, for_update=True)
    if package is None or facts["sha256"] == before:
        model.Session.rollback()
        return False
    staged = get_staged(package_id)
    if staged is None:
        staged = StagedChange(package_id=package_id, fields={}, resources={})
        model.Session.add(staged)
    operation = staged.resources.get(resource_id) or {"op": "put", "new": False, "values": {}}
    if operation["op"] == "delete" or "url" in operation["values"]:
        model.Session.rollback()
        return False
    staged.resources = {**staged.resources, resource_id: {**operation, "file": facts}}
    staged.status, staged.checked, staged.updated = "pending", None, utcnow()
    request_check(package)
    model.Session.commit()
    return True


# -- the conclusion ----------------------------------------------------------------------------------------------------


def _findings(judged: list[Judged]) -> list[dict[str, Any]]:
    """Return every finding of the judged files: own rules and frictionless's errors."""
    found: list[dict[str, Any]] = []
    for one in judged:
        found += one.rules
        verdict = model.Session.get(FileVerdict, one.key) if one.key else None
        if verdict:
            found += verdict.rules
            found += [error for task in verdict.report.get("tasks", []) for error in task.get("errors", [])]
    return found


def _conclude(handle: jobs.JobHandle, run: Run) -> dict[str, Any] | None:
    handle.hold_lease()
    package = model.Package.get(run.package_id, for_update=True)
    state = get_state(run.package_id, lock=True)
    staged = get_staged(run.package_id)
    if package is None or state is None:
        return None
    if staged:
        model.Session.refresh(staged)
    if not _still_the_same(package, staged, run):
        request_check(package)  # this job runs again when it has ended
        model.Session.commit()
        return {"verdict": None}

    verdict = run.verdict
    if verdict in ("failed", "unreadable") and _overridden(run):
        verdict = "overridden"
    finished = utcnow()
    model.Session.add(
        DatasetCheck(
            package_id=run.package_id,
            target=run.target,
            fingerprint=run.fingerprint,
            ruleset=RULESET,
            verdict=verdict,
            resources=[
                {
                    "resource_id": one.resource["id"],
                    "name": one.resource.get("name"),
                    "key": one.key,
                    "rules": one.rules,
                }
                for one in run.judged
            ],
            metadata_errors=run.metadata,
            started=run.started,
            finished=finished,
        )
    )
    keys = {one.resource["id"]: one.key for one in run.judged}
    opening = verdict in OPENING
    if staged:
        staged.status, staged.checked = verdict, finished
        if opening and not state.held():
            state.status, state.checked = verdict, finished
            publication.apply_staged(package, state, staged, keys)
    elif state.live:
        # new rules report on what is live, they never withdraw silently
        if opening:
            state.status, state.checked = verdict, finished
    else:
        state.status, state.checked = verdict, finished
        if opening and state.wants_public and package.state == "active" and not state.held():
            publication.go_live(package, state, keys)
    model.Session.commit()
    search.rebuild(run.package_id)
    return {"verdict": verdict, "target": run.target}


def _still_the_same(package: model.Package, staged: StagedChange | None, run: Run) -> bool:
    """Say whether the dataset's content is still the one that was judged."""
    if run.target == "staged":
        return staged is not None and staged.updated == run.seen
    if staged is not None or package.state != run.state:
        return False
    now = []
    for resource in stored_dataset(package)["resources"]:
        row = file_of(resource)
        now.append(Judged(resource, sha256=row.sha256 if row else "").identity)
    return fingerprint(now) == run.fingerprint


def _overridden(run: Run) -> bool:
    """Say whether a person decided to publish exactly this content, and may have."""
    query = sa.select(Override.id).where(
        Override.package_id == run.package_id, Override.fingerprint == run.fingerprint
    )
    decided = model.Session.scalar(query.limit(1)) is not None
    return decided and overridable(_findings(run.judged), run.metadata)
