"""What a Table Schema says of a column, as DuckDB conditions that clear a cell.

frictionless is the judge; here only those cells are cleared of which it is certain that it finds nothing: values in the
plainest form of their type. Whatever else stands in a cell makes its row a suspect. Read from frictionless 5.21
(``frictionless/fields``, ``frictionless/schema/field.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from frictionless import Field, Schema
from frictionless.fields import BooleanField, NumberField

from ...tables.checks.among import among_sql
from ...tables.typed import literal
from .patterns import common_pattern

# Amounts have fewer digits; a DECIMAL of DuckDB holds these exactly.
_WHOLE_DIGITS = 18
_DECIMALS = 15
_MARKS = frozenset(".,' ")

_CENTURY = "(?:1[0-9]|20)"
_LEAP = "(?:0[48]|[2468][048]|[13579][26])"
# The days that there are, as four kinds of (year, month, day); "?" stands after a zero that may be left out.
_DAYS = (
    (f"{_CENTURY}[0-9]{{2}}", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|1[0-9]|2[0-8])"),
    (f"{_CENTURY}[0-9]{{2}}", "(?:0?[13-9]|1[0-2])", "(?:29|30)"),
    (f"{_CENTURY}[0-9]{{2}}", "(?:0?[13578]|1[02])", "31"),
    (f"(?:{_CENTURY}{_LEAP}|1600|2000)", "0?2", "29"),
)
_DATE_FORMAT = re.compile(r"(?:%[Ymd][-/. ]?){2}%[Ymd]")

_BOUNDS = {"minimum": "<", "maximum": ">"}
_KNOWN = {"required", "unique", "enum", "pattern", "minLength", "maxLength", *_BOUNDS}


class NotScreenableError(Exception):
    """The screen can not say which rows are right; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class FieldSql:
    """A column's conditions."""

    # True where the cell is a missing value, else false.
    missing: str
    # True where the cell may be wrong, else false or NULL.
    suspect: str


def field_sql(field: Field, schema: Schema, cell: str) -> FieldSql:
    """Return the conditions for a column, given the SQL of its cell (NULL where empty). Raises NotScreenableError."""
    constraints = {name: value for name, value in field.constraints.items() if value is not None}
    if unknown := set(constraints) - _KNOWN:
        raise NotScreenableError(f"constraint {min(unknown)}")
    missing, text, said = _missing(field, schema, cell)
    wrong = list(_wrong(field, constraints, text))
    conditions = [missing] if constraints.get("required") else []
    if wrong:
        either = " OR ".join(wrong)
        conditions.append(f"(({either}) AND {text} NOT IN ({said}))" if said else f"({either})")
    return FieldSql(missing, " OR ".join(conditions) or "false")


def key_sql(field: Field, schema: Schema, cell: str) -> tuple[str, str]:
    """Return the SQL of a text that two cells share exactly when their values are equal, NULL for a missing one.

    With it a condition that is true where this is not certain of a cell. Raises NotScreenableError.
    """
    missing, text, _ = _missing(field, schema, cell)
    key = f"CASE WHEN {missing} THEN NULL ELSE {text} END"
    if field.type in ("string", "any"):
        return key, "false"
    forms = {"integer": "0|-?[1-9][0-9]{0,17}", "year": "[0-9]{4}"}
    form = _date_form(field, padded=True) if field.type == "date" else forms.get(field.type)
    if form is None:
        raise NotScreenableError(f"key of type {field.type}")
    return key, f"(NOT {missing} AND NOT regexp_full_match({text}, {literal(form)}))"


def _missing(field: Field, schema: Schema, cell: str) -> tuple[str, str, str]:
    """Return the condition for a missing value, the text of a cell (NULL if that is one), the other missing values."""
    values = set(field.missing_values if field.has_defined("missing_values") else schema.missing_values)
    said = ", ".join(literal(text) for text in sorted(values - {""}))
    among = f"coalesce({cell} IN ({said}), false)" if said else "false"
    if "" in values:
        return (f"({cell} IS NULL OR {among})" if said else f"{cell} IS NULL"), cell, said
    return among, f"coalesce({cell}, '')", said


