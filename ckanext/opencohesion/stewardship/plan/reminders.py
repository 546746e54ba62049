"""Reminds by mail of releases that are due soon or overdue: once for each due date, and not who does not want it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask_babel import format_date
from sqlalchemy.dialects.postgresql import insert

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.model import utcnow
from ckanext.opencohesion.stewardship.access.reading import today
from ckanext.opencohesion.stewardship.mailing import can_send, in_language, send
from ckanext.opencohesion.stewardship.plan.model import Reminder
from ckanext.opencohesion.stewardship.plan.reading import Planned, plan_of, setting_of

KIND = "stewardship_reminders"
MAIL_KIND = "stewardship_reminder_mail"
EVERY_SECONDS = 6 * 3600
_TIMEOUT_SECONDS = 600
_CAPACITIES = ("admin", "editor")


def remind(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Send what is to be sent today. A periodic job; without a mail server it does nothing, the pages tell."""
    if not can_send():
        return {"sent": 0}
    groups = model.Session.scalars(
        sa.select(model.Group.id).where(model.Group.is_organization, model.Group.state == "active")
    ).all()
    sent = 0
    for number, organization_id in enumerate(groups):
        handle.progress(number, len(groups))
        sent += remind_organization(organization_id, today())
    return {"sent": sent}


def remind_organization(organization_id: str, on: date) -> int:
    """Hand one organization's reminders of a day to the mail jobs and return how many mails that are. Commits.

    What is noted as sent and the jobs that send it are one transaction.
    """
    enabled, _days = setting_of(organization_id)
    if not enabled:
        return 0
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": site_user, "auth_user_obj": model.User.get(site_user)}
    due = [
        each
        for each in plan_of(context, organization_id, on)
        if each.standing in ("soon", "overdue") and each.dataset.get("quality_live") and _note(each)
    ]
    mails = _mails(organization_id, due)
    for address, (name, lines) in mails.items():
        jobs.submit(
            MAIL_KIND,
            f"{organization_id}:{uuid.uuid4()}",  # a mail of its own: one that still waits keeps its lines
            {"name": name, "address": address, "organization": organization_id, "lines": lines},
            timeout_seconds=_TIMEOUT_SECONDS,
            title="Reminder of releases that are due",
        )
    model.Session.commit()
    return len(mails)


def _note(each: Planned) -> bool:
    """Note a reminder as sent within the present transaction; say whether it was not yet."""
    values = {"package_id": each.dataset["id"], "due": each.due, "kind": each.standing, "sent": utcnow()}
    noted = insert(Reminder).values(**values).on_conflict_do_nothing().returning(Reminder.package_id)
    return model.Session.execute(noted).first() is not None


def _mails(organization_id: str, due: Iterable[Planned]) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """Return, by address, the name and the lines of each mail: the editors get all, a dataset's contact its own."""
    people = _editors(organization_id)
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    names = dict(people)
    for each in due:
        line = {
            "title": str(each.dataset["title"]),
            "name": str(each.dataset["name"]),
            "due": each.due.isoformat() if each.due else "",
            "standing": each.standing,
        }
        addresses = dict.fromkeys(people)
        for contact in each.dataset.get("contact") or []:
            address = str(contact.get("email") or "").strip().lower()
            if address:
                names.setdefault(address, str(contact.get("name") or address))
                addresses[address] = None
        for address in addresses:
            lines[address].append(line)
    return {address: (names[address], found) for address, found in lines.items()}


def _editors(organization_id: str) -> dict[str, str]:
    """Return name by address of the organization's administrators and editors."""
    query = (
        sa.select(model.User)
        .join(
            model.Member, sa.and_(model.Member.table_id == model.User.id, model.Member.table_name == "user")
        )
        .where(
            model.Member.group_id == organization_id,
            model.Member.state == "active",
            model.Member.capacity.in_(_CAPACITIES),
            model.User.state == "active",
            model.User.email.is_not(None),
        )
        .order_by(model.User.name)
    )
    return {
        user.email.strip().lower(): user.display_name for user in model.Session.scalars(query) if user.email
    }


def send_reminder(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Send one mail (a job)."""
    organization = model.Group.get(args["organization"])
    if organization is None:
        return None
    with in_language(tk.config["ckan.locale_default"]):
        text = {
            "overdue": tk._("{title}: was due on {day}"),
            "soon": tk._("{title}: is due on {day}"),
        }
        lines = [
            "- "
            + text[line["standing"]].format(
                title=line["title"], day=format_date(date.fromisoformat(line["due"]), "d MMMM y")
            )
            + "\n  "
            + tk.url_for("opencohesion_plan.new_release", id=line["name"], qualified=True)
            for line in args["lines"]
        ]
        subject = tk._("Data releases due: {organization}").format(organization=organization.title)
        body = tk._(
            "These datasets of {organization} wait for their next release:\n\n{list}\n\n"
            "The whole release plan, where another date can be set and these reminders switched off:\n{link}"
        ).format(
            organization=organization.title,
            list="\n".join(lines),
            link=tk.url_for("opencohesion_plan.plan", id=organization.name, qualified=True),
        )
        return send(args["name"], args["address"], subject, body)
