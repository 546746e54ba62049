"""Mail about questions, sent by background jobs: no page waits for a mail server."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer
from flask_babel import force_locale

from ckanext.opencohesion.jobs import api as jobs

from .model import Question

ASKED_KIND = "question_mail_asked"
ANSWERED_KIND = "question_mail_answered"
_TIMEOUT_SECONDS = 300


def can_send() -> bool:
    """Say whether the portal has a mail server to send through and an address to send from."""
    return bool(tk.config.get("smtp.server") and tk.config.get("smtp.mail_from"))


def announce(question: Question) -> None:
    """Have the dataset's contact told of a new question, in the caller's transaction."""
    if can_send():
        jobs.submit(
            ASKED_KIND, question.id, {}, timeout_seconds=_TIMEOUT_SECONDS, title="Mail about a new question"
        )


def reply(question: Question) -> None:
    """Have the answer sent to who asked, where they left an address, in the caller's transaction."""
    if question.email and can_send():
        jobs.submit(
            ANSWERED_KIND, question.id, {}, timeout_seconds=_TIMEOUT_SECONDS, title="Mail with an answer"
        )


def send_asked(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Tell the dataset's contact of a question (a job)."""
    found = _found(handle.job.key)
    if found is None:
        return None
    question, dataset = found
    contact = next((c for c in dataset.get("contact") or [] if c.get("email")), None)
    if contact is None:
        return {"sent": False}
    with force_locale(tk.config["ckan.locale_default"]):
        subject = tk._("New question about “{title}”").format(title=dataset["title"])
        body = tk._(
            "A visitor wrote about the dataset “{title}”:\n\n{text}\n\nRead and answer it here:\n{link}\n\n"
            "Nothing of it is public until you publish it."
        ).format(
            title=dataset["title"],
            text=question.text,
            link=tk.url_for("opencohesion_questions.question", question_id=question.id, qualified=True),
        )
    return _send(contact.get("name") or contact["email"], contact["email"], subject, body)


def send_answered(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Send the answer to who asked (a job)."""
    found = _found(handle.job.key)
    if found is None or not found[0].email or not found[0].answer:
        return None
    question, dataset = found
    with force_locale(question.language):
        subject = tk._("Answer to your question about “{title}”").format(title=dataset["title"])
        body = tk._("You asked:\n\n{text}\n\nThe office answers:\n\n{answer}\n\nThe dataset:\n{link}").format(
            text=question.text,
            answer=question.answer,
            link=tk.url_for("dataset.read", id=dataset["name"], qualified=True, locale=question.language),
        )
    return _send("", str(question.email), subject, body)


def _found(question_id: str) -> tuple[Question, dict[str, Any]] | None:
    question = model.Session.get(Question, question_id)
    if question is None:
        return None
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"ignore_auth": True, "user": site_user}
    return question, tk.get_action("package_show")(context, {"id": question.package_id})


def _send(name: str, address: str, subject: str, body: str) -> dict[str, Any]:
    # a line break in a subject would begin another header
    line = " ".join(subject.split())
    try:
        mailer.mail_recipient(name, address, line, body)
    except (mailer.MailerException, OSError) as error:
        raise jobs.JobFailedError(tk._("The mail server did not take the mail.")) from error
    return {"sent": True}
