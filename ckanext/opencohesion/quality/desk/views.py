"""The page of the desk, and the same list alone for the script that keeps it fresh."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opencohesion.quality.desk.words import STATES, SYMBOLS, VIEWS, share

opencohesion_desk = Blueprint("opencohesion_desk", __name__)

_PER_PAGE = 20


def _asked(**wanted: Any) -> dict[str, Any]:
    """Return what the templates need of the part of the desk that is wanted, or answer 400 or 404."""
    try:
        found = tk.get_action("opencohesion_quality_desk")(
            {"user": tk.current_user.name, "auth_user_obj": tk.current_user},  # pyright: ignore[reportArgumentType]
            wanted,
        )
    except tk.ValidationError as error:
        return tk.abort(400, " ".join(error.error_summary.values()))
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    return {
        "found": found,
        "states": {name: tk._(label) for name, label in STATES.items()},
        "symbols": SYMBOLS,
        "share": share,
    }


def desk() -> Any:
    """Show how the datasets that one answers for stand at the checks, and what to do next."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("opencohesion_desk.desk"))
    text = tk.request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if not number:
        return tk.abort(400, tk._("Write a whole number, as in 20."))
    asked = {name: tk.request.args.get(name, "") for name in ("view", "organization", "q")}
    shown = _asked(**asked, limit=_PER_PAGE, offset=(number - 1) * _PER_PAGE)
    shown |= {
        "asked": {**asked, "view": asked["view"] or "open"},
        "number": number,
        "last": max(1, -(-shown["found"]["count"] // _PER_PAGE)),
        "views": {name: tk._(label) for name, label in VIEWS.items()},
        "busy": any(row["job"] for row in shown["found"]["results"]),
    }
    return tk.render("opencohesion_quality/desk/desk.html", shown)


def rows() -> Any:
    """Give rows of the desk (``ids``, with commas) as they are now, whatever view they were in."""
    if tk.current_user.is_anonymous:
        return tk.abort(403, tk._("You may not do this."))
    ids = [one for one in tk.request.args.get("ids", "").split(",") if one]
    return tk.render("opencohesion_quality/desk/rows.html", _asked(view="all", ids=ids, limit=len(ids)))


opencohesion_desk.add_url_rule("/dashboard/quality", "desk", desk)
opencohesion_desk.add_url_rule("/dashboard/quality/rows", "rows", rows)
