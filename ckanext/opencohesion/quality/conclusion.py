"""The conclusion of a run: verdict and decision, in one transaction under the job's lease and the dataset's lock.

It is drawn only for the very content that was judged; else the dataset is checked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.asking import request_check
from ckanext.opencohesion.quality.datasets import file_of, stored_dataset
from ckanext.opencohesion.quality.decisions.decisions import decided, note_open_review
from ckanext.opencohesion.quality.judging.ruleset import RULESET
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.outcome import Outcome, tell
from ckanext.opencohesion.quality.publication import publication
from ckanext.opencohesion.quality.run import Judged, Run
from ckanext.opencohesion.quality.staging import get_staged, lock_dataset
from ckanext.opencohesion.quality.verdicts import fingerprint


class PublicationFailedError(Exception):
    """What has passed could not be published, and everything was taken back; the cause says why."""


def conclude(handle: jobs.JobHandle, run: Run) -> dict[str, Any] | None:
    """Keep the verdict of a run and do what follows from it. Raises ``PublicationFailedError``, and nothing is changed."""
    if _is_to_open(run):
        with _publishing():
            publication.prepare(handle, run)
    model.Session.rollback()
    package, state, staged = lock_dataset(run.package_id)
    handle.hold_lease()
    if package is None or state is None:
        return None
    if not _still_the_same(package, staged, run):
        request_check(package)  # this job runs again when it has ended
        model.Session.commit()
        return {"verdict": None}

    outcome = decided(run)
    opens = outcome.opens and not state.held() and package.state == "active" and state.wants_public
    if opens and (staged or not state.live) and not publication.is_prepared(run):
        request_check(package)  # somebody just asked for it to be public, or just withdrew it
        model.Session.commit()
        return {"verdict": None}
    finished, state.to_index = utcnow(), True
    check = _kept(run, outcome.verdict, finished)
    # what is public is judged in public, whatever comes of it
    check.published = state.live and not staged
    brought_by = staged.user_id if staged else state.uploader_id
    is_live = state.live or bool(opens)
    tell(Outcome(run.package_id, run.target, outcome.status, is_live, brought_by, handle.job))
    # what is public and now wants a review stays public: the review is opened beside it
    note_open_review(run.package_id, is_open=not staged and state.live and outcome.verdict == "review")
    if staged:
        staged.status, staged.checked = outcome.status, finished
        if outcome.opens and not state.held():
            state.status, state.checked = outcome.status, finished
            check.published = True
            with _publishing():
                publication.apply_staged(package, state, staged, run)
    elif state.live:
        # new rules report on what is live, they never withdraw silently
        if outcome.opens:
            state.status, state.checked = outcome.status, finished
    else:
        state.status, state.checked = outcome.status, finished
        if opens:
            check.published = True
            with _publishing():
                publication.go_live(package, state, run)
            if get_staged(run.package_id):  # it rested while the dataset was not public
                request_check(package)
    model.Session.commit()
    publication.finish(run.package_id)
    return {"verdict": outcome.verdict, "target": run.target}


def _kept(run: Run, verdict: str, finished: datetime) -> DatasetCheck:
    """Keep what a run found, within the present transaction."""
    check = DatasetCheck(
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
    model.Session.add(check)
    return check


@contextmanager
def _publishing() -> Iterator[None]:
    try:
        yield
    except jobs.JobEndedError:
        raise
    except Exception as error:
        model.Session.rollback()
        raise PublicationFailedError from error


def _is_to_open(run: Run) -> bool:
    """Say whether this run would publish something, as far as is known before anything is locked."""
    state, staged = get_state(run.package_id), get_staged(run.package_id)
    if state is None or state.held() or not state.wants_public or run.state != "active":
        return False
    return decided(run).opens and (staged is not None or not state.live)


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
