"""A file's table as actions: its columns, its rows, sums by column. Free of side effects, so they answer GET too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opencohesion.quality import releases
from ckanext.opencohesion.tables.description import Column, NotShown
from ckanext.opencohesion.tables.errors import QueryError, QueryLimitError
from ckanext.opencohesion.tables.filters import filters_from_json, find_column
from ckanext.opencohesion.tables.query import FUNCTIONS, Selection, Sort, aggregate, read_page

from . import words
from .access import OpenTable, open_table
from .sentences import limit_sentence, reason_sentence, sentence

_MOST_ROWS = 1_000
_USUAL_ROWS = 100
_MOST_CELLS = 100_000
_MOST_GROUPS = 1_000
_USUAL_GROUPS = 100
_MOST_WORDS = 200
_LAST_ROW = 10**9


@tk.side_effect_free
def opencohesion_table_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what is known of a file's table.

    :param id: the resource's id
    :returns: ``{id, rows, table_schema, release, columns, releases}``. A column is ``{name, field, title, description,
        type, unit, required, constraints, filled, distinct, minimum, maximum, example, values, place}``: ``title`` and
        ``description`` by language, ``type`` one of text, integer, number, date; ``values`` ``[{value, rows}]`` where
        they are few. ``releases``: the file's published versions.

    Not found where the file is no table, is not public, or its table is not ready.
    """
    resource, found = _table(context, data_dict, "opencohesion_table_show")
    table = found.description
    dataset = tk.get_action("package_show")(_own(context), {"id": resource["package_id"]})
    versions = [row for row in releases.releases_of(dataset["id"]) if row.resource_id == resource["id"]]
    return {
        "id": resource["id"],
        "rows": table.rows,
        "table_schema": table.table_schema,
        "release": table.release,
        "columns": [_column(found, column) for column in table.columns],
        "releases": [releases.described(row) for row in versions],
    }


