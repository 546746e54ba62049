"""Actions on the office's parts of editorial pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, ErrorDict

from ckanext.opencohesion.stewardship.questions import rules
from ckanext.opencohesion.stewardship.questions.admission import let_in

from . import feedback, pages, parts

MAX_CHARACTERS = 20_000


def opencohesion_page_part_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Write the office's part of an editorial page, as a new version; the older ones are kept.

    :param page: the page's slug, such as ``privacy``
    :param language: ``it`` or ``en``
    :param text: Markdown, at most 20,000 characters; HTML in it is taken out when it is shown
    """
    tk.check_access("opencohesion_page_part_update", context, data_dict)
    page, language = _page_of(data_dict)
    text = data_dict.get("text")
    if not isinstance(text, str):
        raise tk.ValidationError({"text": [tk._("Write the text of this part")]})
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_CHARACTERS:
        message = tk._("The text is too long: {count} characters, at most {most}")
        raise tk.ValidationError({"text": [message.format(count=len(text), most=MAX_CHARACTERS)]})
    if text != parts.current(page, language):
        user = model.User.get(str(context.get("user")))
        parts.write(page, language, text, user.id if user else "")
        model.Session.commit()
    return {"page": page, "language": language, "text": text}


@tk.side_effect_free
def opencohesion_page_part_history(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every version of the office's part of a page, newest first: ``{text, user_id, created}``."""
    tk.check_access("opencohesion_page_part_history", context, data_dict)
    page, language = _page_of(data_dict)
    return [
        {
            "text": part.text,
            "user_id": part.user_id,
            "created": f"{part.created.isoformat(timespec='seconds')}Z",
        }
        for part in parts.history(page, language)
    ]


def opencohesion_feedback_send(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Report a barrier met on the portal. Needs no account, but the token of an opened form.

    :param text: what does not work, 10 to 4000 characters
    :param place: on which page, with which tool (optional)
    :param email: where the answer is to be sent (optional; deleted when the matter is closed)
    :param form_token: the token of the form, which serves once
    :param website: to be left empty: a trap for programs that fill in every field
    """
    tk.check_access("opencohesion_feedback_send", context, data_dict)
    if data_dict.get("website"):
        raise tk.ValidationError({"website": [tk._("Leave this field empty: it is a trap for programs.")]})
    try:
        rules.clean_question({**data_dict, "kind": "other"})
        let_in(feedback.ABOUT, str(data_dict.get("form_token") or ""))
        feedback.add(data_dict)
    except rules.QuestionError as error:
        refused: ErrorDict = {
            name: [tk._(text).format(**params)] for name, (text, params) in error.errors.items()
        }
        raise tk.ValidationError(refused) from error
    return {"received": True}


@tk.side_effect_free
def opencohesion_feedback_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the reported barriers, open ones first: ``{id, text, place, email, created, closed}``. For administrators."""
    tk.check_access("opencohesion_feedback_list", context, data_dict)
    names = ("id", "text", "place", "email", "created", "closed")
    return [
        {
            name: getattr(one, name).isoformat()
            if name in ("created", "closed") and getattr(one, name)
            else getattr(one, name)
            for name in names
        }
        for one in feedback.listed()
    ]


def opencohesion_feedback_close(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Close a reported barrier and delete the address of who reported it.

    :param id: its number, as a text
    """
    tk.check_access("opencohesion_feedback_close", context, data_dict)
    number = str(tk.get_or_bust(data_dict, "id"))
    user = model.User.get(str(context.get("user")))
    if not (number.isascii() and number.isdigit() and len(number) < 18) or not feedback.close(
        int(number), user.id if user else ""
    ):
        raise tk.ObjectNotFound(tk._("There is no such report."))
    return {"id": int(number), "closed": True}


def _page_of(data_dict: dict[str, Any]) -> tuple[str, str]:
    page, language = data_dict.get("page"), data_dict.get("language")
    if page not in pages.SLUGS or not pages.load(page, "it").has_office_part:
        raise tk.ObjectNotFound(tk._("There is no such page"))
    if language not in pages.LANGUAGES:
        raise tk.ValidationError(
            {
                "language": [
                    tk._("The language is one of: {languages}").format(languages=", ".join(pages.LANGUAGES))
                ]
            }
        )
    return page, language
