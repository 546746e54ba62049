"""The pages of the repairs of one file: ``/dataset/<id>/quality/repair/<resource_id>?repair=zeros&repair=cup``.

What is ticked stands in the address; what is applied is what was looked at, and for that very file only.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from flask import Blueprint, Response, send_file

from ...quality.model import FileRepair
from ...quality.repair import records
from ...quality.repair.mend import last_job
from ...quality.reports.views import context, dataset_of, how_far
from ...quality.storage.uploader import content_store
from .visible import has_marks, visible

opencohesion_repair = Blueprint("opencohesion_repair", __name__)


def _edited(id: str) -> dict[str, Any]:
    """Return a dataset that the user may change, or answer 404: who may not is not told what is wrong with its file."""
    dataset = dataset_of(id)
    if not authz.is_authorized_boolean("package_update", context(), {"id": dataset["id"]}):
        return tk.abort(404, tk._("Dataset not found"))
    return dataset


def page(id: str, resource_id: str) -> str:
    """Show what each repair would change, and what was mended before."""
    dataset = _edited(id)
    asked = tk.request.args.getlist("repair")
    last = last_job(dataset["id"], resource_id)
    job = last if last and last.active else None
    found = None if job else _preview(dataset, resource_id, asked)
    earlier = [row for row in records.repairs_of_dataset(dataset["id"]) if row.resource_id == resource_id]
    return tk.render(
        "opencohesion/repair/page.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "resource_id": resource_id,
            "found": found,
            "marks": found is not None and _with_visible_blanks(found),
            "job": job,
            "failed": last if last and last.state == "failed" else None,
            "earlier": [records.described(row) for row in reversed(earlier)],
            "standing": tk.h.opencohesion_quality_standing(dataset),
        },
    )


def _preview(dataset: dict[str, Any], resource_id: str, asked: list[str]) -> dict[str, Any]:
    arguments: dict[str, Any] = {"id": dataset["id"], "resource_id": resource_id}
    if asked or "looked" in tk.request.args:
        arguments["repairs"] = asked
    if sheet := tk.request.args.get("sheet"):
        arguments["sheet"] = sheet
    try:
        return tk.get_action("opencohesion_quality_repair_preview")(context(), arguments)
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such file."))
    except tk.ValidationError:
        return tk.abort(400, tk._("There is no such repair."))


def _with_visible_blanks(found: dict[str, Any]) -> bool:
    """Make visible what nobody sees in the values; say whether there was any."""
    samples = [sample for offer in found["offers"] for sample in offer["samples"]]
    for sample in samples:
        for side in ("before", "after"):
            sample[side] = visible(sample[side])
    return any(has_marks(sample[side]) for sample in samples for side in ("before", "after"))


def apply(id: str, resource_id: str) -> Any:
    """Mend the file as it was looked at."""
    dataset = _edited(id)
    sent = tk.request.form
    arguments = {
        "id": dataset["id"],
        "resource_id": resource_id,
        "repairs": sent.getlist("repair"),
        "sha256": sent.get("sha256", ""),
        "sheet": sent.get("sheet") or None,
    }
    back = {"id": dataset["name"], "resource_id": resource_id}
    try:
        made = tk.get_action("opencohesion_quality_repair_apply")(context(), arguments)
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not do this."))
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such file."))
    except tk.ValidationError as error:
        for messages in error.error_dict.values():
            for message in messages if isinstance(messages, list) else [messages]:
                tk.h.flash_error(str(message))
        return tk.redirect_to("opencohesion_repair.page", **back)
    if made["job_id"]:
        return tk.redirect_to("opencohesion_repair.page", **back)
    told = tk.ungettext(
        "The file was mended ({num} change) and checked again.",
        "The file was mended ({num} changes) and checked again.",
        made["changes"],
    )
    tk.h.flash_success(told.format(num=tk.h.localised_number(made["changes"])))
    return tk.redirect_to("opencohesion_quality.report", id=dataset["name"])


def progress(id: str, resource_id: str) -> dict[str, Any]:
    """Tell how far the repair is, for the page that waits for it."""
    return how_far(last_job(_edited(id)["id"], resource_id))


def changes(id: str, resource_id: str, repair_id: str) -> Response:
    """Serve the log of a repair: to everybody when the version that came of it is public, else to the editors."""
    dataset = dataset_of(id)
    row = _record(dataset, resource_id, repair_id)
    editor = authz.is_authorized_boolean("package_update", context(), {"id": dataset["id"]})
    if not editor and not records.is_public(row):
        return tk.abort(404, tk._("There is no such file."))
    if row.removed is not None:
        return tk.abort(410, tk._("This was removed when the version was taken down."))
    stem = PurePath(row.result_filename).stem
    return _send(row.log_sha256, f"{stem}-changes.csv", "text/csv")


def untouched(id: str, resource_id: str, repair_id: str) -> Response:
    """Serve the file as it was before a repair, to the dataset's editors only: it may hold personal data."""
    dataset = _edited(id)
    row = _record(dataset, resource_id, repair_id)
    if row.removed is not None:
        return tk.abort(410, tk._("This was removed when the version was taken down."))
    response = _send(row.source_sha256, row.source_filename, "application/octet-stream")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _record(dataset: dict[str, Any], resource_id: str, repair_id: str) -> FileRepair:
    row = records.repair_of(dataset["id"], resource_id, repair_id)
    return row if row is not None else tk.abort(404, tk._("There is no such file."))


def _send(sha256: str, filename: str, media_type: str) -> Response:
    response = send_file(
        content_store().path(sha256),
        mimetype=media_type,
        as_attachment=True,
        download_name=PurePath(filename).name,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


_RULES: list[tuple[str, str, Any, list[str]]] = [
    ("/dataset/<id>/quality/repair/<resource_id>", "page", page, ["GET"]),
    ("/dataset/<id>/quality/repair/<resource_id>", "apply", apply, ["POST"]),
    ("/dataset/<id>/quality/repair/<resource_id>/progress", "progress", progress, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/repair/<repair_id>/changes.csv", "changes", changes, ["GET"]),
    ("/dataset/<id>/resource/<resource_id>/repair/<repair_id>/untouched", "untouched", untouched, ["GET"]),
]
for _rule, _endpoint, _view, _methods in _RULES:
    opencohesion_repair.add_url_rule(_rule, _endpoint, _view, methods=_methods)
