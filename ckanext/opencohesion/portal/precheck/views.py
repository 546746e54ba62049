"""The page on which a file is tried, and its report: the same as a dataset's."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from flask import Blueprint, Response

from ...quality.helpers import opencohesion_table_schema_choices
from ...quality.reports import files as report_files
from ...quality.reports import listing
from ...quality.reports.views import as_file, context, language, rows_told, waits
from . import trial

opencohesion_precheck = Blueprint("opencohesion_precheck", __name__)

_MEGABYTE = 1 << 20


def precheck() -> Any:
    """Show the form; take a file and check it."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("opencohesion_precheck.precheck"))
    if not authz.is_authorized_boolean("opencohesion_quality_precheck", context(), {}):
        return tk.abort(403, tk._("Only who brings data for an organization can try files here."))
    errors: dict[str, Any] = {}
    schema = (tk.request.form if tk.request.method == "POST" else tk.request.args).get("table_schema", "")
    if tk.request.method == "POST":
        arguments = {"upload": tk.request.files.get("upload"), "table_schema": schema}
        try:
            found = tk.get_action("opencohesion_quality_precheck")(context(), arguments)
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            return tk.redirect_to("opencohesion_precheck.report", id=found["id"])
    page = tk.render(
        "opencohesion/precheck/form.html",
        {
            "errors": errors,
            "schemas": opencohesion_table_schema_choices(),
            "schema": schema or trial.RECOGNISE,
            "most_megabytes": trial.most_bytes() // _MEGABYTE,
        },
    )
    return page, 400 if errors else 200


def shown(id: str) -> dict[str, Any]:
    """Return a file that the visitor tried, or answer 404."""
    try:
        return tk.get_action("opencohesion_quality_precheck_show")(context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such file, or it was tried more than an hour ago."))


def report_of(found: dict[str, Any]) -> dict[str, Any]:
    """Return what the templates need of a tried file's report; nothing where there is none yet."""
    if not found["report"]:
        return {"files": [], "kinds": 0, "columns": [], "severities": []}
    files = report_files.with_causes(found["report"]["resources"], tk._)
    wanted = report_files.Wanted(**{name: tk.request.args.get(name, "") for name in ("severity", "column")})
    causes = files[0]["causes"]
    return {
        "files": report_files.shown(files, {"file": found["table_schema"]}, wanted, language()),
        "wanted": wanted,
        "kinds": len(causes),
        "columns": report_files.columns(files),
        "severities": [one for one in listing.SEVERITIES if any(c.severity == one for c in causes)],
    }


def report(id: str) -> Any:
    """Show what came of a file."""
    found = shown(id)
    return tk.render("opencohesion/precheck/report.html", {"found": found, **report_of(found)})


def progress(id: str) -> dict[str, Any]:
    """Tell how far the check is, for the page that waits for it."""
    found = shown(id)
    running = found["state"] in ("queued", "running")
    step = waits() if found["state"] == "queued" else ""
    return {"running": running, "done": step, "note": rows_told(found["done"] or 0, None)}


def findings(id: str, form: str) -> Response:
    """Give all findings on a file as a file (``csv``, ``xlsx`` or ``json``)."""
    found = shown(id)
    resources = found["report"]["resources"] if found["report"] else []
    return as_file(resources, form, "precheck")


opencohesion_precheck.add_url_rule("/precheck", "precheck", precheck, methods=["GET", "POST"])
opencohesion_precheck.add_url_rule("/precheck/<id>", "report", report)
opencohesion_precheck.add_url_rule("/precheck/<id>/progress", "progress", progress)
opencohesion_precheck.add_url_rule("/precheck/<id>/findings.<form>", "findings", findings)
