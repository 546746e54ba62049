"""Asking, reading and answering. What the caller may not know of is not found."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.opencohesion.quality.arguments import flag

from . import mail, rules, store
from .admission import let_in
from .model import Question, utcnow

_MOST_PER_PAGE = 100


def _dataset(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the dataset of ``id`` as the caller sees it. Raises ``NotFound`` where they do not see it."""
    asking: Any = {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}
    try:
        return tk.get_action("package_show")(asking, {"id": tk.get_or_bust(data_dict, "id")})
    except tk.NotAuthorized as error:
        raise tk.ObjectNotFound(tk._("Dataset not found")) from error


def _question(context: Context, action: str, data_dict: dict[str, Any]) -> tuple[Question, model.Package]:
    """Return a question that the caller may handle, and its dataset. Raises ``NotFound``."""
    question_id = str(tk.get_or_bust(data_dict, "id"))
    try:
        tk.check_access(action, context, {"id": question_id})
    except tk.NotAuthorized as error:
        raise tk.ObjectNotFound(tk._("There is no such question.")) from error
    question = model.Session.get(Question, question_id)
    package = model.Package.get(question.package_id) if question else None
    if question is None or package is None:
        raise tk.ObjectNotFound(tk._("There is no such question."))
    return question, package


def _refuse(error: rules.QuestionError) -> tk.ValidationError:
    return tk.ValidationError(
        {name: [tk._(sentence).format(**params)] for name, (sentence, params) in error.errors.items()}
    )


def opencohesion_question_ask(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Ask about a dataset or report a mistake in it. Needs no account, but the token of an opened form.

    :param id: the dataset's id or name
    :param kind: ``question``, ``mistake`` or ``other``
    :param text: the question, 10 to 4000 characters
    :param resource_id: the file that it is about (optional)
    :param place: row or column, in words (optional)
    :param email: where the answer is to be sent (optional; never shown)
    :param form_token: the token of the form, which serves once
    :param website: to be left empty: a trap for programs that fill in every field

    :returns: ``{received: true}``: what was written can be read by the office alone
    """
    dataset = _dataset(context, data_dict)
    tk.check_access("opencohesion_question_ask", context, data_dict)
    if data_dict.get("website"):
        raise tk.ValidationError({"website": [tk._("Leave this field empty: it is a trap for programs.")]})
    try:
        values = rules.clean_question(data_dict)
    except rules.QuestionError as error:
        raise _refuse(error) from error
    resource_id = str(data_dict.get("resource_id") or "") or None
    if resource_id and resource_id not in {resource["id"] for resource in dataset["resources"]}:
        raise tk.ValidationError({"resource_id": [tk._("Choose a file of this dataset, or none.")]})
    let_in(dataset["id"], str(data_dict.get("form_token") or ""))
    question = Question(
        package_id=dataset["id"],
        resource_id=resource_id,
        language="en" if tk.h.lang() == "en" else "it",
        **{**values, "email": values["email"] if mail.can_send() else None},
    )
    model.Session.add(question)
    model.Session.flush()
    mail.announce(question)
    model.Session.commit()
    return {"received": True}


@tk.side_effect_free
def opencohesion_question_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions about a dataset that were published with their answers, newest first.

    :param id: the dataset's id or name

    :returns: a list of ``{id, kind, resource_id, text, answer, asked, published}``
    """
    dataset = _dataset(context, data_dict)
    tk.check_access("opencohesion_question_list", context, data_dict)
    return [store.shown_to_all(question) for question in store.published(dataset["id"])]


@tk.side_effect_free
def opencohesion_question_inbox(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the questions about the datasets that the caller answers for.

    :param organization: only those of this organization (id or name; optional)
    :param status: ``open`` (default), ``answered``, ``closed`` or ``all``
    :param limit: how many, 100 at most (default: 20)
    :param offset: how many to leave out first (default: 0)

    :returns: ``{count, results, organizations}``: ``organizations`` are ``{id, name, title, open}`` of all that the
        caller answers for
    """
    tk.check_access("opencohesion_question_inbox", context, data_dict)
    status = data_dict.get("status") or "open"
    if status not in (*rules.STATUSES, "all"):
        raise tk.ValidationError({"status": [tk._("The status is open, answered, closed or all.")]})
    limit, offset = _whole(data_dict, "limit", 20), _whole(data_dict, "offset", 0)
    organizations = tk.get_action("organization_list_for_user")(context, {"permission": "update_dataset"})
    wanted = data_dict.get("organization")
    ids = [o["id"] for o in organizations if not wanted or wanted in (o["id"], o["name"])]
    count, rows = store.inbox(
        ids, None if status == "all" else status, limit=min(limit, _MOST_PER_PAGE), offset=offset
    )
    waiting = store.open_counts(o["id"] for o in organizations)
    return {
        "count": count,
        "results": [store.shown_to_officers(question, package) for question, package in rows],
        "organizations": [
            {"id": o["id"], "name": o["name"], "title": o["display_name"], "open": waiting.get(o["id"], 0)}
            for o in organizations
        ],
    }


@tk.side_effect_free
def opencohesion_question_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return one question, for who answers for its dataset. The visitor's e-mail address is never shown.

    :param id: the question's id
    """
    return store.shown_to_officers(*_question(context, "opencohesion_question_show", data_dict))


def opencohesion_question_answer(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Answer a question, and publish it with its answer if that is wanted; again: correct both, or hide them again.

    Who asked gets the answer by e-mail the first time, where they left an address.

    :param id: the question's id
    :param answer: the answer
    :param publish: whether everyone may read question and answer (default: false)
    :param public_text: the question as everyone may read it, without personal data; needed with ``publish``
    """
    question, package = _question(context, "opencohesion_question_answer", data_dict)
    publish = flag(data_dict, "publish")
    try:
        values = rules.clean_answer(data_dict, publish=publish)
    except rules.QuestionError as error:
        raise _refuse(error) from error
    first = question.answer is None
    question.status, question.closing_reason = "answered", None
    question.answer, question.public_text = values["answer"], values["public_text"]
    question.published = (question.published or utcnow()) if publish else None
    _sign(context, question)
    if first:
        mail.reply(question)
    model.Session.commit()
    return store.shown_to_officers(question, package)


def opencohesion_question_close(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Close a question without publishing it; what was published of it is hidden again.

    :param id: the question's id
    :param reason: why, for the office itself
    """
    question, package = _question(context, "opencohesion_question_close", data_dict)
    try:
        reason = rules.clean_reason(data_dict.get("reason"))
    except rules.QuestionError as error:
        raise _refuse(error) from error
    question.status, question.published, question.closing_reason = "closed", None, reason
    _sign(context, question)
    model.Session.commit()
    return store.shown_to_officers(question, package)


def _sign(context: Context, question: Question) -> None:
    user = model.User.get(context.get("user"))
    question.handled_by, question.handled = user.id if user else None, utcnow()


def _whole(data_dict: dict[str, Any], name: str, default: int) -> int:
    """Return a parameter that is a whole number of 0 or more. Raises ``ValidationError``."""
    text = str(data_dict.get(name, default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise tk.ValidationError({name: [tk._("Write a whole number, as in 20.")]})
    return int(text)
