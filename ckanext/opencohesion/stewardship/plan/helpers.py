"""What pages show of the plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask_babel import format_date

from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.stewardship.access.reading import today
from ckanext.opencohesion.stewardship.pages import context
from ckanext.opencohesion.stewardship.plan.reading import plan_of, planned
from ckanext.opencohesion.stewardship.publication import schedule
from ckanext.opencohesion.stewardship.publication.model import Schedule

_FEW = 20


def opencohesion_plan_day(value: date | str | None) -> str:
    """Return a day (a date, or text as ``2026-01-31``) in the page's language, empty for none."""
    if not value:
        return ""
    return format_date(date.fromisoformat(value) if isinstance(value, str) else value, "d MMMM y")


def opencohesion_next_due(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Return when the next release of a dataset (as ``package_show`` gives it) is due.

    ``{due: date, overdue: bool, set_by_officer: bool}``, or ``None`` where its frequency promises no date.
    """
    if not dataset.get("id") or not guarded(dataset.get("type")):
        return None
    found = planned([dataset], today())[0]
    if found.due is None:
        return None
    return {"due": found.due, "overdue": found.standing == "overdue", "set_by_officer": found.by_officer}


def opencohesion_planned_publication(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is planned for the publication of a dataset, for those who may edit it; else ``None``.

    ``{publish_at: UTC datetime, past, held_back, target}``: ``target`` is ``dataset`` or ``change``.
    """
    if not dataset.get("id") or not tk.h.check_access("package_update", {"id": dataset["id"]}):
        return None
    row, state = schedule.present(dataset["id"]), get_state(dataset["id"])
    if row is None or state is None:
        return None
    staged = get_staged(dataset["id"])
    status = staged.status if staged else state.status
    return {
        "publish_at": row.publish_at,
        "past": not state.held(),
        "held_back": status in ("failed", "unreadable"),
        "checked": status in ("passed", "overridden"),
        "target": "change" if state.live else "dataset",
    }


def opencohesion_office_notices() -> dict[str, list[dict[str, Any]]]:
    """Return what awaits the user who is logged in: ``{due: [...], planned: [...]}`` of the organizations they edit.

    ``due``: releases soon or overdue, as ``{dataset, due, overdue}``. ``planned``: publications with a time, as
    ``{name, title, type, publish_at, held_back}``.
    """
    user = tk.current_user
    if not user.is_authenticated:
        return {"due": [], "planned": []}
    arguments = {"permission": "create_dataset"}
    offices = tk.get_action("organization_list_for_user")(context(), arguments)[:_FEW]
    due = [
        {"dataset": each.dataset, "due": each.due, "overdue": each.standing == "overdue"}
        for office in offices
        for each in plan_of(context(), office["id"], today())
        if each.standing in ("soon", "overdue")
    ]
    query = (
        sa.select(model.Package)
        .join(Schedule, Schedule.package_id == model.Package.id)
        .where(
            model.Package.owner_org.in_([office["id"] for office in offices]), model.Package.state == "active"
        )
        .order_by(Schedule.publish_at)
    )
    waiting = []
    for package in model.Session.scalars(query):
        found = opencohesion_planned_publication({"id": package.id})
        if found:
            waiting.append({"name": package.name, "title": package.title, "type": package.type, **found})
    return {"due": sorted(due, key=lambda each: each["due"])[:_FEW], "planned": waiting[:_FEW]}
