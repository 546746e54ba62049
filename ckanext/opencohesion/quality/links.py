"""Linked files of what is live are looked at again on schedule: a changed one is staged, a dead one is told.

The checked copy goes on being served whatever happens to its origin. A link that fails is tried again soon, then ever more
rarely; its officers are told once, when it has failed for some time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.fetch.errors import FetchError
from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.asking import request_check
from ckanext.opencohesion.quality.linked import facts_of, fetch_facts
from ckanext.opencohesion.quality.model import (
    DatasetState,
    LinkWatch,
    ResourceFile,
    StagedChange,
    get_state,
    utcnow,
)
from ckanext.opencohesion.quality.outcome import Outcome, tell
from ckanext.opencohesion.quality.staging import get_staged, lock_dataset

KIND = "quality_recheck_links"

#: How often the job looks which links are due.
EVERY_SECONDS = 900
FIRST_RETRY = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)
#: A link is called dead after so many failures, and not before so long: a host may be away for a night.
DEAD_AFTER_FAILURES = 3
DEAD_AFTER = timedelta(hours=6)


def pause_after(failures: int, usual: timedelta) -> timedelta:
    """Return how long a link is left alone after so many failures in a row (0: it was fetched)."""
    if failures == 0:
        return usual
    doubled = FIRST_RETRY * 2 ** min(failures - 1, 12)
    return min(doubled, max(usual, LONGEST_PAUSE))


def look_again(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Look at every linked file of what is live whose time has come. A periodic job."""
    due = sa.or_(
        LinkWatch.next_look.is_(None),
        LinkWatch.next_look <= utcnow(),
        LinkWatch.url != ResourceFile.origin_url,
    )
    rows = model.Session.execute(
        sa.select(ResourceFile.resource_id, ResourceFile.package_id)
        .join(DatasetState, DatasetState.package_id == ResourceFile.package_id)
        .outerjoin(LinkWatch, LinkWatch.resource_id == ResourceFile.resource_id)
        .where(ResourceFile.origin_url.is_not(None), DatasetState.live, due)
        .order_by(ResourceFile.package_id, ResourceFile.resource_id)
    ).all()
    changed = 0
    for number, (resource_id, package_id) in enumerate(rows):
        handle.progress(number, len(rows), resource_id)
        changed += _look(resource_id, package_id, handle)
    return {"looked_at": len(rows), "changed": changed}


def _look(resource_id: str, package_id: str, handle: jobs.JobHandle) -> bool:
    row = model.Session.get(ResourceFile, resource_id)
    if row is None or not row.origin_url:
        return False
    url, served = row.origin_url, row.sha256
    staged = get_staged(package_id)
    operation = staged.resources.get(resource_id) if staged else None
    # what waits is what was fetched last: where the origin still gives it, nothing is sent
    known = (operation or {}).get("file") or facts_of(row)
    model.Session.rollback()  # no transaction stays open while a source takes its time
    facts: dict[str, Any] = {}
    problem: FetchError | None = None
    try:
        facts = fetch_facts(url, known, handle)
    except FetchError as error:
        problem = error
    package, state, staged = lock_dataset(package_id)
    row = model.Session.get(ResourceFile, resource_id, populate_existing=True)
    if (
        package is None
        or state is None
        or not state.live
        or row is None
        or row.origin_url != url
        or row.sha256 != served
    ):
        model.Session.rollback()  # it was changed while it was fetched
        return False
    _note(resource_id, package_id, url, problem)
    changed = problem is None and _stage(package, staged, row, facts)
    model.Session.commit()
    return changed


def _note(resource_id: str, package_id: str, url: str, problem: FetchError | None) -> None:
    """Keep how it went and when to look again; tell the officers of a link that is dead."""
    now = utcnow()
    watch = model.Session.get(LinkWatch, resource_id)
    if watch is None:
        watch = LinkWatch(
            resource_id=resource_id, package_id=package_id, url=url, next_look=now, failures=0, told=False
        )
        watch.problem_params = {}
        model.Session.add(watch)
    if problem is None or watch.url != url:
        watch.failures, watch.failing_since, watch.told = 0, None, False
        watch.problem, watch.problem_params = None, {}
    watch.url = url
    if problem is not None:
        watch.failures += 1
        watch.failing_since = watch.failing_since or now
        watch.problem, watch.problem_params = problem.code, problem.params
    usual = timedelta(seconds=tk.config["ckanext.opencohesion.quality.link_recheck_seconds"])
    watch.next_look = now + pause_after(watch.failures, usual)
    if is_dead(watch, now) and not watch.told:
        watch.told = True
        tell(Outcome(package_id, "link", "unreadable", live=True, brought_by=None, job=None))
    model.Session.flush()


def is_dead(watch: LinkWatch, now: datetime) -> bool:
    """Say whether a link has failed so often and for so long that somebody has to see to it."""
    since = watch.failing_since
    return watch.failures >= DEAD_AFTER_FAILURES and since is not None and now - since >= DEAD_AFTER


def _stage(
    package: model.Package, staged: StagedChange | None, row: ResourceFile, facts: dict[str, Any]
) -> bool:
    """Stage what the origin gives now, where that is another file than is served or waits; say whether it did."""
    operation = staged.resources.get(row.resource_id) if staged else None
    if operation and (operation["op"] == "delete" or "url" in operation["values"]):
        return False  # an officer has decided on this file
    waiting = (operation or {}).get("file")
    if facts["sha256"] == (waiting or {"sha256": row.sha256})["sha256"]:
        return False
    if staged is None:
        staged = StagedChange(package_id=package.id, fields={}, resources={}, brought_by=[])
        model.Session.add(staged)
    state = get_state(package.id)
    if state is not None:  # who chose the address may not decide on what it gives now
        staged.brought_by = sorted({*staged.brought_by, *state.brought_by})
    if facts["sha256"] == row.sha256 and operation is not None:
        _take_back(staged, row.resource_id, operation)
    else:
        operation = operation or {"op": "put", "new": False, "values": {}}
        staged.resources = {**staged.resources, row.resource_id: {**operation, "file": facts}}
    if not staged.resources and not staged.fields:
        model.Session.delete(staged)
        return True
    staged.status, staged.checked, staged.updated = "pending", None, utcnow()
    request_check(package, later=True)
    return True


def _take_back(staged: StagedChange, resource_id: str, operation: dict[str, Any]) -> None:
    """Forget a file that waited and that the origin has taken back: it gives again what is served."""
    resources = {key: value for key, value in staged.resources.items() if key != resource_id}
    if operation["values"]:
        resources[resource_id] = {**operation, "file": None}
    staged.resources = resources


def tell_dead(report: dict[str, Any], package_id: str) -> None:
    """Write into the report on a dataset's present content which of its linked files can not be fetched any more."""
    told = {entry["resource_id"]: entry for entry in report["resources"]}
    for watch in model.Session.scalars(sa.select(LinkWatch).where(LinkWatch.package_id == package_id)):
        row = model.Session.get(ResourceFile, watch.resource_id)
        if (
            row is None
            or row.origin_url != watch.url
            or watch.failing_since is None
            or not is_dead(watch, utcnow())
        ):
            continue
        params = {"since": f"{watch.failing_since:%Y-%m-%d}", "copy": f"{row.changed:%Y-%m-%d}"}
        if watch.resource_id in told:
            finding = {
                "code": "dead-link",
                "severity": "warning",
                "row": None,
                "column": None,
                "params": params,
            }
            told[watch.resource_id]["rules"] = [*told[watch.resource_id]["rules"], finding]
