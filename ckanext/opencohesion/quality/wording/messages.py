"""Findings as sentences for a person: what is wrong, where, and what to do about it.

``explain`` serves the officer's page, the API and the command line alike. The words are in ``wording``;
this module picks those that fit and fills them with what the finding says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...tables.repair.values import meant_date, suggested_number
from ..judging.report import violated_constraint
from ..personal.rules import LIST_SEPARATOR, redact
from .words import DATE_FORMS, PLACE_CELL, PLACE_COLUMN, PLACE_ROW, UNKNOWN, WORDS

Translate = Callable[[str], str]

_CUP_EXAMPLE = "J59J21004560001"
_EXAMPLE_DATE = date(2026, 3, 31)
_LIST_SHOWN = 12
_OTHER_ROW = re.compile(r"the same as in the row at position (\d+)")


@dataclass(frozen=True)
class Explanation:
    """One finding told to a person. ``row`` counts from 1 with the header, as a spreadsheet does."""

    code: str
    severity: str
    title: str
    detail: str
    remedy: str
    row: int | None
    column: int | None
    label: str | None
    cell: str | None
    place: str

    @property
    def sentence(self) -> str:
        """Where, what and what to do in one line: ``Row 12, column “Importo”: “12.5” is not …``."""
        return f"{self.place}{self.detail} {self.remedy}"


def explain(finding: Mapping[str, Any], translate: Translate = str) -> Explanation:
    """Explain an error of a Frictionless report or a rule of ours, as ``FileCheck.findings`` yields them.

    ``translate`` is a gettext function. An unknown code is told as such, never an exception.
    """
    if "code" in finding:
        return _explain_rule(finding, translate)
    return _explain_error(finding, translate)


def words_key(finding: Mapping[str, Any]) -> str:
    """Return the key of the words for a finding: its code, refined where the column tells (``type-error:date``)."""
    if "code" in finding:
        return str(finding["code"])
    reading = finding.get("reading") or {}
    note, cell = str(finding.get("note") or ""), str(finding.get("cell") or "")
    return reading.get("code") or _refined(
        str(finding.get("type", "")), note, finding.get("expected") or {}, cell
    )


def _explain_rule(finding: Mapping[str, Any], translate: Translate) -> Explanation:
    params = {key: _tell(value) for key, value in dict(finding.get("params") or {}).items()}
    row, column = finding.get("row"), finding.get("column")
    label, cell = params.get("label"), params.get("cell")
    return _explanation(
        str(finding["code"]),
        params,
        translate,
        severity=finding.get("severity") or "error",
        row=row,
        column=column,
        label=label,
        cell=cell,
    )


def _explain_error(error: Mapping[str, Any], translate: Translate) -> Explanation:
    kind, note = str(error.get("type", "")), str(error.get("note") or "")
    # What broke the reading off in the middle of frictionless's pass (tables.reading).
    reading = error.get("reading") or {}
    expected = error.get("expected") or {}
    cell = error.get("cell")
    label = error.get("fieldName") or error.get("label") or ""
    numbers = error.get("rowNumbers") or []
    params = {
        "label": error.get("label") or label,
        "note": note or error.get("message", ""),
        **_cell_params(kind, str(cell or ""), note, expected, translate),
        **{name: _tell(value) for name, value in (error.get("params") or {}).items()},
        **reading.get("params", {}),
    }
    return _explanation(
        words_key(error),
        params,
        translate,
        severity="error",
        row=error.get("rowNumber") or (numbers[0] if numbers else None),
        column=error.get("fieldNumber"),
        label=label or None,
        cell=cell,
    )


def _explanation(
    key: str,
    params: dict[str, Any],
    translate: Translate,
    *,
    severity: str,
    row: int | None,
    column: int | None,
    label: str | None,
    cell: str | None = None,
) -> Explanation:
    words = WORDS.get(key, UNKNOWN)
    code = key.split(":", maxsplit=1)[0]
    filled = _Params({"row": row, "column": column, "code": code, "cell": cell, "label": label} | params)

    def say(message: str) -> str:
        return redact(translate(message).format_map(filled))

    return Explanation(
        code=code,
        severity=severity,
        title=say(words.title),
        detail=say(words.explanation),
        remedy=say(words.remedy),
        row=row,
        column=column,
        label=label,
        cell=cell,
        place=_place(row, label, say),
    )


class _Params(dict[str, Any]):
    """What fills the sentences; a name that a finding does not give reads as "–"."""

    def __missing__(self, key: str) -> str:
        return "–"


def _place(row: int | None, label: str | None, say: Translate) -> str:
    if row is None:
        return say(PLACE_COLUMN) if label else ""
    return say(PLACE_CELL if label else PLACE_ROW)


def _tell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        shown = ", ".join(
            " → ".join(map(str, item)) if isinstance(item, list) else str(item)
            for item in value[:_LIST_SHOWN]
        )
        return f"{shown} …" if len(value) > _LIST_SHOWN else shown
    return value


# What a cell should have been ----------------------------------------------------------------------


def _refined(kind: str, note: str, expected: Mapping[str, Any], cell: str) -> str:
    """Return the key of the most exact words for an error."""
    candidates = [kind]
    if kind == "type-error":
        wanted = expected.get("type") or _type_in(note)
        candidates.append(f"{kind}:{wanted}")
        if expected.get("decimalChar") == ",":
            candidates.append(f"{kind}:{wanted}:comma")
    elif kind == "primary-key" and not _OTHER_ROW.search(note):
        candidates.append(f"{kind}:empty")
    elif kind == "constraint-error":
        name = violated_constraint(note)
        candidates.append(f"{kind}:{name}")
        if name == "pattern":
            code, digits = _code_form(expected)
            lost_zeros = cell.isdigit() and len(cell) < digits and cell.strip("0")
            candidates.append(f"{kind}:pattern:{'code' if code == 'digits' and not lost_zeros else code}")
    return [candidate for candidate in candidates if candidate in WORDS or candidate == kind][-1]


def _type_in(note: str) -> str:
    found = re.search(r'type is "(\w+)/', note)
    return found.group(1) if found else ""


# Forms of codes that the Table Schemas ask for, as patterns, and the words that tell them.
_DIGITS = re.compile(r"\^\(?\[0-9\]\{(\d+)\}(?:\|[\d|]+\))?\$")
_DIGIT_LIST = re.compile(r"\^\(\[0-9\]\{(\d+)\}\)\?\(:::.*")
# L. 3/2003 art. 11; some thirty published CUPs are in lower case.
_CUP_FORMS = ("^[A-Z][0-9]{2}[A-Z][0-9]{11}$", "^[A-Za-z][0-9]{2}[A-Za-z][0-9]{11}$")
_TAX_CODE = "^([0-9]{11,}|.*[^0-9].*)$"
_TAX_CODE_DIGITS = 11


def _code_form(expected: Mapping[str, Any]) -> tuple[str, int]:
    """Return what kind of code a column holds (``cup``, ``digits``, ``list``, ``tax-code``, or nothing), its digits."""
    pattern = str((expected.get("constraints") or {}).get("pattern") or "")
    if pattern in _CUP_FORMS:
        return "cup", 0
    if pattern == _TAX_CODE:
        return "tax-code", _TAX_CODE_DIGITS
    for kind, form in (("digits", _DIGITS), ("list", _DIGIT_LIST)):
        if found := form.fullmatch(pattern):
            return kind, int(found.group(1))
    return "", 0


def _code_example(kind: str, digits: int, cell: str) -> str:
    if kind == "cup":
        return _CUP_EXAMPLE
    codes = [re.sub(r"[.,]0+$", "", code.strip()) for code in cell.split(LIST_SEPARATOR)]
    if not all(code.isdigit() and len(code) <= digits for code in codes):
        codes = [str(8)]
    return LIST_SEPARATOR.join(code.zfill(digits) for code in codes)


def _cell_params(
    kind: str, cell: str, note: str, expected: Mapping[str, Any], translate: Translate
) -> dict[str, Any]:
    wanted = expected.get("type") or _type_in(note)
    constraints = expected.get("constraints") or {}
    name = violated_constraint(note)
    limit = constraints.get(name, _quoted_limit(note))
    params: dict[str, Any] = {"type": wanted}
    if other := _OTHER_ROW.search(note):
        params["other"] = other.group(1)
    if wanted == "date":
        form = str(expected.get("format") or "default")
        params["format"] = translate(DATE_FORMS[form]) if form in DATE_FORMS else form
        params["example"] = _example_date(cell, form)
    elif wanted == "integer":
        params["example"] = suggested_number(cell, ",", whole=True) or "1234"
    else:
        mark = str(expected.get("decimalChar") or ".")
        params["example"] = suggested_number(cell, mark) or f"1234{mark}50"
    if kind == "constraint-error":
        if isinstance(limit, list):
            params["allowed"] = _tell(limit)
        else:
            params.update(limit=limit, pattern=limit, allowed=limit)
        code, digits = _code_form(expected)
        if code:
            params.update(digits=digits, example=_code_example(code, digits, cell))
    return params


def _quoted_limit(note: str) -> str:
    found = re.search(r' is "(.*)"$', note, flags=re.DOTALL)
    return found.group(1) if found else note


def _example_date(cell: str, form: str) -> str:
    wanted = "%Y-%m-%d" if form in {"default", "any"} else form
    return (meant_date(cell) or _EXAMPLE_DATE).strftime(wanted)
