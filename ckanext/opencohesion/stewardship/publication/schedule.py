"""Sets and lifts the time of a publication, and does what is due. The gate alone decides whether anything goes live."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.model import DatasetState, get_state, utcnow
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.stewardship.publication import mail
from ckanext.opencohesion.stewardship.publication.model import Schedule

log = logging.getLogger(__name__)

KIND = "stewardship_publish_due"
EVERY_SECONDS = 60
_HELD_BACK = ("failed", "unreadable")


def present(package_id: str) -> Schedule | None:
    """Return the plan that is in force: the gate still holds for its time."""
    row = model.Session.get(Schedule, package_id)
    state = get_state(package_id)
    return row if row and state and state.hold_until == row.publish_at else None


def set_time(state: DatasetState, moment: datetime, user_id: str | None) -> None:
    """Hold what waits at the gate until ``moment`` (UTC), within the present transaction."""
    state.hold_until = moment
    row = model.Session.get(Schedule, state.package_id)
    if row is None:
        row = Schedule(package_id=state.package_id)
        model.Session.add(row)
    row.publish_at, row.user_id, row.created = moment, user_id, utcnow()
    row.asked = row.told = None
    model.Session.flush()


def lift(state: DatasetState) -> None:
    """Hold nothing any more, within the present transaction; the gate opens at its next check."""
    state.hold_until = None
    row = model.Session.get(Schedule, state.package_id)
    if row is not None:
        model.Session.delete(row)
    model.Session.flush()


def publish_due(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Have the gate open for what is due, and tell who planned it of what failed. A periodic job.

    Missed times are made up at the next run; run twice, or killed between two steps, it does the same.
    """
    ids = list(model.Session.scalars(sa.select(Schedule.package_id).order_by(Schedule.publish_at)))
    for number, package_id in enumerate(ids):
        handle.progress(number, len(ids))
        try:
            look_at(package_id, utcnow())
        except Exception:  # one dataset in trouble does not hold up the others
            log.exception("The planned publication of dataset %s could not be asked for", package_id)
            model.Session.rollback()
    return {"planned": len(ids)}


def look_at(package_id: str, now: datetime) -> None:
    """Do what is to be done at ``now`` (UTC) for one planned publication. Commits."""
    package = model.Package.get(package_id, for_update=True)
    state = get_state(package_id, lock=True)
    row = model.Session.get(Schedule, package_id, populate_existing=True)
    if row is None:
        model.Session.rollback()
        return
    if package is None or package.state != "active" or state is None or state.hold_until != row.publish_at:
        model.Session.delete(row)  # it is public, or was withdrawn or thrown away
        model.Session.commit()
        return
    staged = get_staged(package_id)
    status, checked = (staged.status, staged.checked) if staged else (state.status, state.checked)
    if status in _HELD_BACK and checked and (row.told is None or row.told < checked):
        row.told = checked
        mail.tell_failure(package_id, row.user_id)
    if row.publish_at <= now and row.asked is None:
        row.asked = now
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        context: Any = {"ignore_auth": True, "user": site_user}
        tk.get_action("opencohesion_quality_check")(context, {"id": package_id})  # commits both
    model.Session.commit()