@tk.side_effect_free
def opencohesion_table_rows(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return rows of a file's table, in the file's order unless ``sort`` says otherwise.

    :param id: the resource's id
    :param columns: names, as a list or parted by commas; without it all
    :param filters: ``{column: value or [values]}`` or ``[{column, operator, value}]`` with the operators eq, contains,
        starts, ge, le, empty, filled; as JSON text in a GET
    :param q: words that a text column must hold
    :param sort: a column's name, with ``-`` before it for the largest first
    :param offset: rows to leave out at the beginning
    :param limit: rows to return, 100 without it, 1000 at most (fewer of a wide table)
    :returns: ``{total, offset, columns, rows}``; a row is an object by column name, dates ISO, empty cells null
    """
    _, found = _table(context, data_dict, "opencohesion_table_rows")
    with _questions():
        columns = _columns(found, data_dict.get("columns"))
        most = max(1, min(_MOST_ROWS, _MOST_CELLS // len(columns)))
        limit = _whole(data_dict, "limit", min(_USUAL_ROWS, most), most)
        offset = _whole(data_dict, "offset", 0, _LAST_ROW)
        sort = _sort(found, data_dict.get("sort"))
        page = read_page(found.table, columns, _selection(found, data_dict), sort, offset=offset, limit=limit)
    names = [column.name for column in columns]
    rows = [dict(zip(names, map(words.plain_value, row), strict=True)) for row in page.rows]
    return {"total": page.total, "offset": offset, "columns": names, "rows": rows}


@tk.side_effect_free
def opencohesion_table_aggregate(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the rows of a file's table counted, or a column of it summed, by the values of another column.

    :param id: the resource's id
    :param by: the column whose values make the groups; of a column of dates, the years
    :param function: count (without it), sum, avg, min or max
    :param value: the column of numbers to which the function is applied; not for count
    :param filters: as of ``opencohesion_table_rows``
    :param q: as of ``opencohesion_table_rows``
    :param limit: groups to return, largest first; 100 without it, 1000 at most
    :returns: ``{by, function, value, count, rows, total, groups}``: ``count`` of groups, ``total`` of the function over all
        rows, ``groups`` ``[{key, value, rows}]``; the key null stands for empty cells
    """
    _, found = _table(context, data_dict, "opencohesion_table_aggregate")
    with _questions():
        by = find_column(found.description, data_dict.get("by"))
        function = data_dict.get("function") or "count"
        if function not in FUNCTIONS:
            raise tk.ValidationError(
                {"function": [tk._("One of: {names}.").format(names=", ".join(FUNCTIONS))]}
            )
        value = find_column(found.description, data_dict.get("value")) if function != "count" else None
        if value is not None and not value.is_number:
            raise tk.ValidationError({"value": [tk._("This column holds no numbers.")]})
        limit = _whole(data_dict, "limit", _USUAL_GROUPS, _MOST_GROUPS)
        groups = aggregate(found.table, by, value, function, _selection(found, data_dict), limit=limit)
    return {
        "by": by.name,
        "function": function,
        "value": value.name if value else None,
        "count": groups.count,
        "rows": groups.rows,
        "total": words.plain_value(groups.value),
        "groups": [
            {"key": words.plain_value(one.key), "value": words.plain_value(one.value), "rows": one.rows}
            for one in groups.groups
        ],
    }


# -- parts -------------------------------------------------------------------------------------------------------------


def _own(context: Context) -> Context:
    """Return a context for another action of the same caller."""
    own: dict[str, Any] = {
        name: context.get(name) for name in ("user", "auth_user_obj", "ignore_auth") if name in context
    }
    return own  # pyright: ignore[reportReturnType]


def _table(context: Context, data_dict: DataDict, action: str) -> tuple[dict[str, Any], OpenTable]:
    id = tk.get_or_bust(data_dict, "id")
    if not isinstance(id, str):
        raise tk.ValidationError({"id": [tk._("Missing value")]})
    # first: what the caller may not see is not found
    resource = tk.get_action("resource_show")(_own(context), {"id": id})
    tk.check_access(action, context, {"id": id})
    found = open_table(resource)
    if isinstance(found, OpenTable):
        return resource, found
    message = reason_sentence(found) if isinstance(found, NotShown) else tk._("This file is no public table.")
    raise tk.ObjectNotFound(message)


@contextmanager
def _questions() -> Iterator[None]:
    """Tell a question that can not be asked or takes too much as CKAN's validation error."""
    try:
        yield
    except QueryError as error:
        raise tk.ValidationError({"query": [sentence(error)]}) from error
    except QueryLimitError as error:
        raise tk.ValidationError({"query": [limit_sentence(error)]}) from error


def _column(found: OpenTable, column: Column) -> dict[str, Any]:
    field = words.field_of(found.profile, column)
    constraints = dict(field.descriptor.get("constraints", {})) if field else {}
    return {
        "name": column.name,
        "field": column.field,
        "title": {language: words.title(found.profile, column, language) for language in ("it", "en")},
        "description": dict(field.description) if field else {},
        "type": column.type,
        "unit": words.unit(found.profile, column),
        "required": bool(constraints.pop("required", False)),
        "constraints": constraints,
        "filled": column.filled,
        "distinct": column.distinct,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "example": column.example,
        "values": [{"value": value, "rows": rows} for value, rows in column.values]
        if column.values is not None
        else None,
        "place": column.place,
    }


def _columns(found: OpenTable, given: Any) -> tuple[Column, ...]:
    if not given:
        return found.description.columns
    if isinstance(given, str):
        # a label may hold commas itself
        whole = [column for column in found.description.columns if column.name == given]
        names: list[Any] = [given] if whole else [name.strip() for name in given.split(",")]
    elif isinstance(given, list):
        names = given
    else:
        names = [given]
    return tuple(find_column(found.description, name) for name in dict.fromkeys(map(str, names)))


def _selection(found: OpenTable, data_dict: DataDict) -> Selection:
    text = str(data_dict.get("q") or "").strip()
    if len(text) > _MOST_WORDS or "\0" in text:
        raise tk.ValidationError({"q": [tk._("{limit} characters at most.").format(limit=_MOST_WORDS)]})
    return Selection(filters_from_json(found.description, data_dict.get("filters")), text)


def _sort(found: OpenTable, given: Any) -> Sort | None:
    if not given:
        return None
    name = str(given)
    if any(column.name == name for column in found.description.columns):
        return Sort(find_column(found.description, name))
    return Sort(find_column(found.description, name.removeprefix("-")), name.startswith("-"))


def _whole(data_dict: DataDict, name: str, usual: int, most: int) -> int:
    value = data_dict.get(name)
    if value is None or value == "":
        return usual
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        message = tk._("A whole number up to {most}.").format(most=most)
        raise tk.ValidationError({name: [message]})
    return int(text)
