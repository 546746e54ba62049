"""Pages of the report on a dataset: the report, its list to work with, all runs, what changed since the one before."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import Context
from flask import Response, current_app

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking
from ckanext.opencohesion.quality.reports import badge as pictures
from ckanext.opencohesion.quality.reports import files as report_files
from ckanext.opencohesion.quality.reports import findings_table, reports
from ckanext.opencohesion.quality.reports.comparison import Comparison, compare
from ckanext.opencohesion.quality.reports.listing import SEVERITIES
from ckanext.opencohesion.quality.staging import get_staged

_RUNS_SHOWN = 20
_DOWNLOADS = {
    "csv": ("text/csv", lambda rows: findings_table.as_csv(rows, tk._)),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda rows: findings_table.as_xlsx(rows, tk._),
    ),
    "json": ("application/json", findings_table.as_json),
}


def context() -> Context:
    """Return the context of an action that the visitor of the page calls."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}  # pyright: ignore[reportReturnType]


def dataset_of(id: str) -> dict[str, Any]:
    """Return the dataset, or answer 404: who may not see it is not told that it exists."""
    try:
        return tk.get_action("package_show")(context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def may_edit(dataset: dict[str, Any]) -> bool:
    """Say whether the visitor may edit the dataset."""
    return authz.is_authorized_boolean("package_update", context(), {"id": dataset["id"]})


def _report(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return the report that the address asks for (``target`` or ``check``), or answer 404."""
    wanted = {name: tk.request.args[name] for name in ("target", "check") if tk.request.args.get(name)}
    try:
        return tk.get_action("opencohesion_quality_report_show")(context(), {"id": dataset["id"], **wanted})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no report to show."))


def language() -> str:
    """Return the language in which columns are described on this page."""
    return "en" if str(tk.h.lang()).startswith("en") else "it"


def _schemas(dataset: dict[str, Any], *, staged: bool) -> dict[str, str | None]:
    """Return the Table Schema that each resource names, as the change that waits would have it where ``staged``."""
    found = {resource["id"]: resource.get("table_schema") for resource in dataset["resources"]}
    change = get_staged(dataset["id"]) if staged else None
    for resource_id, operation in (change.resources if change else {}).items():
        if "table_schema" in operation.get("values", {}):
            found[resource_id] = operation["values"]["table_schema"]
    return found


def _compared(report: dict[str, Any], files: list[dict[str, Any]]) -> tuple[str, Comparison] | None:
    """Return when the run before ended, and what changed since; None where there was none."""
    present = reports.check_of(report["dataset"], report["id"]) if report["id"] else None
    before = reports.check_before(present) if present else None
    if before is None:
        return None
    earlier = reports.report_of(before, before.target, before.verdict)
    return earlier["finished"], compare(report_files.with_causes(earlier["resources"], tk._), files)


def report(id: str) -> str:
    """Show the report on a dataset: the staged change to its editors when one waits, else the present content."""
    dataset = dataset_of(id)
    found = {**_report(dataset), "dataset": dataset["id"]}
    files = report_files.with_causes(found["resources"], tk._)
    wanted = report_files.Wanted(
        **{name: tk.request.args.get(name, "") for name in ("severity", "column", "file")}
    )
    shown = report_files.shown(
        files, _schemas(dataset, staged=found["target"] == "staged"), wanted, language()
    )
    job = jobs.latest(asking.KIND, dataset["id"])
    edits = may_edit(dataset)
    everything = report_files.shown(files, {}, report_files.Wanted(), language())
    return tk.render(
        "opencohesion_quality/report.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "report": found,
            "earlier": bool(tk.request.args.get("check")),
            "files": shown,
            "wanted": wanted,
            "severities": [one for one in SEVERITIES if any(_has(file, one) for file in files)],
            "columns": report_files.columns(files),
            "file_names": {file["resource_id"]: file["name"] for file in files if file["resource_id"]},
            "kinds": sum(len(file["causes"]) for file in files),
            "error_kinds": sum(_has(file, "error") for file in files),
            "errors": sum(file.errors for file in everything) + len(found["metadata"]),
            "warnings": sum(file.warnings for file in everything),
            "to_decide": sum(file.to_decide for file in everything),
            "may_edit": edits,
            "may_override": authz.is_authorized_boolean(
                "opencohesion_quality_override", context(), {"id": dataset["id"]}
            ),
            "repairs": edits and "opencohesion_repair" in current_app.blueprints,
            "job": job if job and job.state in ("queued", "running") else None,
            "releases": tk.get_action("opencohesion_quality_release_list")(context(), {"id": dataset["id"]}),
            "comparison": _compared(found, files) if edits else None,
            "runs": reports.history(dataset["id"], limit=_RUNS_SHOWN, offset=0) if edits else None,
        },
    )


def _has(file: dict[str, Any], severity: str) -> int:
    return sum(cause.severity == severity for cause in file["causes"])


def findings(id: str, form: str) -> Response:
    """Give all findings that the report shows as a file (``csv``, ``xlsx`` or ``json``), for who mends them."""
    dataset = dataset_of(id)
    return as_file(_report(dataset)["resources"], form, f"{dataset['name']}-quality")


def as_file(resources: list[dict[str, Any]], form: str, name: str) -> Response:
    """Answer with the findings on the resources of a report as a file to save, or 404 for a form that there is not."""
    if form not in _DOWNLOADS:
        return tk.abort(404, tk._("There is no report to show."))
    media_type, write = _DOWNLOADS[form]
    rows = findings_table.rows(report_files.with_causes(resources, tk._))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(write(rows), mimetype=media_type, headers=headers)


def summary(id: str) -> Response:
    """Give the short report on a dataset to programs, as JSON."""
    return Response(json.dumps(_summary(id), ensure_ascii=False, indent=1), mimetype="application/json")


def badge(id: str) -> Response:
    """Give the badge of a dataset's quality as a picture (SVG)."""
    found = _summary(id)
    shown = found["status"] if found["live"] or found["status"] not in ("passed", "overridden") else "held"
    words = {"passed": tk._("checked"), "overridden": tk._("published by decision")}.get(
        shown, tk._("not public yet")
    )
    picture = pictures.badge(tk._("Quality"), words, shown)
    return Response(picture, mimetype="image/svg+xml", headers={"Cache-Control": "no-cache"})


def _summary(id: str) -> dict[str, Any]:
    dataset = dataset_of(id)
    try:
        return tk.get_action("opencohesion_quality_summary")(context(), {"id": dataset["id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no report to show."))


def runs(id: str) -> str:
    """Show all runs of the checks over a dataset, to its editors."""
    dataset = dataset_of(id)
    text = tk.request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if not number:
        return tk.abort(400, tk._("Write a whole number, as in 20."))
    arguments = {"id": dataset["id"], "limit": _RUNS_SHOWN, "offset": (number - 1) * _RUNS_SHOWN}
    try:
        found = tk.get_action("opencohesion_quality_history")(context(), arguments)
    except tk.NotAuthorized:
        return tk.abort(404, tk._("There is no report to show."))
    return tk.render(
        "opencohesion_quality/runs.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "found": found,
            "number": number,
            "last": max(1, -(-found["count"] // _RUNS_SHOWN)),
        },
    )


def progress(id: str) -> dict[str, Any]:
    """Tell how far the check is, for the page that waits for it."""
    dataset = dataset_of(id)
    return how_far(jobs.latest(asking.KIND, dataset["id"]))


def how_far(job: jobs.Job | None) -> dict[str, Any]:
    """Return how far a job is, for the page that waits for it (``progress.js``)."""
    if job is None or not job.active:
        return {"running": False, "done": "", "note": ""}
    step = waits() if job.state == "queued" else job.note
    return {"running": True, "done": step, "note": rows_told(job.done, job.total)}


def waits() -> str:
    """Return in words that a job has not begun."""
    return tk._("Waiting for its turn.")


def rows_told(rows: int, total: int | None) -> str:
    """Return in words how many rows are done, of how many where that is known; nothing where none is."""
    done = tk.h.localised_number(rows)
    if total:
        return tk._("{done} of {total} rows").format(done=done, total=tk.h.localised_number(total))
    return tk.ungettext("{num} row", "{num} rows", rows).format(num=done) if rows else ""
