"""Mail to the person who planned a publication that the gate holds back."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.stewardship.mailing import can_send, in_language, send
from ckanext.opencohesion.stewardship.publication.model import Schedule

KIND = "stewardship_schedule_mail"
_TIMEOUT_SECONDS = 300


def tell_failure(package_id: str, user_id: str | None) -> None:
    """Have the person told that the data did not pass, within the present transaction; without mail their page tells."""
    if user_id and can_send():
        jobs.submit(
            KIND,
            package_id,
            {"user_id": user_id},
            timeout_seconds=_TIMEOUT_SECONDS,
            title="Mail about a planned publication",
        )


def send_failure(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Send the mail (a job)."""
    package, user = model.Package.get(handle.job.key), model.User.get(args["user_id"])
    row = model.Session.get(Schedule, handle.job.key)
    if package is None or row is None or user is None or user.state != "active" or not user.email:
        return None
    with in_language(tk.config["ckan.locale_default"]):
        subject = tk._("Planned publication of “{title}”: the data did not pass the checks")
        body = tk._(
            "The publication that you planned for {time} can not happen yet: the data of “{title}” did not pass the "
            "checks. What is public stays as it is.\n\nWhat to mend is in the report:\n{link}\n\n"
            "Once the data passes, it becomes public at the time that you planned, or at once if that is past."
        ).format(
            time=tk.h.opencohesion_when(row.publish_at),
            title=package.title,
            link=tk.url_for("opencohesion_quality.report", id=package.name, qualified=True),
        )
        return send(user.display_name, user.email, subject.format(title=package.title), body)
