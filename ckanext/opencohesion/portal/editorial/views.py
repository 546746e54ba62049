"""The editorial pages, and the form in which an administrator writes the office's part of one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opencohesion.stewardship.questions import guard, rules

from . import feedback, pages

blueprint = Blueprint("opencohesion_pages", __name__)


def show(slug: str) -> str:
    """Show an editorial page."""
    return tk.render("opencohesion/editorial/page.html", {"slug": slug})


@blueprint.route("/pages/<slug>/<language>/edit", methods=["GET", "POST"])
def edit(slug: str, language: str) -> Any:
    """Let an administrator write the office's part of a page."""
    data = {"page": slug, "language": language}
    try:
        history = tk.get_action("opencohesion_page_part_history")({}, data)
    except tk.NotAuthorized as refusal:
        return tk.abort(403, str(refusal.message))
    except (tk.ObjectNotFound, tk.ValidationError):
        return tk.abort(404, tk._("There is no such page"))
    text, errors = history[0]["text"] if history else "", {}
    if tk.request.method == "POST":
        text = tk.request.form.get("text", "")
        try:
            tk.get_action("opencohesion_page_part_update")({}, {**data, "text": text})
        except tk.ValidationError as refusal:
            errors = refusal.error_dict
        else:
            tk.h.flash_success(tk._("The page was changed"))
            endpoint = "home.about" if slug == "about" else f"opencohesion_pages.{slug}"
            return tk.redirect_to(endpoint, locale=language)
    shown = {
        **data,
        "title": pages.load(slug, language).title,
        "text": text,
        "errors": errors,
        "history": history,
    }
    return tk.render("opencohesion/editorial/edit.html", shown)


@blueprint.route("/accessibilita/segnala", methods=["GET", "POST"])
def feedback_form() -> Any:
    """Let a visitor report an accessibility barrier."""
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    if tk.request.method == "POST":
        values = dict(tk.request.form.items())
        try:
            tk.get_action("opencohesion_feedback_send")({"user": tk.current_user.name}, values)
        except tk.ValidationError as refusal:
            errors = refusal.error_dict
        else:
            tk.h.flash_success(tk._("Thank you: the office has received your report."))
            return tk.redirect_to("opencohesion_pages.accessibilita")
    token = guard.new_token(tk.config["SECRET_KEY"], feedback.ABOUT)
    shown = {"errors": errors, "values": values, "form_token": token, "text_chars": rules.TEXT_CHARS}
    return tk.render("opencohesion/editorial/feedback_form.html", shown), 400 if errors else 200


@blueprint.route("/accessibilita/segnalazioni", methods=["GET", "POST"])
def feedback_list() -> Any:
    """Show the portal's administrators what visitors reported, and let them close it."""
    try:
        if tk.request.method == "POST":
            tk.get_action("opencohesion_feedback_close")({}, {"id": tk.request.form.get("id", "")})
            return tk.redirect_to("opencohesion_pages.feedback_list")
        reports = tk.get_action("opencohesion_feedback_list")({}, {})
    except tk.NotAuthorized as refusal:
        return tk.abort(403, str(refusal.message))
    except tk.ObjectNotFound as missing:
        return tk.abort(404, str(missing.message))
    return tk.render("opencohesion/editorial/feedback_list.html", {"reports": reports})


for _slug in pages.SLUGS:
    if _slug != "about":  # CKAN's own address: its template shows our page
        blueprint.add_url_rule(f"/{_slug}", endpoint=_slug, view_func=show, defaults={"slug": _slug})
