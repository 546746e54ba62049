"""The release plan and new releases, as actions."""

from __future__ import annotations

from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.quality.arguments import flag
from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.quality.versions import EXPECTED, version_of
from ckanext.opencohesion.quality.visibility import hidden
from ckanext.opencohesion.stewardship.access.reading import today
from ckanext.opencohesion.stewardship.plan import reading, release
from ckanext.opencohesion.stewardship.plan.model import DueDate, ReminderSetting
from ckanext.opencohesion.stewardship.publication import schedule
from ckanext.opencohesion.stewardship.publication.actions import moment_of, user_id_of

MAX_DAYS_BEFORE = 90


def _nested(context: Context) -> Any:
    return {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}


def _editable(context: Context, data_dict: dict[str, Any], action: str) -> dict[str, Any]:
    """Return a dataset that the caller may edit. Raises ``NotFound`` for one not seen, ``NotAuthorized``."""
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not guarded(package.type) or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access(action, context, {"id": package.id})
    return tk.get_action("package_show")(_nested(context), {"id": package.id})


def _organization(data_dict: dict[str, Any]) -> model.Group:
    group = model.Group.get(tk.get_or_bust(data_dict, "id"))
    if group is None or not group.is_organization or group.state != "active":
        raise tk.ObjectNotFound(tk._("Organization not found"))
    return group


def described(planned: reading.Planned) -> dict[str, Any]:
    """Return one line of the plan as the API gives it."""
    dataset = planned.dataset
    return {
        "id": dataset["id"],
        "name": dataset["name"],
        "type": dataset["type"],
        "title": dataset["title"],
        "frequency": dataset.get("frequency"),
        "public": bool(dataset.get("quality_live")),
        "last_release": planned.last_release.isoformat() if planned.last_release else None,
        "next_due": planned.due.isoformat() if planned.due else None,
        "standing": planned.standing,
        "set_by_officer": planned.by_officer,
    }


