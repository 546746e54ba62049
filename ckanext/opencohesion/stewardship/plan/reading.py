"""The release plan as it stands: what CKAN, the gate and the officers' own dates say of each dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.query import solr_literal
from ckan.types import Context

from ckanext.opencohesion.quality.model import Release
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.stewardship.access.rules import day_of
from ckanext.opencohesion.stewardship.plan.due import next_due, standing, step_of
from ckanext.opencohesion.stewardship.plan.model import DueDate, ReminderSetting
from ckanext.opencohesion.stewardship.plan.proposal import Period

_PAGE = 500


@dataclass(frozen=True)
class Planned:
    """What is planned for one dataset; ``standing`` as in ``due.standing``, ``by_officer``: the date was set by hand."""

    dataset: dict[str, Any]
    last_release: date | None
    due: date | None
    standing: str
    by_officer: bool


def day(value: Any) -> date | None:
    """Return a day from text that begins with one, else ``None``."""
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def _italian_day(moment: datetime) -> date:
    return day_of(moment.replace(tzinfo=UTC))


def last_period(dataset: dict[str, Any]) -> Period | None:
    """Return the period that a dataset covers: the one that ends last."""
    found = []
    for record in dataset.get("temporal_coverage") or []:
        start = day(record.get("start"))
        if start:
            found.append(Period(start, day(record.get("end"))))
    return max(found, key=lambda period: (period.end or date.max, period.start), default=None)


def default_days_before() -> int:
    """Return how many days before the due date the portal reminds, where an organization does not say."""
    return int(tk.config["ckanext.opencohesion.stewardship.reminder_days"])


def setting_of(organization_id: str | None) -> tuple[bool, int]:
    """Return whether an organization wants reminders, and how many days before."""
    row = model.Session.get(ReminderSetting, organization_id) if organization_id else None
    days = row.days_before if row and row.days_before is not None else default_days_before()
    return (row.enabled if row else True), days


def planned(datasets: Iterable[dict[str, Any]], today: date) -> list[Planned]:
    """Return the plan of datasets (as ``package_show`` gives them), in the order given; two queries for any number."""
    datasets = list(datasets)
    ids = [dataset["id"] for dataset in datasets]
    published: dict[str, tuple[date, date | None]] = {}
    set_dates: dict[str, DueDate] = {}
    if ids:
        later = sa.func.max(Release.published).filter(Release.number > 1)
        query = (
            sa.select(Release.package_id, sa.func.min(Release.published), later)
            .where(Release.package_id.in_(ids))
            .group_by(Release.package_id)
        )
        for package_id, first, last in model.Session.execute(query):
            published[package_id] = _italian_day(first), _italian_day(last) if last else None
        rows = model.Session.scalars(sa.select(DueDate).where(DueDate.package_id.in_(ids)))
        set_dates = {row.package_id: row for row in rows}
    days_before = {owner: setting_of(owner)[1] for owner in {each.get("owner_org") for each in datasets}}
    return [
        _planned(
            dataset,
            published.get(dataset["id"]),
            set_dates.get(dataset["id"]),
            today,
            days_before[dataset.get("owner_org")],
        )
        for dataset in datasets
    ]


def _planned(
    dataset: dict[str, Any],
    published: tuple[date, date | None] | None,
    set_date: DueDate | None,
    today: date,
    days_before: int,
) -> Planned:
    last = last_release(day(dataset.get("modified")), published)
    period = last_period(dataset)
    due = next_due(dataset.get("frequency"), last, period.end if period else None)
    by_officer = set_date is not None and (last is None or set_date.after is None or last <= set_date.after)
    if set_date is not None and by_officer:
        due = set_date.due
    stands = standing(due, today, days_before, step_of(dataset.get("frequency")))
    return Planned(dataset, last, due, stands, by_officer)


def last_release(modified: date | None, published: tuple[date, date | None] | None) -> date | None:
    """Return when the data was last released.

    ``modified``: when the data changed, as the dataset says. ``published``: when its files became public here, the first
    one and the latest that replaced another. That a dataset came to this portal is no proof that its data is fresh, so the
    first publication counts only where nothing else is known.
    """
    first, latest = published or (None, None)
    known = [each for each in (modified, latest) if each]
    return max(known) if known else first


def plan_of(context: Context, organization_id: str, today: date) -> list[Planned]:
    """Return the plan of an organization's datasets that the caller sees, what is due first at the top."""
    datasets: list[dict[str, Any]] = []
    query = {
        "fq": f"+owner_org:{solr_literal(organization_id)}",
        "include_private": True,
        "sort": "name asc",
        "rows": _PAGE,
    }
    while True:
        asked: Any = {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}
        found = tk.get_action("package_search")(asked, {**query, "start": len(datasets)})["results"]
        datasets += found
        if len(found) < _PAGE:
            break
    ours = [dataset for dataset in datasets if guarded(dataset.get("type"))]
    return sorted(
        planned(ours, today), key=lambda each: (each.due or date.max, str(each.dataset.get("title")))
    )
