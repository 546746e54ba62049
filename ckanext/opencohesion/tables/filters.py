"""Filters on a table's columns: read from what a person or a client wrote, written as SQL with bound values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from ..i18n_marks import N_
from .description import Column, TableDescription
from .errors import QueryError

Operator = Literal["eq", "contains", "starts", "ge", "le", "empty", "filled"]

#: Which operators a column of a type offers, the usual one first.
OPERATORS: dict[str, tuple[Operator, ...]] = {
    "text": ("contains", "eq", "starts", "empty", "filled"),
    "integer": ("eq", "ge", "le", "empty", "filled"),
    "number": ("ge", "le", "eq", "empty", "filled"),
    "date": ("ge", "le", "eq", "empty", "filled"),
}
_WITHOUT_VALUE = ("empty", "filled")
_MOST_FILTERS = 20
_MOST_VALUES = 200
_MOST_CHARACTERS = 500
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")


@dataclass(frozen=True)
class Filter:
    """One condition on a column. ``values`` are typed as the column's; of several, one must hold."""

    column: Column
    operator: Operator
    values: tuple[Any, ...] = ()


def make_filter(table: TableDescription, column: str, operator: str, values: Sequence[Any]) -> Filter:
    """Return the filter that these words mean. Raises QueryError with a sentence for who wrote them."""
    found = find_column(table, column)
    if operator not in OPERATORS[found.type]:
        raise QueryError(
            N_("“{operator}” can not be asked of the column “{column}”."),
            operator=operator,
            column=found.name,
        )
    if operator in _WITHOUT_VALUE:
        return Filter(found, operator)
    if not values:
        raise QueryError(N_("The filter on the column “{column}” needs a value."), column=found.name)
    if len(values) > _MOST_VALUES:
        raise QueryError(N_("At most {limit} values can be asked for at once."), limit=_MOST_VALUES)
    return Filter(found, operator, tuple(parse_value(found, value) for value in values))


def find_column(table: TableDescription, name: Any) -> Column:
    """Return the column of this name. Raises QueryError."""
    try:
        return table.column(name)
    except KeyError:
        shown = str(name)[:80]
        raise QueryError(N_("The table has no column “{column}”."), column=shown) from None


def filters_from_json(table: TableDescription, given: Any) -> tuple[Filter, ...]:
    """Return the filters of an API call.

    ``given``: ``{column: value or [values]}`` or ``[{column, operator, value}]``, or either as JSON text. Raises QueryError.
    """
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise QueryError(N_("The filters are not written as JSON.")) from None
    if not given:
        return ()
    if isinstance(given, Mapping):
        items = [{"column": name, "operator": "eq", "value": value} for name, value in given.items()]
    elif isinstance(given, list) and all(isinstance(item, Mapping) for item in given):
        items = given
    else:
        raise QueryError(
            N_("Filters are an object of columns and values, or a list of column, operator and value.")
        )
    check_count(len(items))
    return tuple(
        make_filter(table, item.get("column"), str(item.get("operator", "eq")), _values(item.get("value")))  # pyright: ignore[reportArgumentType]
        for item in items
    )


def check_count(filters: int) -> None:
    """Raise QueryError where there are more filters than a table answers."""
    if filters > _MOST_FILTERS:
        raise QueryError(N_("At most {limit} filters can be set at once."), limit=_MOST_FILTERS)


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def parse_value(column: Column, value: Any) -> Any:
    """Return a value written by a person (``1.234,50``, ``31/12/2024``) or a program as the column's type.

    Raises QueryError.
    """
    text = str(value).strip() if not isinstance(value, str) or column.type != "text" else value
    if len(text) > _MOST_CHARACTERS or "\0" in text or isinstance(value, dict | list):
        raise QueryError(N_("The value for the column “{column}” can not be looked for."), column=column.name)
    if column.type == "text":
        return text
    parsed = _date(text) if column.type == "date" else _number(text, whole=column.type == "integer")
    if parsed is None:
        message = (
            N_("“{value}” is not a date: write it like 31/12/2024.")
            if column.type == "date"
            else N_("“{value}” is not a number: write it like 1234,50.")
        )
        raise QueryError(message, value=text[:80])
    return parsed


def _number(text: str, *, whole: bool) -> Decimal | None:
    """Return the number, thousands marks taken out; ``1.234`` is 1234 only where whole numbers stand."""
    plain = text.replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(plain) and (whole or plain.count(".") > 1):
        plain = plain.replace(".", "")
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _date(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


# -- SQL ---------------------------------------------------------------------------------------------------------------


def where_sql(filters: Sequence[Filter], words: str, columns: Sequence[Column]) -> tuple[str, list[Any]]:
    """Return a condition and the values to bind in it."""
    conditions: list[str] = []
    bound: list[Any] = []
    for one in filters:
        condition, values = _condition(one)
        conditions.append(condition)
        bound += values
    if words:
        texts = [column.sql for column in columns if column.type == "text"]
        conditions.append(
            f"({' OR '.join(f'contains(lower({name}), lower(?))' for name in texts)})" if texts else "false"
        )
        bound += [words] * len(texts)
    return " AND ".join(conditions) or "true", bound


def _condition(one: Filter) -> tuple[str, list[Any]]:
    name = one.column.sql
    if one.operator == "empty":
        return f"{name} IS NULL", []
    if one.operator == "filled":
        return f"{name} IS NOT NULL", []
    form = {
        "eq": f"{name} = ?",
        "ge": f"{name} >= ?",
        "le": f"{name} <= ?",
        "contains": f"contains(lower({name}), lower(?))",
        "starts": f"starts_with(lower({name}), lower(?))",
    }[one.operator]
    return f"({' OR '.join([form] * len(one.values))})", list(one.values)
