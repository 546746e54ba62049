"""Downloads of the rows that a file's page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import PurePath
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import Blueprint, Response, stream_with_context

from ckanext.opencohesion.tables.errors import QueryError, QueryLimitError
from ckanext.opencohesion.tables.query import read_all

from . import export, page, wanted
from .access import OpenTable, open_table
from .sentences import limit_sentence, sentence

opencohesion_explore = Blueprint("opencohesion_explore", __name__)

#: A download lasts as long as its reader's line is slow, a page does not.
_SECONDS = 600

Writer = Callable[[list[str], Iterable[Any]], Iterator[str]]
_FORMS: dict[str, tuple[Writer, str, str]] = {
    "spreadsheet": (export.spreadsheet_csv, "text/csv; charset=utf-8", "csv"),
    "csv": (export.plain_csv, "text/csv; charset=utf-8", "csv"),
    "json": (export.json_rows, "application/json", "json"),
}


def download(resource_id: str, form: str) -> Response:
    """Give the rows that filters, words and sort of the address ask for, with the columns it names (else all)."""
    if form not in _FORMS:
        return tk.abort(404, tk._("There is no such file."))
    context: Context = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}  # pyright: ignore[reportAssignmentType]
    try:
        resource = tk.get_action("resource_show")(context, {"id": resource_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Resource not found"))
    table = open_table(resource)
    if not isinstance(table, OpenTable):
        return tk.abort(404, tk._("There is no such file."))
    writer, media_type, suffix = _FORMS[form]
    try:
        state = wanted.read(tk.request.args)
        columns = page.chosen_columns(table, state) if state.columns else table.description.columns
        limit = tk.config["ckanext.opencohesion.tables.export_rows"]
        rows = read_all(
            replace(table.table, seconds=_SECONDS),
            columns,
            page.selection(table, state),
            page.sort(table, state),
            limit,
        )
        rows = chain(
            list(islice(rows, 1)), rows
        )  # what is wrong shows with the first row, while it can be told
    except QueryError as error:
        return tk.abort(400, sentence(error))
    except QueryLimitError as error:
        return tk.abort(503, limit_sentence(error))
    text = writer([column.name for column in columns], rows)
    response = Response(stream_with_context(text), content_type=media_type)
    stem = PurePath(resource.get("url") or "table").stem or "table"
    response.headers.set("Content-Disposition", "attachment", filename=f"{stem}-selection.{suffix}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


opencohesion_explore.add_url_rule(
    "/resource/<resource_id>/rows/<form>", "download", download, methods=["GET"]
)
