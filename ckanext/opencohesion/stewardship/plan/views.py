"""Pages of the plan: an organization's releases, and the new release of a dataset."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.lib import i18n
from flask import Blueprint, Response

from ckanext.opencohesion.quality.versions import EXPECTED
from ckanext.opencohesion.stewardship.pages import context, editable, inert, sentences, tell
from ckanext.opencohesion.stewardship.plan import calendar
from ckanext.opencohesion.stewardship.plan.helpers import opencohesion_plan_day
from ckanext.opencohesion.vocabularies import vocabulary

opencohesion_plan = Blueprint("opencohesion_plan", __name__)

_FIELDS = (
    "resource_id",
    "url",
    "name",
    "version",
    "version_notes",
    "period_start",
    "period_end",
    "modified",
    EXPECTED,
)


def _found(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("opencohesion_release_plan")(context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Organization not found"))


def _frequency(value: str | None) -> str:
    term = vocabulary("frequency").find(value or "")
    return term.label(str(i18n.get_lang() or "it")[:2]) if term else ""


def _standing(line: dict[str, Any]) -> str:
    """Return in words how a line of the plan stands."""
    return {
        "overdue": tk._("Overdue"),
        "soon": tk._("Due soon"),
        "later": tk._("On time"),
        "none": tk._("No date is promised"),
    }[line["standing"]]


def plan(id: str) -> str:
    """Show an organization's release plan."""
    found = _found(id)
    organization = tk.get_action("organization_show")(context(), {"id": found["organization"]["id"]})
    asked = {"id": organization["id"]}
    member = authz.is_authorized_boolean("opencohesion_reminders_show", context(), asked)
    lines = [
        {
            **line,
            "frequency": _frequency(line["frequency"]),
            "words": _standing(line),
            "may_edit": member
            and authz.is_authorized_boolean("package_update", context(), {"id": line["id"]}),
        }
        for line in found["datasets"]
    ]
    return tk.render(
        "opencohesion_stewardship/plan.html",
        {
            "group_dict": organization,
            "group_type": organization["type"],
            "lines": lines,
            "overdue": sum(line["standing"] == "overdue" for line in lines),
            "reminders": tk.get_action("opencohesion_reminders_show")(context(), asked) if member else None,
            "may_set": authz.is_authorized_boolean("opencohesion_reminders_set", context(), asked),
            "member": member,
        },
    )


