"""Actions on the office's parts of editorial pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from . import pages, parts

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
        user = model.User.get(str(context["user"]))
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
