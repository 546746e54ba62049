"""The conclusion of a run: verdict and decision, in one transaction under the job's lease and the dataset's lock.

It is drawn only for the very content that was judged; else the dataset is checked again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import publication
from ckanext.opencohesion.quality.asking import request_check
from ckanext.opencohesion.quality.datasets import file_of, stored_dataset
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    FileVerdict,
    Override,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.ruleset import RULESET
from ckanext.opencohesion.quality.run import Judged, Run
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.state import OPENING
from ckanext.opencohesion.quality.verdicts import fingerprint, overridable


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


def conclude(handle: jobs.JobHandle, run: Run) -> dict[str, Any] | None:
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