def plan_table(id: str) -> Response:
    """Give the plan as CSV."""
    found = _found(id)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        [
            tk._(name)
            for name in (
                "Dataset",
                "Frequency",
                "Last release",
                "Next release due",
                "How it stands",
                "Address",
            )
        ]
    )
    for line in found["datasets"]:
        address = tk.url_for(f"{line['type']}.read", id=line["name"], qualified=True)
        values = (
            _frequency(line["frequency"]),
            line["last_release"],
            line["next_due"],
            _standing(line),
            address,
        )
        writer.writerow([inert(line["title"]), *values])
    name = f"release-plan-{found['organization']['name']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def plan_calendar(id: str) -> Response:
    """Give the plan's public part as an iCalendar feed: calendars that follow it have no login."""
    public: Any = {"user": "", "auth_user_obj": None}
    try:
        found = tk.get_action("opencohesion_release_plan")(public, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Organization not found"))
    organization = found["organization"]
    events = [
        calendar.Event(
            uid=f"{line['id']}-{line['next_due']}@{tk.config['ckan.site_id']}",
            day=date.fromisoformat(line["next_due"]),
            title=tk._("Data update due: {title}").format(title=line["title"]),
            text=tk._("Update frequency: {frequency}. Published by {organization}.").format(
                organization=organization["title"], frequency=_frequency(line["frequency"])
            ),
            url=tk.url_for(f"{line['type']}.read", id=line["name"], qualified=True),
        )
        for line in found["datasets"]
        if line["next_due"]
    ]
    title = tk._("Data releases: {organization}").format(organization=organization["title"])
    text = calendar.feed(title, events, datetime.now(UTC))
    headers = {"Content-Disposition": f'inline; filename="release-plan-{organization["name"]}.ics"'}
    return Response(text, content_type=f"{calendar.MEDIA_TYPE}; charset=utf-8", headers=headers)


def set_reminders(id: str) -> Any:
    """Switch an organization's reminders on or off."""
    found = _found(id)
    try:
        tk.get_action("opencohesion_reminders_set")(
            context(),
            {
                "id": found["organization"]["id"],
                "enabled": tk.request.form.get("enabled") == "yes",
                "days_before": tk.request.form.get("days_before", ""),
            },
        )
        tk.h.flash_success(tk._("The reminders are set."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not do this."))
    except tk.ValidationError as error:
        tell(error)
    return tk.redirect_to("opencohesion_plan.plan", id=found["organization"]["name"])


def set_due_date(id: str) -> Any:
    """Set when the next release of a dataset is due."""
    dataset = editable(id)
    try:
        due = tk.request.form.get("due", "")
        line = tk.get_action("opencohesion_due_date_set")(context(), {"id": dataset["id"], "due": due})
        if line["next_due"]:
            day = opencohesion_plan_day(line["next_due"])
            tk.h.flash_success(tk._("The next release is due on {day}.").format(day=day))
        else:
            tk.h.flash_success(tk._("The next release has no date."))
    except tk.ValidationError as error:
        tell(error)
    return tk.redirect_to("opencohesion_plan.plan", id=dataset["organization"]["name"])


def _release_page(dataset: dict[str, Any], data: dict[str, Any], errors: list[str]) -> str:
    return tk.render(
        "opencohesion_stewardship/new_release.html",
        {"pkg_dict": dataset, "dataset_type": dataset["type"], "data": data, "errors": errors},
    )


def new_release(id: str) -> Any:
    """Show the form of a new release, filled with the proposal."""
    dataset = editable(id)
    proposed = tk.get_action("opencohesion_release_propose")(context(), {"id": dataset["id"]})
    return _release_page(dataset, proposed, [])


def save_release(id: str) -> Any:
    """Take the new release, or show again what was written with what is wrong in it."""
    dataset = editable(id)
    written = {name: tk.request.form.get(name, "").strip() for name in _FIELDS}
    file = tk.request.files.get("upload")
    upload = file if file and file.filename else None
    arguments = {**written, "id": dataset["id"], "upload": upload}
    when = {name: tk.request.form.get(name, "").strip() for name in ("publish", "day", "time")}
    if when["publish"] == "later":
        arguments["publish_at"] = f"{when['day']}T{when['time']}"
    try:
        result = tk.get_action("opencohesion_release_create")(context(), arguments)
    except tk.ValidationError as error:
        if EXPECTED in error.error_dict:  # told now: who saves again has looked at the other change
            present = tk.get_action("opencohesion_release_propose")(context(), {"id": dataset["id"]})
            written[EXPECTED] = present[EXPECTED]
        return _release_page(dataset, {**written, **when}, list(dict.fromkeys(sentences(error.error_dict))))
    if result.get("staged"):
        tk.h.flash_success(
            tk._("The new release is being checked. What is public stays until it has passed.")
        )
    else:
        tk.h.flash_success(tk._("The new release is there."))
    return tk.redirect_to(f"{dataset['type']}.read", id=dataset["name"])


_RULES: list[tuple[str, Any, list[str]]] = [
    ("/organization/<id>/release-plan", plan, ["GET"]),
    ("/organization/<id>/release-plan.csv", plan_table, ["GET"]),
    ("/organization/<id>/release-plan.ics", plan_calendar, ["GET"]),
    ("/organization/<id>/release-plan/reminders", set_reminders, ["POST"]),
    ("/dataset/<id>/due-date", set_due_date, ["POST"]),
    ("/dataset/<id>/new-release", new_release, ["GET"]),
    ("/dataset/<id>/new-release", save_release, ["POST"]),
]
for _rule, _view, _methods in _RULES:
    opencohesion_plan.add_url_rule(_rule, view_func=_view, methods=_methods)
