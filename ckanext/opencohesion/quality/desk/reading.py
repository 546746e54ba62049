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
from ckanext.opencohesion.quality.decisions.model import OpenReview
from ckanext.opencohesion.quality.desk.words import OPEN, STATES
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    StagedChange,
    utcnow,
)
from ckanext.opencohesion.quality.reports.tallies import Tally, tallies
from ckanext.opencohesion.quality.state import HELD_BACK

RECENT = timedelta(days=14)

_job = aliased(JobRow, name="job")
_office = aliased(model.Group, name="office")


@dataclass(frozen=True)
class Wanted:
    """What of the desk is wanted. ``organization_ids``, ``edited_ids``, ``package_ids``: None stands for all.

    ``edited_ids``: the organizations of which everything is seen; of others only what is public, or may await a decision.
    """

    organization_ids: Sequence[str] | None
    edited_ids: Sequence[str] | None = None
    view: str = "open"
    text: str = ""
    package_ids: Sequence[str] | None = None


_has_file = (
    sa.select(sa.literal(1))
    .where(model.Resource.package_id == model.Package.id, model.Resource.state == "active")
    .exists()
)
_status: sa.ColumnElement[Any] = sa.func.coalesce(StagedChange.status, DatasetState.status)
#: The newest check of each dataset. All at once: asked for one by one they would cost many times as much.
_newest = (
    sa.select(DatasetCheck.package_id, DatasetCheck.verdict)
    .distinct(DatasetCheck.package_id)
    .order_by(DatasetCheck.package_id, DatasetCheck.finished.desc())
    .subquery("newest")
)
#: A public dataset, without a change that waits, that rules which became stricter would not let through any more.
_newly_found = sa.and_(
    DatasetState.live,
    StagedChange.package_id.is_(None),
    DatasetState.status == "passed",
    _newest.c.verdict.in_(("failed", "unreadable")),
)
_is_public = sa.and_(DatasetState.live, StagedChange.package_id.is_(None))
#: One of ``words.STATES``: the state of the job where one is active, else the status of what waits or is there.
_state: sa.ColumnElement[Any] = sa.case(
    (_job.state == "running", "running"),
    (_job.state == "queued", "waiting"),
    (sa.and_(_is_public, OpenReview.package_id.is_not(None)), "awaiting_approval"),
    (_newly_found, _newest.c.verdict),
    (_status.in_(("pending", "running")), sa.case((_has_file, "waiting"), else_="empty")),
    else_=_status,
)
#: As the labels of datasets and the auth function of what waits have it (``visibility.labels``, ``auth``).
_seen_by_deciders = sa.and_(
    sa.or_(DatasetState.live, DatasetState.wants_public),
    sa.or_(
        StagedChange.status.in_(HELD_BACK),
        sa.and_(
            StagedChange.package_id.is_(None), sa.or_(DatasetState.live, DatasetState.status.in_(HELD_BACK))
        ),
    ),
)
_checked = sa.case((StagedChange.package_id.is_not(None), StagedChange.checked), else_=DatasetState.checked)
_since = sa.func.coalesce(_job.started, _job.queued, _checked, StagedChange.updated, DatasetState.updated)
_order = sa.case({state: number for number, state in enumerate(STATES)}, value=_state, else_=len(STATES))


def _joined(*columns: Any) -> sa.Select[Any]:
    job_of_dataset = sa.and_(_job.kind == KIND, _job.key == model.Package.id, _job.state.in_(ACTIVE))
    return (
        sa.select(*columns)
        .select_from(model.Package)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .outerjoin(StagedChange, StagedChange.package_id == model.Package.id)
        .outerjoin(OpenReview, OpenReview.package_id == model.Package.id)
        .outerjoin(_newest, _newest.c.package_id == model.Package.id)
        .outerjoin(_job, job_of_dataset)
        .where(model.Package.state == "active")
    )


def _of(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    if wanted.organization_ids is not None:
        query = query.where(model.Package.owner_org.in_(list(wanted.organization_ids)))
    if wanted.edited_ids is not None:
        query = query.where(sa.or_(model.Package.owner_org.in_(list(wanted.edited_ids)), _seen_by_deciders))
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
        _office.id.label("office_id"),
        _office.name.label("office_name"),
        _office.title.label("office_title"),
        DatasetState.live,
        DatasetState.wants_public,
        DatasetState.hold_until,
        StagedChange.package_id.is_not(None).label("staged"),
        _state.label("state"),
        _since.label("since"),
        _job.id.label("job_id"),
        _job.state.label("job_state"),
        _job.done,
        _job.total,
        _job.note,
    ).outerjoin(_office, _office.id == model.Package.owner_org)
    query = _viewed(_of(query, wanted), wanted.view)
    query = query.order_by(_order, _since.desc(), model.Package.id).limit(limit).offset(offset)
    rows = model.Session.execute(query).mappings().all()
    counted = _tallies([row["id"] for row in rows])
    places = _places([row["job_id"] for row in rows if row["job_state"] == "queued"])
    return [_row(row, counted.get(row["id"], Tally()), places) for row in rows]


def _row(row: Any, counted: Tally, places: dict[str, int]) -> dict[str, Any]:
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
        "errors": counted.errors if judged else None,
        "warnings": counted.warnings if judged else None,
        "job": job,
    }


def _told(moment: datetime | None) -> str | None:
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else None


def _tallies(package_ids: Sequence[str]) -> dict[str, Tally]:
    """Return what the newest check of each dataset counted."""
    newest = (
        sa.select(DatasetCheck)
        .where(DatasetCheck.package_id.in_(list(package_ids)))
        .distinct(DatasetCheck.package_id)
        .order_by(DatasetCheck.package_id, DatasetCheck.finished.desc())
    )
    checks = list(model.Session.scalars(newest))
    counted = tallies(checks)
    return {check.package_id: counted[check.id] for check in checks}


def _places(job_ids: Sequence[str]) -> dict[str, int]:
    """Return the place of each queued job among all that wait, the next one's being 1."""
    if not job_ids:
        return {}
    queue = (
        sa.select(
            JobRow.id,
            sa.func.row_number().over(order_by=(JobRow.later, JobRow.queued, JobRow.id)).label("place"),
        )
        .where(JobRow.state == "queued")
        .subquery()
    )
    rows = model.Session.execute(sa.select(queue.c.id, queue.c.place).where(queue.c.id.in_(list(job_ids))))
    return {row.id: row.place for row in rows}
