"""Pages: asking about a dataset, the office's inbox, one question."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ..pages import context, dataset_of, sentences
from . import guard, mail, rules

opencohesion_questions = Blueprint("opencohesion_questions", __name__)

_PER_PAGE = 20


def ask(id: str) -> Any:
    """Show the form, and take what was written in it."""
    dataset = dataset_of(id)
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {
        name: tk.request.args.get(name, "")[: rules.PLACE_CHARS] for name in ("kind", "resource_id", "place")
    }
    if tk.request.method == "POST":
        values = dict(tk.request.form.items())
        try:
            tk.get_action("opencohesion_question_ask")(context(), {**values, "id": dataset["id"]})
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            tk.h.flash_success(
                tk._(
                    "Thank you: the office has received what you wrote. "
                    "If it publishes its answer, you find it on this page."
                )
            )
            return tk.redirect_to(f"{dataset['type']}.read", id=dataset["name"])
    page = tk.render(
        "opencohesion_stewardship/questions/ask.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "values": values,
            "errors": errors,
            "form_token": guard.new_token(tk.config["SECRET_KEY"], dataset["id"]),
            "takes_email": mail.can_send(),
            "text_chars": rules.TEXT_CHARS,
            "email_days": tk.config["ckanext.opencohesion.stewardship.question_email_days"],
        },
    )
    return page, 400 if errors else 200


def inbox() -> Any:
    """Show the questions that the user is to answer."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("opencohesion_questions.inbox"))
    status = tk.request.args.get("status", "open")
    organization = tk.request.args.get("organization", "")
    page = tk.request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 0
    try:
        if not number:
            raise tk.ValidationError({"page": [tk._("Write a whole number, as in 20.")]})
        found = tk.get_action("opencohesion_question_inbox")(
            context(),
            {
                "status": status,
                "organization": organization,
                "limit": _PER_PAGE,
                "offset": (number - 1) * _PER_PAGE,
            },
        )
    except tk.ValidationError as error:
        return tk.abort(400, " ".join(sentences(error.error_dict)))
    except tk.NotAuthorized:
        return tk.abort(404, tk._("There is no such organization among those that you answer for."))
    return tk.render(
        "opencohesion_stewardship/questions/inbox.html",
        {
            "found": found,
            "status": status,
            "organization": organization,
            "number": number,
            "last": max(1, -(-found["count"] // _PER_PAGE)),
        },
    )


def question(question_id: str) -> Any:
    """Show one question to who answers it, and take the answer or the reason for closing."""
    try:
        found = tk.get_action("opencohesion_question_show")(context(), {"id": question_id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such question."))
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    if tk.request.method == "POST":
        values = dict(tk.request.form.items())
        closing = values.get("do") == "close"
        action = "opencohesion_question_close" if closing else "opencohesion_question_answer"
        try:
            done = tk.get_action(action)(context(), {**values, "id": question_id})
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            if closing:
                tk.h.flash_success(tk._("The question is closed and not shown to anyone."))
            elif done["published"]:
                tk.h.flash_success(tk._("Question and answer are on the dataset's page."))
            else:
                tk.h.flash_success(tk._("The answer is kept and not shown on the dataset's page."))
            return tk.redirect_to("opencohesion_questions.question", question_id=question_id)
    page = tk.render(
        "opencohesion_stewardship/questions/question.html",
        {"question": found, "values": values, "errors": errors},
    )
    return page, 400 if errors else 200


opencohesion_questions.add_url_rule("/dataset/<id>/ask", "ask", ask, methods=["GET", "POST"])
opencohesion_questions.add_url_rule("/dashboard/questions", "inbox", inbox)
opencohesion_questions.add_url_rule(
    "/dashboard/questions/<question_id>", "question", question, methods=["GET", "POST"]
)
