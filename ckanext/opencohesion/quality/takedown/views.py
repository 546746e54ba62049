"""The pages of take-downs: the form for who may, the public log for everyone."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from flask import Blueprint

from ckanext.opencohesion.quality.actions import MAX_REASON_CHARS, MIN_REASON_CHARS
from ckanext.opencohesion.quality.reports.views import context, dataset_of

opencohesion_takedowns = Blueprint("opencohesion_takedowns", __name__)

_PER_PAGE = 20


def take_down(id: str) -> Any:
    """Show the form; say what would be reached; take down when that was confirmed."""
    dataset = dataset_of(id)
    if not authz.is_authorized_boolean("opencohesion_quality_takedown", context(), {"id": dataset["id"]}):
        return tk.abort(
            403, tk._("Only the organization's administrators or the data office may take rows down.")
        )
    if tk.request.method == "GET":
        return _form(dataset, {}, {}, None)
    form = tk.request.form
    values = {name: form.get(name, "") for name in ("resource_id", "column", "lines", "what", "reason")}
    wanted: dict[str, Any] = {
        "id": dataset["id"],
        "resource_id": values["resource_id"],
        "reason": values["reason"],
    }
    if values["what"] == "whole":
        wanted["whole"] = True
    else:
        lines = [line.strip() for line in values["lines"].splitlines() if line.strip()]
        wanted |= {"column": values["column"].strip(), "values": lines}
    confirmed = form.get("confirmed") == "yes"
    try:
        result = tk.get_action("opencohesion_quality_takedown")(
            context(), {**wanted, "dry_run": not confirmed}
        )
    except (tk.ValidationError, tk.ObjectNotFound) as error:
        problems = (
            error.error_dict if isinstance(error, tk.ValidationError) else {"resource_id": [str(error)]}
        )
        return _form(dataset, values, problems, None)
    if not confirmed:
        return _form(dataset, values, {}, result)
    tk.h.flash_success(_outcome(result))
    return tk.redirect_to("opencohesion_takedowns.log")


def _outcome(result: dict[str, Any]) -> str:
    if result["outcome"] is None:
        return tk._(
            "The file without the rows is being checked. The take-down ends by itself; the log tells when."
        )
    if result["outcome"] == "withdrawn":
        return tk._("Taken down. What is left did not pass its checks, so the dataset is no longer public.")
    return tk._("Taken down.")


def _form(
    dataset: dict[str, Any], values: dict[str, Any], errors: dict[str, Any], found: dict[str, Any] | None
) -> str:
    return tk.render(
        "opencohesion_quality/takedown.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "values": values,
            "errors": errors,
            "found": found,
            "least": MIN_REASON_CHARS,
            "most": MAX_REASON_CHARS,
        },
    )


def log() -> str:
    """Show the public log of take-downs."""
    page = tk.h.get_page_number(tk.request.args)
    window = {"limit": _PER_PAGE, "offset": _PER_PAGE * (min(page, 10_000) - 1)}
    found = tk.get_action("opencohesion_quality_takedown_list")(context(), window)
    more = window["offset"] + _PER_PAGE < found["count"]
    return tk.render(
        "opencohesion_quality/takedowns.html", {"log": found["results"], "page": page, "more": more}
    )


opencohesion_takedowns.add_url_rule(
    "/dataset/<id>/quality/takedown", view_func=take_down, methods=["GET", "POST"]
)
opencohesion_takedowns.add_url_rule("/takedowns", view_func=log, methods=["GET"])
