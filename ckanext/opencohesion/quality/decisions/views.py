"""The page on which a named person decides on what awaits a decision, and the file that they have to look at."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from flask import Blueprint, Response

from ckanext.opencohesion.quality.actions import MAX_REASON_CHARS, MIN_REASON_CHARS
from ckanext.opencohesion.quality.datasets import file_of
from ckanext.opencohesion.quality.decisions import decisions
from ckanext.opencohesion.quality.decisions.actions import finding_name
from ckanext.opencohesion.quality.model import ResourceFile
from ckanext.opencohesion.quality.personal.legal_bases import LEGAL_BASES, OTHER
from ckanext.opencohesion.quality.reports import reports
from ckanext.opencohesion.quality.reports.views import context, dataset_of
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.views import send_stored
from ckanext.opencohesion.quality.wording.words import UNKNOWN, WORDS

opencohesion_decisions = Blueprint("opencohesion_decisions", __name__)

_AUTH = {"review": "opencohesion_quality_review_decide", "approval": "opencohesion_quality_approve"}


def review(id: str) -> Any:
    """Show what awaits a decision, with the form of it for who may decide; take the decision."""
    dataset = dataset_of(id)
    if not authz.is_authorized_boolean("opencohesion_quality_staged_show", context(), {"id": dataset["id"]}):
        return tk.abort(403, tk._("You may not do this."))
    if tk.request.method == "POST":
        return _decide(dataset)
    return _form(dataset, {}, {})


def _form(dataset: dict[str, Any], values: dict[str, Any], errors: dict[str, Any]) -> str:
    waiting = decisions.decidable(dataset["id"])
    check = reports.newest_check(dataset["id"], waiting.target) if waiting else None
    findings = decisions.review_findings_of_check(check) if check and waiting else []
    names = {entry["resource_id"]: entry["name"] for entry in check.resources} if check else {}
    kind = waiting.kind if waiting else None
    return tk.render(
        "opencohesion_quality/review.html",
        {
            "pkg_dict": dataset,
            "dataset_type": dataset["type"],
            "waiting": waiting,
            "check": check,
            "files": _files(dataset, waiting.target if waiting else "current"),
            "findings": [_told(finding, names) for finding in findings] if kind == "review" else [],
            "may_decide": bool(kind)
            and authz.is_authorized_boolean(_AUTH[kind or "approval"], context(), {"id": dataset["id"]}),
            "bases": {code: tk._(title) for code, title in LEGAL_BASES.items()},
            "other": OTHER,
            "least": MIN_REASON_CHARS,
            "most": MAX_REASON_CHARS,
            "values": values,
            "errors": errors,
            "decisions": decisions.decisions_of(dataset["id"], public=False),
        },
    )


def _told(finding: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    words = WORDS.get(finding["code"], UNKNOWN)
    return {
        **finding,
        "name": finding_name(finding),
        "title": tk._(words.title),
        "file": names.get(finding["resource_id"]),
    }


def _files(dataset: dict[str, Any], target: str) -> list[dict[str, str]]:
    """Return the files that are to be judged, as links: those of the change that waits, or the present ones."""
    found = []
    for resource_id, (_, filename) in _stored(dataset, target).items():
        url = tk.url_for(
            "opencohesion_decisions.waiting_file",
            id=dataset["name"],
            resource_id=resource_id,
            filename=filename,
        )
        found.append({"url": url, "filename": filename})
    return found


def _stored(dataset: dict[str, Any], target: str) -> dict[str, tuple[str, str]]:
    staged = get_staged(dataset["id"]) if target == "staged" else None
    if staged is not None:
        return {
            resource_id: (operation["file"]["sha256"], operation["file"]["filename"])
            for resource_id, operation in staged.resources.items()
            if operation["op"] == "put" and operation.get("file")
        }
    rows: dict[str, ResourceFile | None] = {r["id"]: file_of(r) for r in dataset["resources"]}
    return {key: (row.sha256, row.filename) for key, row in rows.items() if row is not None}


def _decide(dataset: dict[str, Any]) -> Any:
    form = tk.request.form
    accept = form.get("answer") == "yes"
    values: dict[str, Any] = {
        "id": dataset["id"],
        "check": form.get("check", ""),
        "reason": form.get("reason", ""),
    }
    if form.get("kind") == "review":
        action = "opencohesion_quality_review_decide"
        values |= {
            "accept": accept,
            "basis": form.get("basis", ""),
            "basis_text": form.get("basis_text", ""),
            "findings": form.getlist("findings"),
        }
    else:
        action = "opencohesion_quality_approve" if accept else "opencohesion_quality_send_back"
    try:
        result = tk.get_action(action)(context(), values)
    except tk.NotAuthorized as error:
        return tk.abort(403, getattr(error, "message", None) or tk._("You may not do this."))
    except tk.ValidationError as error:
        return _form(dataset, values, error.error_dict)
    if not accept:
        tk.h.flash_success(tk._("It has gone back to the officer, with your reason."))
    elif result["status"] == decisions.AWAITING:
        tk.h.flash_success(tk._("Your decision has been recorded. Something else still awaits a decision."))
        return tk.redirect_to("opencohesion_decisions.review", id=dataset["name"])
    else:
        tk.h.flash_success(tk._("Your decision has been recorded and is shown with the dataset."))
    return tk.redirect_to("opencohesion_quality.report", id=dataset["name"])


def waiting_file(id: str, resource_id: str, filename: str) -> Response:
    """Send the file that is to be judged to who may edit the dataset or decide on it."""
    dataset = dataset_of(id)
    if not authz.is_authorized_boolean("opencohesion_quality_staged_show", context(), {"id": dataset["id"]}):
        return tk.abort(404, tk._("There is no such file."))
    staged = _stored(dataset, "staged")
    found = staged.get(resource_id) or _stored(dataset, "current").get(resource_id)
    if found is None:
        return tk.abort(404, tk._("There is no such file."))
    return send_stored(found[0], found[1], None)


opencohesion_decisions.add_url_rule("/dataset/<id>/quality/review", view_func=review, methods=["GET", "POST"])
opencohesion_decisions.add_url_rule(
    "/dataset/<id>/quality/waiting/<resource_id>/<filename>", view_func=waiting_file, methods=["GET"]
)
