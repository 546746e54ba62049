"""Tells owners what new rules found in their public data, and whose review was opened: one mail to each with the list.

The check of what is live under new rules withdraws nothing (``quality.rechecks``); this is how it is never silent either.
Who was told of a dataset under a rule set is noted with the mail's job in one transaction, so that nobody is told twice.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.decisions.decisions import awaiting
from ckanext.opencohesion.quality.decisions.model import Told
from ckanext.opencohesion.quality.decisions.policy import data_office
from ckanext.opencohesion.quality.judging.ruleset import RULESET
from ckanext.opencohesion.quality.model import DatasetCheck, DatasetState, utcnow
from ckanext.opencohesion.quality.rechecks import outdated
from ckanext.opencohesion.quality.state import OPENING
from ckanext.opencohesion.stewardship.mailing import can_send, in_language, send

KIND = "stewardship_oversight"
MAIL_KIND = "stewardship_oversight_mail"
EVERY_SECONDS = 1800
_TIMEOUT_SECONDS = 300


def tell_owners(_handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Hand to the mail jobs what owners were not told yet. A periodic job; without a mail server the desk tells alone.

    While checks under new rules are still to be made it waits, so that each owner gets one list and not many.
    """
    if not can_send() or model.Session.execute(outdated().limit(1)).first() is not None:
        return {"sent": 0}
    lists: dict[str, list[dict[str, str]]] = defaultdict(list)
    for package, topic, kind in [*_reviews(), *_found_by_new_rules()]:
        office = data_office() if kind == "review" else None
        for user_id in _officers([package.owner_org, office.id if office else None]):
            if _note(f"{topic}:{package.id}", user_id):
                lists[user_id].append(
                    {"title": package.title or package.name, "name": package.name, "kind": kind}
                )
    for user_id, lines in lists.items():
        jobs.submit(
            MAIL_KIND,
            f"{user_id}:{uuid.uuid4()}",
            {"user": user_id, "lines": lines},
            timeout_seconds=_TIMEOUT_SECONDS,
            title="Mail about public data under new rules",
            later=True,
        )
    model.Session.commit()
    return {"sent": len(lists)}


def _reviews() -> list[tuple[model.Package, str, str]]:
    """Return the public datasets for which a review was opened."""
    found = []
    for one in awaiting():
        package = model.Package.get(one.package_id)
        if package is not None and one.live and one.target == "current" and one.since:
            found.append((package, f"review {one.since.isoformat(timespec='seconds')}", "review"))
    return found


def _found_by_new_rules() -> list[tuple[model.Package, str, str]]:
    """Return the public datasets whose present content does not pass the present rules."""
    newest = (
        sa.select(DatasetCheck.package_id, DatasetCheck.verdict)
        .where(DatasetCheck.ruleset == RULESET, DatasetCheck.target == "current")
        .order_by(DatasetCheck.package_id, DatasetCheck.finished.desc())
        .distinct(DatasetCheck.package_id)
        .subquery()
    )
    query = (
        sa.select(model.Package)
        .join(newest, newest.c.package_id == model.Package.id)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .where(
            DatasetState.live,
            model.Package.state == "active",
            newest.c.verdict.not_in([*OPENING, "review", "awaiting_approval"]),
        )
    )
    return [(package, f"rules {RULESET}", "rules") for package in model.Session.scalars(query)]


def _officers(group_ids: Iterable[str | None]) -> list[str]:
    """Return the ids of the administrators and editors of these organizations."""
    query = (
        sa.select(model.User.id)
        .join(
            model.Member, sa.and_(model.Member.table_id == model.User.id, model.Member.table_name == "user")
        )
        .where(
            model.Member.group_id.in_([one for one in group_ids if one]),
            model.Member.state == "active",
            model.Member.capacity.in_(("admin", "editor")),
            model.User.state == "active",
            model.User.email.is_not(None),
        )
    )
    return sorted(set(model.Session.scalars(query)))


def _note(topic: str, user_id: str) -> bool:
    """Note within the present transaction that a user is told of something; say whether they were not yet."""
    values = {"topic": topic, "user_id": user_id, "created": utcnow()}
    noted = insert(Told).values(**values).on_conflict_do_nothing().returning(Told.topic)
    return model.Session.execute(noted).first() is not None


def send_list(_handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Send one owner's list (a job)."""
    user = model.User.get(args["user"])
    if user is None or user.state != "active" or not user.email:
        return None
    with in_language(tk.config["ckan.locale_default"]):
        words = {
            "rules": tk._("does not pass the present rules"),
            "review": tk._("wants a review of personal data"),
        }
        lines = [
            f"- {line['title']}: {words[line['kind']]}\n  "
            + tk.url_for("opencohesion_quality.report", id=line["name"], qualified=True)
            for line in args["lines"]
        ]
        subject = tk._("Public data to look at again")
        body = tk._(
            "The rules of the checks, or the time for which personal data may be published, have changed. These public "
            "datasets were checked again, and something was found:\n\n{list}\n\n"
            "They stay public: nothing is withdrawn by itself. The report of each says what was found and what to do.\n"
            "All your datasets at a glance:\n{desk}"
        ).format(list="\n".join(lines), desk=tk.url_for("opencohesion_desk.desk", qualified=True))
        return send(user.display_name, user.email, subject, body)
