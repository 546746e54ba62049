"""Mail about questions, sent by background jobs: no page waits for a mail server."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.stewardship.mailing import can_send, in_language, send

from .model import Question

ASKED_KIND = "question_mail_asked"
ANSWERED_KIND = "question_mail_answered"
_TIMEOUT_SECONDS = 300


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
    with in_language(tk.config["ckan.locale_default"]):
        subject = tk._("New question about “{title}”").format(title=dataset["title"])
        body = tk._(
            "A visitor wrote about the dataset “{title}”:\n\n{text}\n\nRead and answer it here:\n{link}\n\n"
            "Nothing of it is public until you publish it."
        ).format(
            title=dataset["title"],
            text=question.text,
            link=tk.url_for("opencohesion_questions.question", question_id=question.id, qualified=True),
        )
    return send(contact.get("name") or contact["email"], contact["email"], subject, body)


def send_answered(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Send the answer to who asked (a job)."""
    found = _found(handle.job.key)
    if found is None or not found[0].email or not found[0].answer:
        return None
    question, dataset = found
    with in_language(question.language):
        subject = tk._("Answer to your question about “{title}”").format(title=dataset["title"])
        body = tk._("You asked:\n\n{text}\n\nThe office answers:\n\n{answer}\n\nThe dataset:\n{link}").format(
            text=question.text,
            answer=question.answer,
            link=tk.url_for("dataset.read", id=dataset["name"], qualified=True, locale=question.language),
        )
    return send("", str(question.email), subject, body)


def _found(question_id: str) -> tuple[Question, dict[str, Any]] | None:
    question = model.Session.get(Question, question_id)
    if question is None:
        return None
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"ignore_auth": True, "user": site_user}
    return question, tk.get_action("package_show")(context, {"id": question.package_id})
