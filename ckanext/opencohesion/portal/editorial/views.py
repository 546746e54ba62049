"""The editorial pages, and the form in which an administrator writes the office's part of one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from . import pages

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


for _slug in pages.SLUGS:
    if _slug != "about":  # CKAN's own address: its template shows our page
        blueprint.add_url_rule(f"/{_slug}", endpoint=_slug, view_func=show, defaults={"slug": _slug})