@tk.side_effect_free
def opencohesion_release_plan(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return when the next releases of an organization's datasets are due. Public for public datasets.

    :param id: the organization's id or name

    :returns: ``{organization: {id, name, title}, today, datasets: [{id, name, type, title, frequency, public,
        last_release, next_due, standing, set_by_officer}]}``, what is due first at the top; ``standing`` is ``overdue``,
        ``soon``, ``later`` or ``none`` (the frequency promises no date)
    """
    group = _organization(data_dict)
    tk.check_access("opencohesion_release_plan", context, {"id": group.id})
    now = today()
    return {
        "organization": {"id": group.id, "name": group.name, "title": group.title or group.name},
        "today": now.isoformat(),
        "datasets": [described(each) for each in reading.plan_of(context, group.id, now)],
    }


def _day(value: Any, name: str) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        message = tk._("Write the day as year-month-day, for example 2026-01-31.")
        raise tk.ValidationError({name: [message]}) from None


def opencohesion_due_date_set(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Set when the next release of a dataset is due, in place of the date that follows from its frequency.

    It holds until the next release.

    :param id: the dataset's id or name
    :param due: a day, as ``2026-01-31``; empty to go back to the reckoned date

    :returns: the dataset's line of the plan
    """
    dataset = _editable(context, data_dict, "opencohesion_due_date_set")
    row = model.Session.get(DueDate, dataset["id"])
    if not data_dict.get("due"):
        if row is not None:
            model.Session.delete(row)
    else:
        due = _day(data_dict["due"], "due")
        if due < today():
            raise tk.ValidationError({"due": [tk._("That day is past. Choose one in the future.")]})
        if row is None:
            row = DueDate(package_id=dataset["id"])
            model.Session.add(row)
        row.due, row.user_id = due, user_id_of(context)
        row.after = reading.planned([dataset], today())[0].last_release
    model.Session.flush()
    model.Session.commit()
    return described(reading.planned([dataset], today())[0])


@tk.side_effect_free
def opencohesion_reminders_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell whether an organization's members and contacts are reminded of releases that are due. For its members.

    :param id: the organization's id or name

    :returns: ``{enabled, days_before}``
    """
    group = _organization(data_dict)
    tk.check_access("opencohesion_reminders_show", context, {"id": group.id})
    enabled, days = reading.setting_of(group.id)
    return {"enabled": enabled, "days_before": days}


def opencohesion_reminders_set(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Switch an organization's reminders on or off. For its administrators.

    :param id: the organization's id or name
    :param enabled: whether to remind
    :param days_before: how many days before the due date, 0 to 90 (optional: the portal's number)
    """
    group = _organization(data_dict)
    tk.check_access("opencohesion_reminders_set", context, {"id": group.id})
    enabled = flag(data_dict, "enabled", default=True)
    row = model.Session.get(ReminderSetting, group.id)
    if row is None:
        row = ReminderSetting(organization_id=group.id)
        model.Session.add(row)
    row.enabled = enabled
    written = str(data_dict.get("days_before") or "").strip()
    if written and not (
        written.isascii() and written.isdigit() and len(written) < 4 and int(written) <= MAX_DAYS_BEFORE
    ):
        model.Session.rollback()
        message = tk._("Write a number of days between 0 and {most}.").format(most=MAX_DAYS_BEFORE)
        raise tk.ValidationError({"days_before": [message]})
    row.days_before = int(written) if written else None
    model.Session.flush()
    model.Session.commit()
    enabled, days = reading.setting_of(group.id)
    return {"enabled": enabled, "days_before": days}


@tk.side_effect_free
def opencohesion_release_propose(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return what a new release of a dataset is filled with, from the last one. For those who may edit it.

    :param id: the dataset's id or name

    :returns: ``{resource_id, name, version, period_start, period_end, modified, expected_version}``; ``resource_id`` is the
        file whose place the new one takes, empty when it is to stand beside the earlier ones; who sends
        ``expected_version`` back overwrites nobody's change
    """
    dataset = _editable(context, data_dict, "opencohesion_release_propose")
    return _proposed(dataset)


def _proposed(dataset: dict[str, Any]) -> dict[str, Any]:
    package = model.Package.get(dataset["id"])
    return release.proposal(dataset, today()) | {EXPECTED: version_of(package) if package else ""}


def opencohesion_release_create(context: Context, data_dict: dict[str, Any]) -> Any:
    """Bring a new release of a dataset: a new file, and last time's metadata with another period and version.

    What is not given is taken from the proposal. The release goes through the gate as every change does: of a public
    dataset it is staged, and what is public stays until the new file has passed.

    :param id: the dataset's id or name
    :param upload: the file; or
    :param url: the address from which the portal fetches it
    :param resource_id: the file whose place it takes; empty for a file beside the earlier ones
    :param name: the file's name for a person
    :param version: the release's version
    :param version_notes: what changed
    :param period_start: first day of the period that the data covers
    :param period_end: last day of it
    :param modified: when the data last changed
    :param expected_version: as ``opencohesion_release_propose`` gave it: nothing is written if somebody changed the dataset
        meanwhile (optional)
    :param publish_at: day and time in Italy at which it becomes public, if it is to wait (optional)

    :returns: what ``package_update`` answers
    """
    dataset = _editable(context, data_dict, "opencohesion_release_create")
    proposed = _proposed(dataset)
    given = {**proposed, **{key: value for key, value in data_dict.items() if value is not None}}
    given["url"] = str(given.get("url") or "").strip()
    if not given.get("upload") and not given["url"]:
        message = tk._(
            "Choose the file of the new release, or write the address from which the portal fetches it."
        )
        raise tk.ValidationError({"upload": [message]})
    if given["resource_id"] and given["resource_id"] not in [each["id"] for each in dataset["resources"]]:
        raise tk.ValidationError({"resource_id": [tk._("The dataset has no such file.")]})
    _check_period(given)
    wanted = {**release.with_release(dataset, given), EXPECTED: given[EXPECTED]}
    if given.get("publish_at"):
        moment = moment_of(given["publish_at"])
        state = get_state(dataset["id"], lock=True)
        if state is not None:
            schedule.set_time(state, moment, user_id_of(context))
        wanted["private"] = False
    try:
        return tk.get_action("package_update")(_nested(context), wanted)
    except tk.ValidationError:
        model.Session.rollback()  # the time was set for a release that is not there
        raise


def _check_period(given: dict[str, Any]) -> None:
    """Raise ``ValidationError`` for a period that can not be meant."""
    start, end = given.get("period_start"), given.get("period_end")
    if end and not start:
        raise tk.ValidationError({"period_start": [tk._("Write the first day of the period, too.")]})
    if start and end and _day(start, "period_start") > _day(end, "period_end"):
        raise tk.ValidationError({"period_end": [tk._("The period ends before it begins.")]})


def _may_edit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit a dataset brings its releases and says when they are due."""
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def _everybody(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The plan is public: everyone finds the datasets in it that they see."""
    return {"success": True}


def _member(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Members of the organization."""
    user = context.get("user")
    allowed = authz.has_user_permission_for_group_or_org(data_dict["id"], user, "read")
    return {"success": bool(user) and allowed}


def _administrator(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Administrators of the organization."""
    return {"success": authz.is_authorized_boolean("organization_update", context, {"id": data_dict["id"]})}


AUTH = {
    "opencohesion_release_plan": _everybody,
    "opencohesion_due_date_set": _may_edit,
    "opencohesion_reminders_show": _member,
    "opencohesion_reminders_set": _administrator,
    "opencohesion_release_propose": _may_edit,
    "opencohesion_release_create": _may_edit,
}
