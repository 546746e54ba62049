"""Pages of the gate: the report for the officer, its buttons, and the files that the gate serves."""

from __future__ import annotations

import csv
import io
import logging
import re
from pathlib import PurePath
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import Context
from flask import Blueprint, Response, send_file

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, listing, releases
from ckanext.opencohesion.quality.helpers import opencohesion_when
from ckanext.opencohesion.quality.model import FileVerdict, ResourceFile
from ckanext.opencohesion.quality.object_store import ObjectStorageError
from ckanext.opencohesion.quality.shown import stands_for
from ckanext.opencohesion.quality.uploader import content_store

log = logging.getLogger(__name__)

opencohesion_quality = Blueprint("opencohesion_quality", __name__)


def _context() -> Context:
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}  # pyright: ignore[reportReturnType]


def _dataset(id: str) -> dict[str, Any]:
    """Return the dataset, or answer 404: who may not see it is not told that it exists."""
    try:
        return tk.get_action("package_show")(_context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def _may_edit(dataset: dict[str, Any]) -> bool:
    return authz.is_authorized_boolean("package_update", _context(), {"id": dataset["id"]})


def _report(dataset: dict[str, Any], target: str | None) -> dict[str, Any]:
    arguments = {"id": dataset["id"], **({"target": target} if target else {})}
    try:
        return tk.get_action("opencohesion_quality_report_show")(_context(), arguments)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no report to show."))


def _files(report: dict[str, Any]) -> list[dict[str, Any]]:
    files = []
    for resource in report["resources"]:
        entries = listing.causes(resource, tk._)
        files.append(
            {
                **resource,
                "causes": entries,
                "errors": listing.count(entries, "error"),
                "warnings": listing.count(entries, "warning"),
            }
        )
    return files


def report(id: str) -> str:
    """Show the report on a dataset: the staged change to its editors when one waits, else the present content."""
    dataset = _dataset(id)
    found = _report(dataset, tk.request.args.get("target"))
    job = jobs.latest(asking.KIND, dataset["id"])
    files = _files(found)
    return tk.render(
        "opencohesion_quality/report.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "report": found,
            "files": files,
            "errors": sum(file["errors"] for file in files) + len(found["metadata"]),
            "warnings": sum(file["warnings"] for file in files),
            "may_edit": _may_edit(dataset),
            "may_override": authz.is_authorized_boolean(
                "opencohesion_quality_override", _context(), {"id": dataset["id"]}
            ),
            "job": job if job and job.state in ("queued", "running") else None,
            "releases": tk.get_action("opencohesion_quality_release_list")(_context(), {"id": dataset["id"]}),
        },
    )


def report_table(id: str) -> Response:
    """Give all findings that the report shows as a CSV, for who mends them in a spreadsheet."""
    dataset = _dataset(id)
    found = _report(dataset, tk.request.args.get("target"))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        [tk._(name) for name in ("File", "Severity", "Row", "Column", "Value", "What is wrong", "What to do")]
    )
    for file in _files(found):
        for cause in file["causes"]:
            for one in cause.occurrences:
                values = [file["name"], cause.severity, one.row, one.label, one.cell, one.detail, one.remedy]
                writer.writerow([_inert(value) for value in values])
    name = f"{dataset['name']}-quality.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _inert(value: Any) -> Any:
    """Keep a spreadsheet from running a cell of somebody's file as a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _act(action: str, id: str, done: str, **arguments: Any) -> Any:
    dataset = _dataset(id)
    try:
        tk.get_action(action)(_context(), {"id": dataset["id"], **arguments})
        tk.h.flash_success(done)
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not do this."))
    except tk.ObjectNotFound as error:
        tk.h.flash_error(str(error))
    except tk.ValidationError as error:
        for messages in error.error_dict.values():
            for message in messages if isinstance(messages, list) else [messages]:
                tk.h.flash_error(str(message))
    return tk.redirect_to("opencohesion_quality.report", id=dataset["name"])


def check(id: str) -> Any:
    """Have the dataset checked again."""
    return _act("opencohesion_quality_check", id, tk._("The check has been asked for."))


def discard(id: str) -> Any:
    """Throw the waiting change away."""
    done = tk._("The change has been thrown away. What is public is as it was.")
    return _act("opencohesion_quality_staged_discard", id, done)


def override(id: str) -> Any:
    """Publish against the verdict."""
    done = tk._("Your decision has been recorded and is shown with the dataset.")
    return _act("opencohesion_quality_override", id, done, reason=tk.request.form.get("reason", ""))


def progress(id: str) -> dict[str, Any]:
    """Tell how far the check is, for the page that waits for it."""
    dataset = _dataset(id)
    job = jobs.latest(asking.KIND, dataset["id"])
    running = bool(job and job.state in ("queued", "running"))
    done = f"{job.done}/{job.total}" if job and job.total else ""
    return {"running": running, "done": done, "note": job.note if job else ""}


def _send(sha256: str, filename: str, media_type: str | None) -> Response:
    """Answer with a file of the store: always as a download, so that no browser runs what somebody uploaded."""
    response = send_file(
        content_store().path(sha256),
        mimetype=_harmless_type(media_type or ""),
        as_attachment=True,
        download_name=PurePath(filename).name,
        conditional=True,
        etag=sha256,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _harmless_type(media_type: str) -> str:
    """The type a file is served as. A page of ours that somebody wrote a <script> into could load an uploaded script:
    the Content-Security-Policy lets scripts of the portal run, and browsers do not mind that they are downloads."""
    if not media_type:
        return "application/octet-stream"
    return "text/plain" if re.search("script|json-?p", media_type, re.IGNORECASE) else media_type


def make_harmless(response: Response) -> Response:
    """Have CKAN's own download page, too, give files as downloads only: an uploaded page must not run as ours."""
    if (tk.request.endpoint or "").endswith("resource.download") and response.status_code < 300:
        if not response.headers.get("Content-Disposition", "").startswith("attachment"):
            name = PurePath(str((tk.request.view_args or {}).get("filename") or "file")).name
            response.headers.set("Content-Disposition", "attachment", filename=name)
        response.mimetype = _harmless_type(response.mimetype or "")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"
    return response


