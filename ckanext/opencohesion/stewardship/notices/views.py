"""The page of one's own notices, and whether they come by mail too."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ..mailing import can_send
from ..pages import context

opencohesion_notices = Blueprint("opencohesion_notices", __name__)

_PER_PAGE = 20


def notices() -> Any:
    """Show the notices of whoever is logged in."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("opencohesion_notices.notices"))
    text = tk.request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if not number:
        return tk.abort(400, tk._("Write a whole number, as in 20."))
    wanted = {"limit": _PER_PAGE, "offset": (number - 1) * _PER_PAGE}
    found = tk.get_action("opencohesion_notice_list")(context(), wanted)
    return tk.render(
        "opencohesion_stewardship/notices.html",
        {
            "found": found,
            "number": number,
            "last": max(1, -(-found["count"] // _PER_PAGE)),
            "can_send": can_send(),
        },
    )


def mark_seen() -> Any:
    """Mark them all as seen."""
    try:
        tk.get_action("opencohesion_notice_mark_seen")(context(), {})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not do this."))
    return tk.redirect_to("opencohesion_notices.notices")


def choose() -> Any:
    """Keep whether they come by mail too."""
    try:
        tk.get_action("opencohesion_notice_choose")(context(), {"mail": "mail" in tk.request.form})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not do this."))
    tk.h.flash_success(tk._("Your choice has been kept."))
    return tk.redirect_to("opencohesion_notices.notices")


opencohesion_notices.add_url_rule("/dashboard/notices", "notices", notices)
opencohesion_notices.add_url_rule("/dashboard/notices/seen", "mark_seen", mark_seen, methods=["POST"])
opencohesion_notices.add_url_rule("/dashboard/notices/mail", "choose", choose, methods=["POST"])
