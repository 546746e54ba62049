"""The desk's questions to the database: a fixed number of them, however many datasets there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.opencohesion.jobs.model import ACTIVE, JobRow
from ckanext.opencohesion.quality.asking import KIND
from ckanext.opencohesion.quality.desk.words import OPEN, STATES
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    FileVerdict,
    StagedChange,
    utcnow,
)

RECENT = timedelta(days=14)

_JOB = aliased(JobRow, name="job")
_OFFICE = aliased(model.Group, name="office")


@dataclass(frozen=True)
class Wanted:
    """What of the desk is wanted. ``organization_ids``, ``package_ids``: None stands for all."""

    organization_ids: Sequence[str] | None
    view: str = "open"
    text: str = ""
    package_ids: Sequence[str] | None = None


_HAS_FILE = (
    sa.select(sa.literal(1))
    .where(model.Resource.package_id == model.Package.id, model.Resource.state == "active")
    .exists()
)
_status: sa.ColumnElement[Any] = sa.func.coalesce(StagedChange.status, DatasetState.status)
#: One of ``words.STATES``: the state of the job where one is active, else the status of what waits or is there.
_state: sa.ColumnElement[Any] = sa.case(
    (_JOB.state == "running", "running"),
    (_JOB.state == "queued", "waiting"),
    (_status.in_(("pending", "running")), sa.case((_HAS_FILE, "waiting"), else_="empty")),
    else_=_status,
)
_checked = sa.case((StagedChange.package_id.is_not(None), StagedChange.checked), else_=DatasetState.checked)
_since = sa.func.coalesce(_JOB.started, _JOB.queued, _checked, StagedChange.updated, DatasetState.updated)
_order = sa.case({state: number for number, state in enumerate(STATES)}, value=_state, else_=len(STATES))


def _joined(*columns: Any) -> sa.Select[Any]:
    job_of_dataset = sa.and_(_JOB.kind == KIND, _JOB.key == model.Package.id, _JOB.state.in_(ACTIVE))
    return (
        sa.select(*columns)
        .select_from(model.Package)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .outerjoin(StagedChange, StagedChange.package_id == model.Package.id)
        .outerjoin(_JOB, job_of_dataset)
        .where(model.Package.state == "active")
    )


def _of(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    if wanted.organization_ids is not None:
        query = query.where(model.Package.owner_org.in_(list(wanted.organization_ids)))
    if wanted.package_ids is not None:
        query = query.where(model.Package.id.in_(list(wanted.package_ids)))
    if wanted.text:
        query = query.where(
            sa.or_(
                model.Package.title.icontains(wanted.text, autoescape=True),
                model.Package.name.icontains(wanted.text, autoescape=True),
            )
        )
    return query


def _viewed(query: sa.Select[Any], view: str) -> sa.Select[Any]:
    if view == "open":
        return query.where(_state.in_(OPEN))
    if view == "staged":
        return query.where(StagedChange.package_id.is_not(None))
    if view == "recent":
        return query.where(_state.in_(("passed", "overridden")), _checked > utcnow() - RECENT)
    if view in STATES:
        return query.where(_state == view)
    return query


def counts(wanted: Wanted) -> dict[str, int]:
    """Return how many datasets each view and each state has, whichever view is wanted."""
    recent = sa.and_(_state.in_(("passed", "overridden")), _checked > utcnow() - RECENT)
    staged = StagedChange.package_id.is_not(None)
    query = _joined(
        _state.label("state"),
        sa.func.count().label("all"),
        sa.func.count().filter(staged).label("staged"),
        sa.func.count().filter(recent).label("recent"),
    )
    rows = model.Session.execute(_of(query, wanted).group_by(sa.text("1"))).mappings().all()
    of_state = {row["state"]: row["all"] for row in rows}
    sums = {name: sum(row[name] for row in rows) for name in ("all", "staged", "recent")}
    return {
        **{state: of_state.get(state, 0) for state in STATES},
        **sums,
        "open": sum(of_state.get(state, 0) for state in OPEN),
    }


def page(wanted: Wanted, *, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return a page of the desk, what is to be seen to first at the top.

    Each row: ``{id, name, type, title, organization, state, staged, live, wants_public, hold_until, since, errors,
    warnings, job}``; ``organization`` ``{id, name, title}``; ``job`` ``{state, done, total, note, place}`` or None, and
    ``place`` its place in the queue.
    """
    query = _joined(
        model.Package.id,
        model.Package.name,
        model.Package.type,
        model.Package.title,
        _OFFICE.id.label("office_id"),
        _OFFICE.name.label("office_name"),
        _OFFICE.title.label("office_title"),
        DatasetState.live,
        DatasetState.wants_public,
        DatasetState.hold_until,
        StagedChange.package_id.is_not(None).label("staged"),
        _state.label("state"),
        _since.label("since"),
        _JOB.id.label("job_id"),
        _JOB.state.label("job_state"),
        _JOB.done,
        _JOB.total,
        _JOB.note,
    ).outerjoin(_OFFICE, _OFFICE.id == model.Package.owner_org)
    query = _viewed(_of(query, wanted), wanted.view)
    query = query.order_by(_order, _since.desc(), model.Package.id).limit(limit).offset(offset)
    rows = model.Session.execute(query).mappings().all()
    found = _findings([row["id"] for row in rows])
    places = _places([row["job_id"] for row in rows if row["job_state"] == "queued"])
    return [_row(row, found.get(row["id"], (0, 0)), places) for row in rows]