def _wrong(field: Field, constraints: dict[str, Any], text: str) -> Iterable[str]:
    form = _form(field)
    if form is not None:
        yield f"NOT regexp_full_match({text}, {literal(form)})"
    if isinstance(field, BooleanField):
        yield _not_among([*field.true_values, *field.false_values], text)
    if "enum" in constraints:
        yield _not_among(_texts(field, constraints["enum"]), text)
    if "pattern" in constraints:
        pattern = common_pattern(constraints["pattern"])
        if pattern is None:
            raise NotScreenableError("pattern")
        yield f"NOT regexp_full_match({text}, {literal(pattern)})"
    if "minLength" in constraints:
        yield f"length({text}) < {int(constraints['minLength'])}"
    if "maxLength" in constraints:
        yield f"length({text}) > {int(constraints['maxLength'])}"
    for name, beyond in _BOUNDS.items():
        if name in constraints:
            value, bound = _bound(field, constraints[name], text)
            yield f"{value} {beyond} {bound}"


def _form(field: Field) -> str | None:
    """Return the pattern of the plainest form of the type; None where any text will do."""
    if field.type in ("any", "boolean"):
        return None
    if field.type == "string":
        if field.format != "default":
            raise NotScreenableError(f"format {field.format}")
        return None
    if field.type == "integer":
        return f" *-?[0-9]{{1,{_WHOLE_DIGITS}}} *"
    if field.type == "year":
        return "[0-9]{4}"
    if field.type == "date":
        return _date_form(field, padded=False)
    if isinstance(field, NumberField):
        return _number_form(field)
    raise NotScreenableError(f"type {field.type}")


def _number_form(field: NumberField) -> str:
    mark, group = field.decimal_char, field.group_char
    if mark not in _MARKS or (group and group not in _MARKS) or mark == group:
        raise NotScreenableError("number marks")
    whole = f"[0-9]{{1,{_WHOLE_DIGITS}}}"
    if group:
        whole = f"(?:{whole}|[0-9]{{1,3}}(?:[{group}][0-9]{{3}}){{1,5}})"
    return f" *-?{whole}(?:[{mark}][0-9]{{1,{_DECIMALS}}})? *"


def _date_form(field: Field, *, padded: bool) -> str:
    form = "%Y-%m-%d" if field.format == "default" else field.format
    tokens = ("%Y", "%m", "%d")
    if not _DATE_FORMAT.fullmatch(form) or any(form.count(token) != 1 for token in tokens):
        raise NotScreenableError(f"date format {form}")
    # Without signs between them only two digits tell a month from a day.
    bare = padded or len(form) < len("%Y-%m-%d")
    kinds = []
    for day in _DAYS:
        kind = form.replace(".", "[.]")
        for token, digits in zip(tokens, day, strict=True):
            kind = kind.replace(token, digits.replace("0?", "0") if bare else digits)
        kinds.append(kind)
    return "|".join(kinds)


def _texts(field: Field, values: Iterable[Any]) -> list[str]:
    """Return the texts that surely read as one of an enumeration's values."""
    whole = field.type in ("integer", "number", "year")
    return [
        str(value)
        for value in values
        if isinstance(value, str) or (whole and isinstance(value, int) and not isinstance(value, bool))
    ]


def _not_among(texts: Iterable[str], text: str) -> str:
    return f"NOT {among_sql(text, set(texts))}"


def _bound(field: Field, constraint: Any, text: str) -> tuple[str, str]:
    """Return the SQL of a cell's value and of the bound it is compared with, both exact."""
    bound = field.create_value_reader()(constraint)
    if field.type in ("integer", "year") and isinstance(bound, int) and abs(bound) < 10**_WHOLE_DIGITS:
        return f"TRY_CAST({text} AS BIGINT)", str(bound)
    if isinstance(field, NumberField) and isinstance(bound, int | Decimal):
        exact = Decimal(bound)
        if exact.is_finite() and abs(exact) < 10**_WHOLE_DIGITS and exact == round(exact, _DECIMALS):
            plain = f"replace({text}, {literal(field.group_char)}, '')" if field.group_char else text
            plain = f"replace({plain}, {literal(field.decimal_char)}, '.')"
            decimal = f"DECIMAL(38,{_DECIMALS})"
            return f"TRY_CAST({plain} AS {decimal})", f"CAST('{exact:f}' AS {decimal})"
    if field.type == "date" and isinstance(bound, date):
        form = "%Y-%m-%d" if field.format == "default" else field.format
        return f"CAST(try_strptime({text}, {literal(form)}) AS DATE)", f"DATE '{bound.isoformat()}'"
    raise NotScreenableError("bound")
