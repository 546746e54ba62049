"""Pages of the practice corner. What is brought goes through the pre-check and is as private and short-lived."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from flask import Blueprint, Response

from ...quality.reports.views import context
from ..precheck.views import report_of, shown
from . import exercises as practice

opencohesion_practice = Blueprint("opencohesion_practice", __name__)


def _may_practise() -> Any:
    """Return None to who may; else the answer that sends them to log in, or refuses."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.url_for("opencohesion_practice.exercises"))
    if not authz.is_authorized_boolean("opencohesion_quality_precheck", context(), {}):
        return tk.abort(403, tk._("Only who brings data for an organization can try files here."))
    return None


def exercises() -> Any:
    """Show all exercises."""
    return _may_practise() or tk.render(
        "opencohesion/practice/exercises.html", {"exercises": practice.EXERCISES}
    )


def _exercise(name: str) -> practice.Exercise:
    return practice.exercise(name) or tk.abort(404, tk._("There is no such exercise."))


def exercise(name: str) -> Any:
    """Show one exercise; take a mended file and have it checked."""
    refused = _may_practise()
    if refused:
        return refused
    one = _exercise(name)
    errors: dict[str, Any] = {}
    if tk.request.method == "POST":
        arguments = {"upload": tk.request.files.get("upload"), "table_schema": one.table_schema}
        try:
            found = tk.get_action("opencohesion_quality_precheck")(context(), arguments)
        except tk.ValidationError as error:
            errors = error.error_dict
        else:
            return tk.redirect_to("opencohesion_practice.outcome", name=name, id=found["id"])
    page = tk.render("opencohesion/practice/exercise.html", {"one": one, "errors": errors, "found": None})
    return page, 400 if errors else 200


def outcome(name: str, id: str) -> Any:
    """Show whether a file that was brought solves the exercise, and its report."""
    one, found = _exercise(name), shown(id)
    report = found["report"]["resources"][0] if found["report"] else None
    return tk.render(
        "opencohesion/practice/exercise.html",
        {
            "one": one,
            "errors": {},
            "found": found,
            "solved": bool(report) and practice.solved(one, report["verdict"], report["rows"]),
            "rows": report["rows"] if report else None,
            **report_of(found),
        },
    )


def file(name: str, which: str) -> Any:
    """Give the file to mend (``broken``), or a solution (``mended``)."""
    refused = _may_practise()
    if refused:
        return refused
    one = _exercise(name)
    content = {"broken": one.broken, "mended": one.mended}.get(which)
    if content is None:
        return tk.abort(404, tk._("There is no such file."))
    headers = {"Content-Disposition": f'attachment; filename="{one.filename}"'}
    return Response(content(), mimetype="text/csv", headers=headers)


opencohesion_practice.add_url_rule("/practice", "exercises", exercises)
opencohesion_practice.add_url_rule("/practice/<name>", "exercise", exercise, methods=["GET", "POST"])
opencohesion_practice.add_url_rule("/practice/<name>/<which>.csv", "file", file)
opencohesion_practice.add_url_rule("/practice/<name>/report/<id>", "outcome", outcome)