def _row(row: Any, found: tuple[int, int], places: dict[str, int]) -> dict[str, Any]:
    job = None
    if row["job_id"]:
        job = {
            "state": row["job_state"],
            **{name: row[name] for name in ("done", "total", "note")},
            "place": places.get(row["job_id"]),
        }
    judged = row["state"] in ("failed", "unreadable", "awaiting_approval", "overridden", "passed")
    held = row["hold_until"] is not None and row["hold_until"] > utcnow()
    return {
        **{name: row[name] for name in ("id", "name", "type", "state", "staged", "live", "wants_public")},
        "title": row["title"] or row["name"],
        "organization": {"id": row["office_id"], "name": row["office_name"], "title": row["office_title"]},
        "hold_until": _told(row["hold_until"]) if held else None,
        "since": _told(row["since"]),
        "errors": found[0] if judged else None,
        "warnings": found[1] if judged else None,
        "job": job,
    }


def _told(moment: datetime | None) -> str | None:
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else None


def _findings(package_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return how many errors and warnings the newest check of each dataset counted."""
    newest = (
        sa.select(
            DatasetCheck.package_id, DatasetCheck.resources, DatasetCheck.metadata_errors.label("metadata")
        )
        .where(DatasetCheck.package_id.in_(list(package_ids)))
        .distinct(DatasetCheck.package_id)
        .order_by(DatasetCheck.package_id, DatasetCheck.finished.desc())
    )
    checks = model.Session.execute(newest).all()
    keys = {one["key"] for check in checks for one in check.resources if one["key"]}
    kept = model.Session.execute(
        sa.select(FileVerdict.key, FileVerdict.report["causes"].label("causes"), FileVerdict.rules).where(
            FileVerdict.key.in_(list(keys))
        )
    )
    of_key = {row.key: tally(row.causes or [], row.rules) for row in kept}
    result = {}
    for check in checks:
        sums = [tally([], one["rules"]) for one in check.resources]
        sums += [of_key[one["key"]] for one in check.resources if one["key"] in of_key]
        errors = sum(one[0] for one in sums) + len(check.metadata)
        result[check.package_id] = errors, sum(one[1] for one in sums)
    return result


def tally(causes: Sequence[dict[str, Any]], rules: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Return how many errors and warnings causes (counted) and rules (told singly) make; a cause's rules count once."""
    counted = {(cause["code"], cause["column"]) for cause in causes}
    by_severity: dict[str, int] = {}
    for cause in causes:
        severity = cause.get("severity", "error")
        by_severity[severity] = by_severity.get(severity, 0) + cause["total"]
    for rule in rules:
        if (rule["code"], rule.get("column")) not in counted:
            by_severity[rule["severity"]] = by_severity.get(rule["severity"], 0) + 1
    return by_severity.get("error", 0), by_severity.get("warning", 0)


def _places(job_ids: Sequence[str]) -> dict[str, int]:
    """Return the place of each queued job among all that wait, the next one's being 1."""
    if not job_ids:
        return {}
    queue = (
        sa.select(JobRow.id, sa.func.row_number().over(order_by=(JobRow.queued, JobRow.id)).label("place"))
        .where(JobRow.state == "queued")
        .subquery()
    )
    rows = model.Session.execute(sa.select(queue.c.id, queue.c.place).where(queue.c.id.in_(list(job_ids))))
    return {row.id: row.place for row in rows}
