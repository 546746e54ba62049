"""The counts as open files: raw, by day."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.opencohesion.stewardship.access import reading
from ckanext.opencohesion.stewardship.access.actions import period
from ckanext.opencohesion.stewardship.pages import sentences

opencohesion_access = Blueprint("opencohesion_access", __name__)

HEADER = ("day", "dataset_id", "dataset", "resource_id", "kind", "audience", "count")


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for row in itertools.chain([HEADER], rows):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _csv(rows: Iterable[Iterable[Any]], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(_lines(rows), mimetype="text/csv", headers=headers)


def _wrong(error: Any) -> Response:
    return Response("\n".join(sentences(error.error_dict)), status=400, mimetype="text/plain")


def all_counts() -> Response:
    """Give the daily counts of all public datasets as CSV (``from`` and ``to`` as in the action)."""
    try:
        first, last = period(dict(tk.request.args))
    except tk.ValidationError as error:
        return _wrong(error)
    return _csv(reading.all_daily(first, last), f"access-counts-{first}-{last}.csv")


def dataset_counts(id: str) -> Response:
    """Give the daily counts of one dataset as CSV, to whoever may see them."""
    context: Any = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
    try:
        dataset = tk.get_action("package_show")(context, {"id": id})
        wanted = {
            **{name: tk.request.args[name] for name in ("from", "to") if name in tk.request.args},
            "id": dataset["id"],
        }
        found = tk.get_action("opencohesion_access_counts")(context, wanted)
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))
    except tk.ValidationError as error:
        return _wrong(error)
    rows = (
        (
            day["day"],
            dataset["id"],
            dataset["name"],
            day["resource_id"] or "",
            day["kind"],
            day["audience"],
            day["count"],
        )
        for day in found["days"]
    )
    return _csv(rows, f"{dataset['name']}-access-counts.csv")


opencohesion_access.add_url_rule("/access-counts.csv", view_func=all_counts)
opencohesion_access.add_url_rule("/dataset/<id>/access-counts.csv", view_func=dataset_counts)
