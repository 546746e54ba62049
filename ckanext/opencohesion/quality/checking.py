"""The gate's job: get each file of a dataset, have it judged, and publish or hold back.

The job may be killed at any moment and is then run again from its start. Verdicts are kept by content as soon as
they are there, so nothing is judged twice; what follows from them is ``conclusion``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.asking import CHECKED_STATES, KIND, request_check
from ckanext.opencohesion.quality.between.between import look_between
from ckanext.opencohesion.quality.conclusion import PublicationFailedError, conclude
from ckanext.opencohesion.quality.datasets import file_of, gate_context, stored_dataset, validation_errors
from ckanext.opencohesion.quality.judging.check import RULESET, check_file
from ckanext.opencohesion.quality.kept import first_published, key_for
from ckanext.opencohesion.quality.linked import ChangedMeanwhileError, fetch_current, fetch_staged
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    FileVerdict,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.outcome import Outcome, tell
from ckanext.opencohesion.quality.publication import publication
from ckanext.opencohesion.quality.run import Judged, Run
from ckanext.opencohesion.quality.staging import get_staged, lock_dataset, staged_dataset
from ckanext.opencohesion.quality.state import fileless, guarded
from ckanext.opencohesion.quality.storage.uploader import content_store
from ckanext.opencohesion.quality.takedown.search import taken_down

ABANDONED_KIND = "quality_abandoned"

#: What has passed and could not be published is tried again when so much time has gone by.
PUBLISH_AGAIN_AFTER = timedelta(minutes=5)


def check_dataset(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Check one dataset (``args["id"]``): its staged change if one waits, else its present content. The job's function.

    Whatever goes wrong, the dataset does not stay "running": its report says that it could not be checked.
    """
    try:
        return _check(handle, args)
    except ChangedMeanwhileError:
        package = model.Package.get(args["id"])
        if package is not None:
            request_check(package)  # this job runs again when it has ended
            model.Session.commit()
        return {"verdict": None}
    except jobs.JobEndedError as error:
        if error.reason == "time_over":
            give_up(args["id"], "check-too-long")
        elif error.reason == "stopped":
            give_up(args["id"], "check-stopped")
        raise
    except PublicationFailedError:
        give_up(args["id"], "publication-failed")
        raise
    except Exception:
        give_up(args["id"], "check-broke-off")
        raise


def give_up(
    package_id: str, code: str, *, resource: dict[str, Any] | None = None, **params: str | int
) -> None:
    """Say that a dataset could not be checked, and why (``code``: a rule of the report). Nothing goes live. Commits.

    ``resource``: the one whose file was the cause, where that is known.
    """
    model.Session.rollback()
    state, staged = get_state(package_id, lock=True), get_staged(package_id)
    if state is None:
        return
    now = utcnow()
    rules = [{"code": code, "severity": "error", "row": None, "column": None, "params": params}]
    cause = resource or {"id": "", "name": None}
    model.Session.add(
        DatasetCheck(
            package_id=package_id,
            target="staged" if staged else "current",
            fingerprint="",
            ruleset=RULESET,
            verdict="unreadable",
            resources=[{"resource_id": cause["id"], "name": cause.get("name"), "key": None, "rules": rules}],
            metadata_errors=[],
            started=now,
            finished=now,
        )
    )
    if staged:
        staged.status, staged.checked = "unreadable", now
    elif not state.live:
        state.status, state.checked = "unreadable", now
    brought_by = staged.user_id if staged else state.uploader_id
    job = jobs.latest(KIND, package_id)
    tell(Outcome(package_id, "staged" if staged else "current", "unreadable", state.live, brought_by, job))
    state.to_index = True
    model.Session.commit()
    publication.finish(package_id)


