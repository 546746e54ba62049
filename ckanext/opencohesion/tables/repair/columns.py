"""What can be mended in the cells of each column, from what its profile says that it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..checks import codes
from ..labels import is_code_label, is_postcode_label, is_tax_code_label
from ..profiles import TableProfile
from ..reading import file_schema
from ..source import TableSource
from . import values

#: A cell in, the mended cell out; None where there is nothing to mend, or no one knows how.
Mend = Callable[[str], str | None]

_CUP_PATTERN = re.compile(r"\^?\[A-Z(?:a-z)?\]\[0-9\]\{2\}\[A-Z(?:a-z)?\]\[0-9\]\{11\}\$?")


@dataclass(frozen=True)
class ColumnRepairs:
    """The repairs of one column, by name, in the order in which they are applied."""

    mends: tuple[tuple[str, Mend], ...]
    # How a native cell (a number, a date) is written in this column.
    decimal: str
    date_format: str


def column_repairs(
    source: TableSource, profile: TableProfile | None, names: Collection[str]
) -> list[ColumnRepairs]:
    """Return what the repairs ``names`` do to each column of a file."""
    schema = file_schema(source, profile)
    missing = frozenset(schema.get("missingValues", ("",)))
    canonical = source.header.canonical if source.header else (None,) * len(source.labels)
    return [
        _of_column(
            descriptor, missing | frozenset(descriptor.get("missingValues", ())), field, profile, names
        )
        for descriptor, field in zip(schema["fields"], canonical, strict=True)
    ]


def cell_text(cell: Any, column: ColumnRepairs | None) -> str:
    """Return a native cell as the column writes it. Fifteen digits: as a spreadsheet shows a number."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    decimal, form = (column.decimal, column.date_format) if column else (".", "%Y-%m-%d")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal):
        number = Decimal(format(cell, ".15g")) if isinstance(cell, float) else cell
        plain = str(int(number)) if number == number.to_integral() else format(number, "f")
        return plain.replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.strftime(form) if cell.time() == datetime.min.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.strftime(form)
    return str(cell)


def _of_column(
    descriptor: Mapping[str, Any],
    missing: frozenset[str],
    field: str | None,
    profile: TableProfile | None,
    names: Collection[str],
) -> ColumnRepairs:
    pattern = (descriptor.get("constraints") or {}).get("pattern")
    kind = descriptor["type"]
    fits = re.compile(pattern).fullmatch if pattern else None
    decimal = str(descriptor.get("decimalChar") or ("," if profile else "."))
    form = _date_format(descriptor, profile)
    offered: dict[str, Mend] = {}
    if kind in ("string", "any"):
        free = not pattern and (profile is None or field not in profile.key)
        offered["letters"] = values.mended_letters
        offered["blanks"] = values.plain_blanks if free else values.without_no_break
        if code := _code_of(field, pattern, profile):
            offered["cup"] = lambda cell: None if code(cell) else values.in_capitals(cell, code)
    if kind == "string" and fits:
        offered["float-codes"] = _code_mend(values.without_decimals, lambda text: bool(fits(text)))
        offered["zeros"] = _code_mend(values.with_zeros, lambda text: bool(fits(text)))
    elif kind in ("string", "any"):
        offered |= _code_mends_by_label(str(descriptor["name"]), field, profile)
    if kind in ("number", "integer"):
        offered["numbers"] = _number_mend(descriptor, decimal)
    if kind == "date":
        offered["dates"] = _date_mend(form)
    return ColumnRepairs(
        mends=tuple(
            (name, _unless_missing(mend, missing)) for name, mend in offered.items() if name in names
        ),
        decimal=decimal,
        date_format=form,
    )


def _code_of(
    field: str | None, pattern: str | None, profile: TableProfile | None
) -> Callable[[str], bool] | None:
    """Return what says whether a cell is the CUP or CIG that its column holds; None for other columns."""
    if (pattern and _CUP_PATTERN.fullmatch(pattern)) or field in _fields_of("cup", profile):
        return codes.is_cup
    return codes.is_cig if field in _fields_of("cig", profile) else None


def _code_mends_by_label(label: str, field: str | None, profile: TableProfile | None) -> dict[str, Mend]:
    """Return the repairs of a column of which no pattern tells: what its label says, as the checks read it."""
    mends: dict[str, Mend] = {}
    if is_code_label(label):
        mends["float-codes"] = lambda cell: values.without_decimals(cell, lambda _text: True)
    if is_tax_code_label(label) or field in _fields_of("tax-code", profile):
        mends["zeros"] = lambda cell: codes.tax_code_with_zeros(cell.strip())
    elif is_postcode_label(label):
        mends["zeros"] = lambda cell: codes.postcode_with_zeros(cell.strip())
    return mends


def _fields_of(check: str, profile: TableProfile | None) -> frozenset[str]:
    """Return the columns that the profile has looked at by a check of this type."""
    checks = profile.schema.get("checks", ()) if profile else ()
    return frozenset(name for one in checks if one.get("type") == check for name in one.get("fields", ()))


def _unless_missing(mend: Mend, missing: frozenset[str]) -> Mend:
    return lambda cell: None if cell in missing or not cell.strip(" ") else mend(cell)


def _code_mend(mend: Callable[[str, Callable[[str], bool]], str | None], fits: Callable[[str], bool]) -> Mend:
    def mended(cell: str) -> str | None:
        if fits(cell):
            return None
        after = mend(cell, fits)
        if after is None and values.LIST_SEPARATOR in cell:
            # The patterns of lists allow one element too: each fits where it does alone.
            after = values.each(cell, lambda element: mend(element, fits), fits)
        return after if after is not None and fits(after) else None

    return mended


def _number_mend(descriptor: Mapping[str, Any], decimal: str) -> Mend:
    whole = descriptor["type"] == "integer"
    group = str(descriptor.get("groupChar") or "")
    marked = rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+|" if group else ""
    plain = re.compile(
        rf"\s*-?(?:{marked}[0-9]+)" + ("" if whole else rf"(?:{re.escape(decimal)}[0-9]+)?") + r"\s*"
    )

    def mended(cell: str) -> str | None:
        return None if plain.fullmatch(cell) else values.suggested_number(cell, decimal, whole=whole)

    return mended


def _date_mend(form: str) -> Mend:
    def mended(cell: str) -> str | None:
        try:
            datetime.strptime(cell, form)
        except ValueError:
            day = values.meant_date(cell)
            return day.strftime(form) if day else None
        return None

    return mended


def _date_format(descriptor: Mapping[str, Any], profile: TableProfile | None) -> str:
    form = str(descriptor.get("format") or "default")
    if descriptor["type"] == "date":
        return "%Y-%m-%d" if form in ("default", "any") else form
    return profile.dialects[-1].date_format if profile else "%Y-%m-%d"
