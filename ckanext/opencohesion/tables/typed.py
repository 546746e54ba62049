"""How the texts of a column become values: what a Table Schema says, else what every one of its values allows.

A column is a number or a date only if all its values are; what may be a code (a leading zero, a label that says so)
or can be read in two ways (``1.234``) stays text, because a code turned into a number is lost. Plain rules, written as
DuckDB SQL so that they are tried on the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .labels import is_code_label

ColumnType = Literal["text", "integer", "number", "date"]

_MONEY_DECIMALS = 2
_INTEGER_DIGITS = 18
_DECIMAL_DIGITS = 38
_INFERRED_INTEGER = r"-?(0|[1-9][0-9]*)"
_INFERRED_COMMA = r"-?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]+)?"
_INFERRED_POINT = r"-?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(,[0-9]{3})+)(\.[0-9]+)?"


@dataclass(frozen=True)
class Reading:
    """One way to read a column's texts: those that match ``pattern`` (and, for dates, are days of the calendar)."""

    type: ColumnType
    pattern: str = ""
    decimal: str = "."
    group: str = ""
    date_format: str = ""
    missing: tuple[str, ...] = ()
    # Asked for by a schema: an empty column is then of this type too.
    declared: bool = False
    # Digits after the decimal mark that the values use, and the DECIMAL type's own; measured, not declared.
    decimals: int = 0
    precision: int = 18

    @property
    def scale(self) -> int:
        """Decimals that are stored: two at least, as money has them."""
        return max(self.decimals, _MONEY_DECIMALS)


TEXT = Reading("text")


@dataclass(frozen=True)
class Fit:
    """What the whole column says to a reading: whether every value fits, and the most digits on either side."""

    fits: bool
    whole_digits: int
    decimals: int


def declared_readings(descriptor: dict[str, Any]) -> list[Reading]:
    """Return the reading that a field of the file's Table Schema asks for, as a list; empty for text.

    ``descriptor``: a field of ``reading.file_schema``, where dialect and missing values are filled in.
    """
    missing = tuple(descriptor.get("missingValues", ()))
    kind = descriptor["type"]
    if kind == "integer":
        return [Reading("integer", r"[+-]?[0-9]+", missing=missing, declared=True)]
    if kind == "number":
        decimal, group = descriptor.get("decimalChar", "."), descriptor.get("groupChar", "")
        digits = f"[0-9{re.escape(group)}]" if group else "[0-9]"
        pattern = rf"[+-]?({digits}*[0-9]([{re.escape(decimal)}][0-9]*)?|[{re.escape(decimal)}][0-9]+)"
        return [Reading("number", pattern, decimal, group, missing=missing, declared=True)]
    if kind == "date":
        form = descriptor.get("format", "default")
        form = "%Y-%m-%d" if form in ("default", "any") else form
        return [Reading("date", ".+", date_format=form, missing=missing, declared=True)]
    return []


def inferred_readings(label: str) -> list[Reading]:
    """Return the readings to try on a column of which no schema tells, by preference."""
    readings = [
        Reading("date", "[0-9]{2}/[0-9]{2}/[0-9]{4}", date_format="%d/%m/%Y"),
        Reading("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}", date_format="%Y-%m-%d"),
    ]
    if is_code_label(label):
        return readings
    return [
        Reading("integer", _INFERRED_INTEGER),
        Reading("number", _INFERRED_COMMA, ",", "."),
        Reading("number", _INFERRED_POINT, ".", ","),
        *readings,
    ]


def choose(readings: Sequence[Reading], fits: Sequence[Fit]) -> Reading:
    """Return the reading that every value of the column allows; text where none does or two kinds of number do."""
    possible = [_measured(one, fit) for one, fit in zip(readings, fits, strict=True) if fit.fits]
    possible = [one for one in possible if one is not None]
    if not possible:
        return TEXT
    if possible[0].type == "number" and len([one for one in possible if one.type == "number"]) > 1:
        return TEXT
    return possible[0]


def _measured(reading: Reading, fit: Fit) -> Reading | None:
    if reading.type == "integer":
        return reading if fit.whole_digits <= _INTEGER_DIGITS else None
    if reading.type == "number":
        digits = fit.whole_digits + max(fit.decimals, _MONEY_DECIMALS)
        if digits > _DECIMAL_DIGITS:
            return None
        return replace(reading, decimals=fit.decimals, precision=18 if digits <= 18 else _DECIMAL_DIGITS)
    return reading


# -- SQL ---------------------------------------------------------------------------------------------------------------


def literal(text: str) -> str:
    """Return ``text`` as an SQL string. Only words of our own schemas come here, never a user's."""
    return "'" + text.replace("'", "''") + "'"


def fit_sql(reading: Reading, text: str) -> str:
    """Return three aggregates over ``text`` (as of ``present_sql``): whether all fit, most whole digits, most decimals.

    The digits are those of values that fit.
    """
    fits = f"regexp_full_match({text}, {literal(reading.pattern)})"
    if reading.date_format:
        fits += f" AND try_strptime({text}, {literal(reading.date_format)}) IS NOT NULL"
    decimals = whole = "0"
    if reading.type == "number":
        mark = literal(reading.decimal)
        # Splitting and trimming are dear: only where a zero has to go.
        decimals = (
            f"max(CASE WHEN NOT contains({text}, {mark}) THEN 0 WHEN ends_with({text}, '0') "
            f"THEN length(rtrim(split_part({text}, {mark}, 2), '0')) ELSE length({text}) - strpos({text}, {mark}) END)"
        )
        whole = f"replace({text}, {literal(reading.group)}, '')" if reading.group else text
        sign = f"CASE WHEN starts_with({text}, '-') OR starts_with({text}, '+') THEN 1 ELSE 0 END"
        whole = f"max(strpos({whole} || {mark}, {mark}) - 1 - {sign})"
    elif reading.type == "integer":
        whole = f"max(length({text}))"
    every = f"bool_and(CASE WHEN {text} IS NOT NULL THEN {fits} END)"
    return f"coalesce({every}, {reading.declared}), coalesce({whole}, 0), coalesce({decimals}, 0)"


def value_sql(reading: Reading, column: str) -> str:
    """Return the expression for the typed value of ``column``; blank cells are NULL, texts stay as they are."""
    if reading.type == "text":
        # What begins with a sign is not blank; to trim every text is dear.
        return (
            f"CASE WHEN {column} NOT BETWEEN '!' AND '~' AND trim({column}) = '' THEN NULL ELSE {column} END"
        )
    text = present_sql(reading, column)
    if reading.type == "date":
        return f"CAST(strptime({text}, {literal(reading.date_format)}) AS DATE)"
    if reading.type == "integer":
        return f"CAST({text} AS BIGINT)"
    if reading.group:
        text = f"replace({text}, {literal(reading.group)}, '')"
    if reading.decimal != ".":
        text = f"replace({text}, {literal(reading.decimal)}, '.')"
    return f"CAST({text} AS DECIMAL({reading.precision},{reading.scale}))"


def present_sql(reading: Reading, column: str) -> str:
    """Return the expression for the text of ``column`` without blanks around it; NULL where it says nothing."""
    missing = ", ".join(literal(text) for text in sorted({"", *(one.strip() for one in reading.missing)}))
    return f"CASE WHEN trim({column}) IN ({missing}) THEN NULL ELSE trim({column}) END"