def find_abandoned(_handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Say of every dataset whose check died with its last worker that it could not be checked. A periodic job.

    What has passed and could not be published is asked for again.
    """
    abandoned = 0
    for package_id in _with_status("pending", "running"):
        job = jobs.latest(KIND, package_id)
        if job is None or job.state != "failed":
            continue
        if job.attempts >= job.max_attempts:
            give_up(package_id, "check-died", resource=_not_judged(package_id), attempts=job.attempts)
        else:
            give_up(package_id, "check-broke-off")
        abandoned += 1
    asked_again = 0
    for package_id in _with_status("unreadable"):
        package = model.Package.get(package_id)
        if package is not None and _publication_failed(package_id):
            request_check(package)
            asked_again += 1
    model.Session.commit()
    return {"abandoned": abandoned, "asked_again": asked_again}


def _with_status(*statuses: str) -> list[str]:
    """Return the datasets of which the present content or the change that waits has one of these statuses."""
    current = sa.select(DatasetState.package_id).where(DatasetState.status.in_(statuses))
    staged = sa.select(StagedChange.package_id).where(StagedChange.status.in_(statuses))
    return sorted({*model.Session.scalars(current), *model.Session.scalars(staged)})


def _publication_failed(package_id: str) -> bool:
    """Say whether the last run passed and could not publish, some minutes ago."""
    last = model.Session.scalar(
        sa.select(DatasetCheck)
        .where(DatasetCheck.package_id == package_id)
        .order_by(DatasetCheck.finished.desc())
        .limit(1)
    )
    if last is None or last.finished > utcnow() - PUBLISH_AGAIN_AFTER:
        return False
    return any(rule["code"] == "publication-failed" for entry in last.resources for rule in entry["rules"])


def _not_judged(package_id: str) -> dict[str, Any] | None:
    """Return the first resource on whose file no verdict is kept: they are judged in their order."""
    package = model.Package.get(package_id)
    if package is None:
        return None
    staged = get_staged(package_id)
    dataset = staged_dataset(package, staged) if staged else stored_dataset(package)
    for resource in dataset["resources"]:
        operation = staged.resources.get(resource["id"]) if staged else None
        row = file_of(resource)
        fact = (operation or {}).get("file") or (row and {"sha256": row.sha256, "filename": row.filename})
        if (
            not fact
            or model.Session.get(FileVerdict, key_for(resource, fact["sha256"], fact["filename"])) is None
        ):
            return resource
    return None


def _check(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    package, state, staged = lock_dataset(args["id"])
    if package is None or not guarded(package.type) or package.state not in CHECKED_STATES:
        return None
    target, seen = ("staged", staged.updated) if staged else ("current", None)
    run = Run(package.id, target, seen, utcnow(), package.state, fileless(package.type))
    if staged:
        staged.status = "running"
    elif state is None:
        return None
    elif not state.live:
        state.status = "running"
    model.Session.commit()
    if staged:
        fetch_staged(package, staged, handle)
    operations = staged.resources if staged else {}
    dataset = staged_dataset(package, staged) if staged else stored_dataset(package)

    for number, resource in enumerate(dataset["resources"], start=1):
        tell = handle.step(
            number, len(dataset["resources"]), resource.get("name") or resource.get("url") or ""
        )
        run.judged.append(_judge(run, resource, operations.get(resource["id"]), handle, tell))
    look_between(run, handle)
    package = model.Package.get(run.package_id)
    if package is None:
        return None
    errors = validation_errors(
        package, {**dataset, "resources": [dict(r) for r in dataset["resources"]]}, gate_context()
    )
    model.Session.rollback()  # validation may have touched the session; nothing of it is to stay
    run.metadata = [{"field": name, "message": message} for name, message in sorted(errors.items())]
    return conclude(handle, run)


def _judge(
    run: Run,
    resource: dict[str, Any],
    operation: dict[str, Any] | None,
    handle: jobs.JobHandle,
    tell: jobs.Tell,
) -> Judged:
    judged = Judged(resource)
    if operation and operation["op"] == "put" and operation.get("file"):
        fact = operation["file"]
        judged.sha256, judged.filename = fact["sha256"], fact["filename"]
    elif operation and "url" in operation.get("values", {}):
        judged.rules = operation.get("rules") or [_no_file()]
        return judged
    else:
        row = file_of(resource)
        if resource.get("url_type") != "upload" and operation is None:
            state = get_state(run.package_id)
            if (
                state is None or not state.live
            ):  # what is live is refreshed by its own job, as a staged change
                row, judged.rules = fetch_current(run.package_id, resource, row, handle)
        if row is None:
            judged.rules = judged.rules or [_no_file()]
            return judged
        judged.sha256, judged.filename = row.sha256, row.filename
    verdict = _verdict(judged.sha256, judged.filename, resource, tell)
    judged.key, judged.verdict = verdict.key, verdict.verdict
    if found := taken_down(judged.sha256):
        judged.rules, judged.verdict = [found], "failed"
    return judged


def _no_file() -> dict[str, Any]:
    return {"code": "no-file", "severity": "error", "row": None, "column": None, "params": {}}


def _verdict(sha256: str, filename: str, resource: dict[str, Any], tell: jobs.Tell) -> FileVerdict:
    """Return the verdict on a file: the one that is kept for equal bytes under equal rules, else a new one."""
    declared, schema = resource.get("format") or "", resource.get("table_schema") or ""
    key = key_for(resource, sha256, filename)
    kept = model.Session.get(FileVerdict, key)
    if kept is not None and not kept.erased:
        return kept
    started = utcnow()
    found = check_file(
        content_store().path(sha256),
        filename=filename,
        declared_format=declared or None,
        table_schema=schema or None,
        published=first_published(resource["id"]),
        progress=tell,
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
