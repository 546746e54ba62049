"""What a column is called and means, in a language; values as people and as programs write them. Plain module."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.description import Column
from ckanext.opencohesion.tables.profiles import ProfileField, TableProfile

#: What is told of a table that can not be looked into, by code; other codes are those of ``tables.findings``.
REASONS = {
    "waiting": N_("The preview is being prepared: reload the page in a few minutes."),
    "row-too-wide": N_("Row {row} has more cells than the header has columns."),
    "too-long": N_("The file is so large that its preview took too long to prepare."),
}
UNKNOWN_REASON = N_("Preparing the preview failed. The portal's managers find the reason in its log.")

TYPES = {
    "text": N_("Text"),
    "integer": N_("Whole number"),
    "number": N_("Number"),
    "date": N_("Date"),
    "money": N_("Amount in euro"),
}

OPERATORS = {
    "contains": N_("contains"),
    "eq": N_("is"),
    "starts": N_("begins with"),
    "ge": N_("is at least"),
    "le": N_("is at most"),
    "empty": N_("is empty"),
    "filled": N_("is not empty"),
}

FUNCTIONS = {
    "count": N_("Number of rows"),
    "sum": N_("Sum"),
    "avg": N_("Average"),
    "min": N_("Smallest value"),
    "max": N_("Largest value"),
}


def field_of(profile: TableProfile | None, column: Column) -> ProfileField | None:
    """Return the field of the Table Schema that a column answers to."""
    return profile.field(column.field) if profile is not None and column.field is not None else None


def title(profile: TableProfile | None, column: Column, language: str) -> str:
    """Return the column's name for people: the schema's title, else the label in the file."""
    field = field_of(profile, column)
    return (field.title.get(language) or field.title["it"] if field else "") or column.name


def unit(profile: TableProfile | None, column: Column) -> str | None:
    """Return ``EUR`` for amounts of money: where the schema says so, else where the column's own label does."""
    if not column.is_number:
        return None
    field = field_of(profile, column)
    if field is not None:
        return field.unit
    words = column.name.casefold().replace("_", " ").replace("(", " ").replace(")", " ").split()
    return "EUR" if "€" in column.name or {"euro", "eur"} & set(words) else None


def shown_value(column: Column, value: Any, language: str) -> str:
    """Return a cell as people write it: ``1.234,50`` and ``31/12/2024`` in Italian; texts and codes as they are."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if language == "it" else format_date(value, "d MMM y", locale="en")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    if column.is_year:
        return str(value)
    return number(value, 0 if column.type == "integer" else max(column.decimals, 2), language)


def shown_text(column: Column, value: str, language: str) -> str:
    """Return a value that a description keeps (point, ISO dates) as people write it."""
    if column.type == "date":
        return shown_value(column, date.fromisoformat(value[:10]), language)
    return shown_value(column, Decimal(value) if column.is_number else value, language)


def number(value: float | Decimal, decimals: int, language: str) -> str:
    """Return a number with its thousands parted."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "it" else text


def quantity(value: Any, money: bool, decimals: int, language: str) -> str:
    """Return what a chart or map tells: an amount in full euro, a count, another number with its decimals."""
    if value is None:
        return "–"
    if not money:
        return number(value, decimals, language)
    whole = number(value, 0, language)
    return f"{whole} €" if language == "it" else f"€{whole}"


def compact(value: Any, money: bool, language: str) -> str:
    """Return a large number in few characters: ``1,2 mln €``, ``€1.2 m``."""
    if value is None:
        return "–"
    size = abs(value)
    for limit, italian, english in ((10**9, "mrd", "bn"), (10**6, "mln", "m"), (10**4, "mila", "k")):
        if size >= limit:
            divisor = 10**3 if limit == 10**4 else limit
            digits = number(Decimal(value) / divisor, 1 if limit > 10**4 else 0, language)
            if language == "it":
                return f"{digits} {italian}" + (" €" if money else "")
            return ("€" if money else "") + f"{digits} {english}"
    return quantity(value, money, 0 if float(value).is_integer() or money else 2, language)


def plain_value(value: Any) -> Any:
    """Return a cell as JSON has it: numbers, ISO dates, texts, null.

    A number with more digits than a JSON reader keeps is given as text, so that none is lost.
    """
    if isinstance(value, Decimal):
        if value == value.to_integral():
            return int(value)
        return float(value) if Decimal(str(float(value))) == value else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
