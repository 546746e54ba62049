"""Pages of the gate: the buttons of the report (``reports.views``), and the files that the gate serves."""

from __future__ import annotations

import logging
import re
from pathlib import PurePath
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import Blueprint, Response, send_file

from ckanext.opencohesion.quality import releases
from ckanext.opencohesion.quality.helpers import opencohesion_when
from ckanext.opencohesion.quality.model import FileVerdict, ResourceFile
from ckanext.opencohesion.quality.reports import views as report_views
from ckanext.opencohesion.quality.reports.views import context, dataset_of
from ckanext.opencohesion.quality.shown import stands_for
from ckanext.opencohesion.quality.storage.object_store import ObjectStorageError
from ckanext.opencohesion.quality.storage.uploader import content_store

log = logging.getLogger(__name__)

opencohesion_quality = Blueprint("opencohesion_quality", __name__)


def _act(action: str, id: str, done: str, **arguments: Any) -> Any:
    dataset = dataset_of(id)
    try:
        tk.get_action(action)(context(), {"id": dataset["id"], **arguments})
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


def send_stored(sha256: str, filename: str, media_type: str | None) -> Response:
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
    dataset = dataset_of(id)
    resource = next((r for r in dataset["resources"] if r["id"] == resource_id), None)
    row = model.Session.get(ResourceFile, resource_id) if resource else None
    if resource is None or row is None or not stands_for(resource, row):
        return tk.abort(404, tk._("There is no such file."))
    return send_stored(row.sha256, row.filename, _media_type(row.sha256))


def release(id: str, resource_id: str, number: int, filename: str) -> Response:
    """Serve a published version of a file: it stays public as long as its dataset is; of one taken down, say so (410)."""
    dataset = dataset_of(id)
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
    return send_stored(row.sha256, row.filename, row.media_type)


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
    ("/dataset/<id>/quality", "report", report_views.report, ["GET"]),
    ("/dataset/<id>/quality.<form>", "findings", report_views.findings, ["GET"]),
    ("/dataset/<id>/quality/runs", "runs", report_views.runs, ["GET"]),
    ("/dataset/<id>/quality/summary.json", "summary", report_views.summary, ["GET"]),
    ("/dataset/<id>/quality/badge.svg", "badge", report_views.badge, ["GET"]),
    ("/dataset/<id>/quality/progress", "progress", report_views.progress, ["GET"]),
    ("/dataset/<id>/quality/check", "check", check, ["POST"]),
    ("/dataset/<id>/quality/discard", "discard", discard, ["POST"]),
    ("/dataset/<id>/quality/override", "override", override, ["POST"]),
    ("/dataset/<id>/resource/<resource_id>/checked/<filename>", "checked_copy", checked_copy, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/release/<int:number>/<filename>", "release", release, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/release/<int:number>/withdraw", "withdraw", withdraw, ["POST"]),
]
for _rule, _endpoint, _view, _methods in _RULES:
    opencohesion_quality.add_url_rule(_rule, _endpoint, _view, methods=_methods)
