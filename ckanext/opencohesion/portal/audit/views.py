"""The audit log as a page and as a CSV, for sysadmins."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.opencohesion.stewardship.pages import inert

from .events import EVENTS

blueprint = Blueprint("opencohesion_audit", __name__, url_prefix="/ckan-admin")

ROWS = 100
_FILTERS = ("event", "actor", "object", "since", "until")
_COLUMNS = ("at", "event", "actor", "address", "object_type", "object_id", "object_name", "detail")


def _asked() -> dict[str, str]:
    return {name: tk.request.args[name].strip() for name in _FILTERS if tk.request.args.get(name, "").strip()}


def _found(**paging: int) -> dict[str, Any]:
    try:
        return tk.get_action("opencohesion_audit_list")({}, {**_asked(), **paging})
    except tk.NotAuthorized as refusal:
        return tk.abort(403, str(refusal.message))
    except tk.ValidationError as refusal:
        message = " ".join(
            str(text) for texts in dict[str, Any](refusal.error_dict).values() for text in texts
        )
        return tk.abort(400, message)


@blueprint.route("/audit")
def index() -> str:
    """Show the entries that the filters leave, a page of them."""
    page = tk.request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0
    if number < 1:
        return tk.abort(400, tk._("Give a whole number."))
    found = _found(limit=ROWS, offset=(number - 1) * ROWS)
    shown = {
        "entries": found["entries"],
        "count": found["count"],
        "asked": _asked(),
        "events": {code: tk._(name) for code, name in EVENTS.items()},
        "page": number,
        "pages": max(1, -(-found["count"] // ROWS)),
    }
    return tk.render("opencohesion/audit/index.html", shown)


@blueprint.route("/audit.csv")
def table() -> Response:
    """Give the entries that the filters leave as a CSV."""
    found = _found(limit=10_000)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_COLUMNS)
    for entry in found["entries"]:
        row = {**entry, "detail": json.dumps(entry["detail"], ensure_ascii=False)}
        writer.writerow([inert(str(row[name] or "")) for name in _COLUMNS])
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)
