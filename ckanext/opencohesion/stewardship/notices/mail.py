"""The mail at the end of a check that somebody waits for: the outcome and a link, never a value of the data."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opencohesion.jobs import api as jobs

from ..mailing import can_send, in_language, send
from .model import Notice
from .words import sentence

KIND = "stewardship_notice_mail"
_TIMEOUT_SECONDS = 300


def announce(notice: Notice) -> None:
    """Have a notice sent by mail too, in the caller's transaction."""
    if can_send():
        jobs.submit(
            KIND, notice.id, {}, timeout_seconds=_TIMEOUT_SECONDS, title="Mail about the end of a check"
        )


def send_notice(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Send the mail (a job). One that was seen on the portal meanwhile is not sent."""
    notice = model.Session.get(Notice, handle.job.key)
    user = model.User.get(notice.user_id) if notice else None
    package = model.Package.get(notice.package_id) if notice else None
    if notice is None or package is None or user is None or user.state != "active" or not user.email:
        return None
    if notice.seen is not None:
        return {"sent": False}
    with in_language(tk.config["ckan.locale_default"]):
        told = tk._(sentence(notice.target, notice.verdict, live=notice.live)).format(
            title=package.title or package.name
        )
        body = tk._(
            "{told}\n\nThe report says what was found, where, and what to do:\n{report}\n\n"
            "All your datasets at a glance:\n{desk}\n\n"
            "If you would rather not get these mails, say so here:\n{notices}"
        ).format(
            told=told,
            report=tk.url_for("opencohesion_quality.report", id=package.name, qualified=True),
            desk=tk.url_for("opencohesion_desk.desk", qualified=True),
            notices=tk.url_for("opencohesion_notices.notices", qualified=True),
        )
        return send(user.display_name, user.email, told, body)
