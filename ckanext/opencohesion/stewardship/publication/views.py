"""The page on which an officer plans a publication."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.opencohesion.stewardship.pages import context, editable, tell

opencohesion_publication = Blueprint("opencohesion_publication", __name__)


def page(id: str) -> Any:
    """Show the form, and what is planned."""
    dataset = editable(id)
    planned = tk.get_action("opencohesion_publication_schedule_show")(context(), {"id": dataset["id"]})
    return tk.render(
        "opencohesion_stewardship/schedule.html",
        {"pkg_dict": dataset, "dataset_type": dataset["type"], "planned": planned},
    )


def plan(id: str) -> Any:
    """Plan the publication, or move it."""
    dataset = editable(id)
    at = f"{tk.request.form.get('day', '')}T{tk.request.form.get('time', '')}"
    try:
        tk.get_action("opencohesion_publication_schedule")(context(), {"id": dataset["id"], "at": at})
        tk.h.flash_success(tk._("The publication is planned."))
    except tk.ValidationError as error:
        tell(error)
    return tk.redirect_to("opencohesion_publication.page", id=dataset["name"])


def call_off(id: str) -> Any:
    """Call the publication off, or publish at once."""
    dataset = editable(id)
    now = tk.request.form.get("publish_now") == "yes"
    try:
        arguments = {"id": dataset["id"], "publish_now": now}
        tk.get_action("opencohesion_publication_unschedule")(context(), arguments)
        tk.h.flash_success(
            tk._("It becomes public as soon as it has passed the checks.")
            if now
            else tk._("The publication has been called off.")
        )
    except tk.ObjectNotFound as error:
        tk.h.flash_error(str(error))
    except tk.ValidationError as error:
        tell(error)
    return tk.redirect_to(f"{dataset['type']}.read", id=dataset["name"])


opencohesion_publication.add_url_rule("/dataset/<id>/schedule", view_func=page, methods=["GET"])
opencohesion_publication.add_url_rule("/dataset/<id>/schedule", view_func=plan, methods=["POST"])
opencohesion_publication.add_url_rule("/dataset/<id>/schedule/call-off", view_func=call_off, methods=["POST"])
