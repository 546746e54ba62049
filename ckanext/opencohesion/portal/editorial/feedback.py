"""Barriers that visitors report on the accessibility page: kept for the administrators, and mailed to the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.model import utcnow
from ckanext.opencohesion.stewardship import mailing
from ckanext.opencohesion.stewardship.questions import rules

MAIL_KIND = "feedback_mail"
#: What the form's token is about, where a question's names its dataset.
ABOUT = "accessibility"


class Feedback(tk.BaseModel):
    """What one visitor wrote. ``email`` serves for the answer alone and is deleted when the matter is closed."""

    __tablename__ = "oc_feedback"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    text: Mapped[str]
    place: Mapped[str | None]
    email: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=utcnow)
    closed: Mapped[datetime | None]
    closed_by: Mapped[str | None]


def add(values: dict[str, Any]) -> Feedback:
    """Keep what was written, and have the office told. Commits. Raises ``rules.QuestionError``."""
    cleaned = rules.clean_question({**values, "kind": "other"})
    feedback = Feedback(text=cleaned["text"], place=cleaned["place"], email=cleaned["email"])
    model.Session.add(feedback)
    model.Session.flush()
    if mailing.can_send() and office_address():
        title = "Mail about an accessibility barrier"
        jobs.submit(MAIL_KIND, str(feedback.id), {}, timeout_seconds=300, title=title)
    model.Session.commit()
    return feedback


def listed() -> list[Feedback]:
    """Return all that was reported, open matters first, newest first."""
    order = (Feedback.closed.is_not(None), Feedback.id.desc())
    return list(model.Session.scalars(sa.select(Feedback).order_by(*order).limit(500)))


def close(feedback_id: int, user_id: str) -> bool:
    """Close a matter and delete the visitor's address. Commits. Returns whether there is such a matter."""
    feedback = model.Session.get(Feedback, feedback_id)
    if feedback is None:
        return False
    feedback.email = None
    if feedback.closed is None:
        feedback.closed, feedback.closed_by = utcnow(), user_id
    model.Session.commit()
    return True


def office_address() -> str:
    """Return where the office reads mail: the portal's contact, or that of the body that publishes the catalogue."""
    return str(
        tk.config["ckanext.opencohesion.portal.contact_email"]
        or tk.config["ckanext.opencohesion.dcatapit.publisher_email"]
        or ""
    )


def send(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Tell the office by mail (a job)."""
    feedback = model.Session.get(Feedback, int(handle.job.key))
    if feedback is None:
        return None
    with mailing.in_language(tk.config["ckan.locale_default"]):
        subject = tk._("A visitor reports an accessibility barrier")
        body = tk._("Where: {place}\n\n{text}\n\nRead it here:\n{link}").format(
            place=feedback.place or "–",
            text=feedback.text,
            link=tk.url_for("opencohesion_pages.feedback_list", qualified=True),
        )
    return mailing.send(office_address(), office_address(), subject, body)