def files_away(error: ObjectStorageError) -> tuple[str, int]:
    """Say that the files can not be had for the moment, in place of CKAN's page for errors in the code."""
    log.error("%s", error)
    message = tk._("The portal can not reach its files at the moment. Please try again later.")
    return tk.render("error_document_template.html", {"code": 503, "content": message, "name": ""}), 503


def _media_type(sha256: str) -> str | None:
    return model.Session.scalar(
        sa.select(FileVerdict.media_type).where(FileVerdict.sha256 == sha256).limit(1)
    )


def checked_copy(id: str, resource_id: str, filename: str) -> Response:
    """Serve the checked copy of a linked file (and of an uploaded one) to whoever may see the dataset."""
    dataset = _dataset(id)
    resource = next((r for r in dataset["resources"] if r["id"] == resource_id), None)
    row = model.Session.get(ResourceFile, resource_id) if resource else None
    if resource is None or row is None or not stands_for(resource, row):
        return tk.abort(404, tk._("There is no such file."))
    return _send(row.sha256, row.filename, _media_type(row.sha256))


def release(id: str, resource_id: str, number: int, filename: str) -> Response:
    """Serve a published version of a file: it stays public as long as its dataset is; of one taken down, say so (410)."""
    dataset = _dataset(id)
    row = releases.release_of(dataset["id"], resource_id, number) if number < 2**31 else None
    if row is None:
        return tk.abort(404, tk._("There is no such file."))
    if row.withdrawn is not None:
        message = tk._("Version {number} of “{file}” was taken down on {date}. Reason: {reason}")
        return tk.abort(
            410,
            message.format(
                number=row.number,
                file=row.filename,
                date=opencohesion_when(row.withdrawn),
                reason=row.withdrawn_reason or "–",
            ),
        )
    return _send(row.sha256, row.filename, row.media_type)


def withdraw(id: str, resource_id: str, number: int) -> Any:
    """Take a published version down."""
    done = tk._("The version has been taken down: its address now says so.")
    return _act(
        "opencohesion_quality_release_withdraw",
        id,
        done,
        resource_id=resource_id,
        number=number,
        reason=tk.request.form.get("reason", ""),
    )


_RULES: list[tuple[str, str, Any, list[str]]] = [
    ("/dataset/<id>/quality", "report", report, ["GET"]),
    ("/dataset/<id>/quality.csv", "report_table", report_table, ["GET"]),
    ("/dataset/<id>/quality/progress", "progress", progress, ["GET"]),
    ("/dataset/<id>/quality/check", "check", check, ["POST"]),
    ("/dataset/<id>/quality/discard", "discard", discard, ["POST"]),
    ("/dataset/<id>/quality/override", "override", override, ["POST"]),
    ("/dataset/<id>/resource/<resource_id>/checked/<filename>", "checked_copy", checked_copy, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/release/<int:number>/<filename>", "release", release, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/release/<int:number>/withdraw", "withdraw", withdraw, ["POST"]),
]
for _rule, _endpoint, _view, _methods in _RULES:
    opencohesion_quality.add_url_rule(_rule, _endpoint, _view, methods=_methods)
