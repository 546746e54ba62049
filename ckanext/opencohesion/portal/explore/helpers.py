"""Template helpers of a file's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import i18n
from flask import Response, after_this_request

from ckanext.opencohesion.quality.model import FileVerdict, ResourceFile
from ckanext.opencohesion.quality.shown import stands_for
from ckanext.opencohesion.tables.description import Column, NotShown
from ckanext.opencohesion.tables.errors import QueryError, QueryLimitError
from ckanext.opencohesion.tables.filters import OPERATORS
from ckanext.opencohesion.tables.places import places_of
from ckanext.opencohesion.vocabularies import boundaries

from . import atlas, chart, page, wanted, words
from .access import OpenTable, open_table
from .sentences import limit_sentence, reason_sentence, sentence


def _language() -> str:
    return "en" if str(i18n.get_lang()).startswith("en") else "it"


def opencohesion_table_facts(resource: dict[str, Any]) -> dict[str, int] | None:
    """Return ``{rows, columns}`` of a resource's file as the gate counted them, None where it is no table."""
    row = model.Session.get(ResourceFile, resource["id"])
    if row is None or not stands_for(resource, row):
        return None
    query = (
        sa.select(FileVerdict.row_count, FileVerdict.column_count)
        .where(FileVerdict.sha256 == row.sha256, FileVerdict.column_count.is_not(None))
        .order_by(FileVerdict.finished.desc())
    )
    found = model.Session.execute(query.limit(1)).first()
    return {"rows": found.row_count or 0, "columns": found.column_count} if found else None


def opencohesion_explore(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a file's page shows of its table, as its address asks; None where there is no table to show.

    ``reason`` tells why a table can not be looked into; ``problem`` what is wrong with the address (the answer is then
    400), and the part that was asked for is left out.
    """
    found = open_table(resource)
    if found is None:
        return None
    if isinstance(found, NotShown):
        return {"reason": reason_sentence(found), "waiting": found.code == "waiting"}
    state, problem, status = wanted.Wanted(), "", 200
    shown: dict[str, Any] = {}
    try:
        state = wanted.read(tk.request.args)
        shown = _part(found, state)
    except QueryError as error:
        problem, status = sentence(error), 400
    except QueryLimitError as error:
        problem, status = limit_sentence(error), 503
    if problem:
        _answer_with(status)
    return {
        "table": found,
        "wanted": state,
        "problem": problem,
        "sections": _sections(found),
        "language": _language(),
        **shown,
    }


def _answer_with(status: int) -> None:
    @after_this_request
    def mark(response: Response) -> Response:
        response.status_code = status
        return response


def _part(found: OpenTable, state: wanted.Wanted) -> dict[str, Any]:
    language = _language()
    if state.section == "columns":
        return {"meanings": page.dictionary(found, language)}
    if state.section == "chart":
        selection = page.selection(found, state)
        drawn = chart.draw(
            found,
            selection,
            by_name=state.by,
            value_name=state.value,
            function_name=state.function,
            top=state.top,
        )
        return {"chart": drawn, "categories": chart.categories(found), "measures": chart.measures(found)}
    if state.section == "map":
        home = (tk.config.get("ckanext.opencohesion.region") or "").strip()
        drawn = atlas.draw(found, state.level, state.value, page.selection(found, state), home)
        return {
            "atlas": drawn,
            "drawing": atlas.drawing(drawn.level, drawn.region) if drawn else None,
            "credit": boundaries.CREDIT,
            "licence_url": boundaries.LICENCE_URL,
        }
    return {
        "rows": page.rows(found, state, language),
        "most_downloaded": tk.config["ckanext.opencohesion.tables.export_rows"],
    }


def _sections(found: OpenTable) -> list[str]:
    offered = ["table", "columns"]
    if chart.usual(found) is not None:
        offered.append("chart")
    if places_of(found.description, found.profile) is not None:
        offered.append("map")
    return offered


def opencohesion_explore_url(
    dataset: dict[str, Any], resource: dict[str, Any], state: wanted.Wanted, fragment: str = "explore"
) -> str:
    """Return the address of a state of a file's page."""
    address = tk.url_for(f"{dataset['type']}_resource.read", id=dataset["name"], resource_id=resource["id"])
    query = urlencode(state.parameters())
    return f"{address}{'?' if query else ''}{query}#{fragment}"


def opencohesion_rows_url(resource: dict[str, Any], state: wanted.Wanted, form: str) -> str:
    """Return the address from which the rows that are shown are downloaded: spreadsheet, csv or json."""
    query = urlencode(state.parameters("show", "page", "size", "by", "value", "function", "top", "level"))
    address = tk.url_for("opencohesion_explore.download", resource_id=resource["id"], form=form)
    return f"{address}{'?' if query else ''}{query}"


def opencohesion_column_title(table: OpenTable, column: Column) -> str:
    """Return a column's name for people, in the page's language."""
    return words.title(table.profile, column, _language())


def opencohesion_operators(column: Column | None = None) -> list[tuple[str, str]]:
    """Return the comparisons that a column offers (without one: all), as (code, words)."""
    codes = OPERATORS[column.type] if column is not None else tuple(words.OPERATORS)
    return [(code, tk._(words.OPERATORS[code])) for code in codes]


def opencohesion_column_type(kind: str) -> str:
    """Return a column's type in words."""
    return tk._(words.TYPES[kind])


def opencohesion_function(name: str) -> str:
    """Return what a function of the chart is called."""
    return tk._(words.FUNCTIONS[name])


def opencohesion_quantity(table: OpenTable, column: Column | None, value: Any, short: bool = False) -> str:
    """Return what a chart or map tells, as people write it: a count where ``column`` is None."""
    money = column is not None and words.unit(table.profile, column) == "EUR"
    if short:
        return words.compact(value, money, _language())
    decimals = 0 if column is None or column.type == "integer" else min(column.decimals, 2)
    return words.quantity(value, money, decimals, _language())


def opencohesion_group_key(column: Column, by_year: bool, value: Any) -> str:
    """Return a group's name: its value as people write it."""
    if value is None:
        return tk._("(empty)")
    return str(value) if by_year else words.shown_value(column, value, _language())
