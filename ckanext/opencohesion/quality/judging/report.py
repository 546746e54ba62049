"""The result of checking one file: all errors counted, a bounded number shown, no personal value repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import attrs
from frictionless import Check, Checklist, Resource
from frictionless.errors import Error

from ...tables.checks.base import SEVERITIES, Severity, severity_of
from ..personal.review import PersonalRules
from ..personal.rules import MASK, holds_personal_code, redact, redact_value
from .limits import CheckLimits

Verdict = Literal["passed", "review", "failed", "unreadable"]
Basis = Literal["whole_file", "structure", "opens"]

# Errors that say that reading broke off, so that what lies behind was not judged.
BROKEN_READING = frozenset(
    {"encoding-error", "source-error", "format-error", "scheme-error", "compression-error", "resource-error"}
)
_NOTE_CHARACTERS = 500
# Findings that a row is none at all, and what needs no telling of such a row.
NOT_DATA = frozenset({"only-filled"})
_SAID_BY_NOT_DATA = frozenset({"constraint-error:required", "primary-key"})


@dataclass
class Cause:
    """The findings of one kind in one column: how many there are, how many are shown, where the first is."""

    code: str
    column: int | None
    label: str | None
    total: int = 0
    shown: int = 0
    first_row: int | None = None
    severity: str = "error"


@dataclass(frozen=True)
class FileCheck:
    """What was found in one file. ``to_dict`` is what is stored and shown; it holds no personal tax code.

    ``basis`` is what the verdict rests on: the whole file against a Table Schema, its structure only, or that
    it opens as what it claims to be. ``report`` is a Frictionless Report (descriptor; without tasks where no
    table was judged); its ``causes`` count every finding in the rows, also those that it does not show, each with its
    severity. ``rules`` are the findings that do not make a Frictionless Report invalid or that frictionless does not
    know: ``{code, severity, row, column, params}``. ``screened`` tells how it was done, no part of what was found: "yes"
    where only the rows that may be wrong were judged, "no: reason" where that was tried and all were.
    """

    verdict: Verdict
    basis: Basis
    format: str | None
    media_type: str | None
    size_bytes: int
    report: dict[str, Any]
    rules: list[dict[str, Any]]
    rows: int | None = None
    columns: int | None = None
    screened: str = field(default="", compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        found = asdict(self)
        del found["screened"]
        return found

    def findings(self) -> list[dict[str, Any]]:
        """Return all that was found, errors and rules, as one list for ``messages.explain``."""
        return [error for task in self.report["tasks"] for error in task["errors"]] + self.rules


def rule(
    code: str,
    severity: Severity = "error",
    *,
    row: int | None = None,
    column: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one finding of ours in the form that reports hold; ``params`` fill its sentences."""
    return {"code": code, "severity": severity, "row": row, "column": column, "params": dict(params or {})}


def empty_report(*, valid: bool) -> dict[str, Any]:
    """Return the Frictionless Report on a file that was not judged as a table."""
    stats = {"tasks": 0, "errors": 0, "warnings": 0, "seconds": 0.0}
    return {"valid": valid, "stats": stats, "warnings": [], "errors": [], "tasks": [], "causes": []}


def cause_key(finding: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return ``(code, column)`` of the cause that a finding belongs to, as in the report's ``causes``."""
    if "code" in finding:
        return finding["code"], finding.get("column")
    return _cause(finding["type"], finding.get("note") or "", finding.get("fieldNumber"))


def _cause(kind: str, note: str, column: int | None) -> tuple[str, int | None]:
    if kind == "extra-cell":
        return kind, None  # cells beyond the header have no column of their own
    if kind == "constraint-error":
        return f"{kind}:{violated_constraint(note)}", column
    return kind, column


def violated_constraint(note: str) -> str:
    """Return the name of the constraint that frictionless's note on a cell tells of."""
    found = re.match(r'constraint "(\w+)" is', note)
    return found.group(1) if found else ""


class Ledger:
    """Counts every finding in the rows and keeps the first ones of each cause.

    ``kept`` are the errors, which stand in the Frictionless report; ``noted`` are findings of a lesser severity.
    """

    def __init__(self, limits: CheckLimits) -> None:
        self.limits = limits
        self.kept: list[Error] = []
        self.noted: list[Error] = []
        self.causes: dict[tuple[str, int | None], Cause] = {}
        self._not_data: int | None = None

    @property
    def total(self) -> int:
        """How many errors there are in all, lesser findings not among them."""
        return self.total_of("error")

    def total_of(self, severity: str) -> int:
        """How many findings of this severity there are in all."""
        return sum(cause.total for cause in self.causes.values() if cause.severity == severity)

    @property
    def reading_broke(self) -> bool:
        """Whether the file could not be read to its end."""
        return any(code in BROKEN_READING for code, _ in self.causes)

    def take(self, error: Error) -> bool:
        """Count ``error``; return whether the Frictionless report shows it."""
        key = code, column = _cause(error.type, error.note, getattr(error, "field_number", None))
        row = getattr(error, "row_number", None)
        severity = severity_of(error)
        if error.type in NOT_DATA:
            self._not_data = row if severity == "error" else None
        elif row is not None and row == self._not_data and code in _SAID_BY_NOT_DATA:
            return False
        cause = self.causes.get(key)
        if cause is None:
            label = getattr(error, "field_name", None) or getattr(error, "label", None)
            cause = Cause(code, column, label, first_row=row, severity=severity)
            self.causes[key] = cause
        cause.total += 1
        shelf = self.kept if severity == "error" else self.noted
        room = len(shelf) < self.limits.errors_shown and cause.shown < self.limits.errors_shown_per_cause
        if cause.shown and not room:
            return False
        cause.shown += 1
        shelf.append(error)
        return severity == "error"


@attrs.define(kw_only=True, repr=False)
class LedgerChecklist(Checklist):
    """A checklist through which frictionless counts every error while its report keeps a bounded number.

    frictionless's own ``limit_errors`` stops at the limit and so can not tell how many errors there are.
    """

    ledger: Ledger

    def connect(self, resource: Resource) -> list[Check]:
        """Connect the checks; those that say that a row is none come before what looks for faults in it."""
        checks = super().connect(resource)
        return sorted(checks, key=lambda check: not any(kind.type in NOT_DATA for kind in check.Errors))

    def match(self, error: Error) -> bool:
        """Called by frictionless for every error it finds."""
        return self.ledger.take(error)


def finished_report(
    report: dict[str, Any],
    *,
    ledger: Ledger,
    filename: str,
    persons: PersonalRules,
    expected: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return a Frictionless Report (descriptor) fit to be stored and shown.

    No personal value is repeated, no path of this machine, no whole row (an error is for mending one cell,
    and a row may hold names that no rule recognises); the counts are those of all errors. ``expected`` says
    per column label what its cells should be; each cell error carries it, so the report explains itself.
    """
    limits = ledger.limits
    report["causes"] = [asdict(cause) for cause in sorted(ledger.causes.values(), key=_weight)]
    for task in report["tasks"]:
        task.update(name="table", place=filename)
        if any(map(holds_personal_code, task.get("labels", []))):
            # A file without a header starts with a row of data: nothing of it is a column name.
            task["labels"] = [MASK] * len(task["labels"])
            _hide_labels([*task["errors"], *report["causes"]])
        task["labels"] = quoted(task.get("labels", []), limits)
        for error in task["errors"]:
            _finish_error(error, persons, expected, limits)
        _tell_all(task, ledger)
    report["causes"] = quoted(report["causes"], limits)
    report["valid"] = ledger.total == 0
    report["stats"]["errors"] = ledger.total
    return redact_value(json.loads(json.dumps(report, default=str)))


def _weight(cause: Cause) -> tuple[int, int]:
    """Sort key: errors before the rest, the most frequent first."""
    severities: Sequence[str] = SEVERITIES
    return severities.index(cause.severity), -cause.total


def noted_rules(ledger: Ledger, persons: PersonalRules, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return the findings in the rows that are no errors as rules, with what they may quote and nothing else.

    ``labels``: the header as it stands in the file, whose names a finding tells unless a person's code is in it.
    """
    named = not any(map(holds_personal_code, labels))
    found = []
    for noted in ledger.noted:
        error = noted.to_descriptor()
        _finish_error(error, persons, {}, ledger.limits)
        params = {**error.get("params", {}), "cell": error.get("cell")}
        if error.get("fieldName") and named:
            params["label"] = error["fieldName"]
        found.append(
            {
                "code": error["type"],
                "severity": error["severity"],
                "row": error.get("rowNumber"),
                "column": error.get("fieldNumber"),
                "params": {name: value for name, value in params.items() if value is not None},
            }
        )
    return found


def quoted(value: Any, limits: CheckLimits) -> Any:
    """Return a JSON-like value as a report may quote it: personal codes masked, then long texts cut.

    In that order: the first half of a code is personal too.
    """
    if isinstance(value, str):
        return _cut(redact(value), limits.quoted_characters)
    if isinstance(value, dict):
        return {key: quoted(item, limits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [quoted(item, limits) for item in value]
    return value


def _hide_labels(errors: list[dict[str, Any]]) -> None:
    for error in errors:
        error.update({key: MASK for key in ("fieldName", "label") if key in error})
        if "message" in error:
            error["message"] = error["title"]


def _finish_error(
    error: dict[str, Any],
    persons: PersonalRules,
    expected: Mapping[str, Mapping[str, Any]],
    limits: CheckLimits,
) -> None:
    if error.get("fieldName") in expected:
        error["expected"] = dict(expected[error["fieldName"]])
    if persons.tells_of_person(error.get("cells", [])):
        _mask_values(error)
    if "cells" in error:
        error["cells"] = []
    if "labels" in error:
        error["labels"] = []
    for key in ("cell", "label", "fieldName"):
        if key in error:
            error[key] = quoted(error[key], limits)
    if "params" in error:
        error["params"] = quoted(error["params"], limits)
    for key in ("note", "message"):
        error[key] = _cut(redact(error[key]), _NOTE_CHARACTERS)


def _mask_values(error: dict[str, Any]) -> None:
    """Take the values of a row that tells of a person out of an error: its cell may be the name."""
    cell = error.get("cell")
    if cell:
        error["cell"] = MASK
        error["message"] = error["message"].replace(f'"{cell}"', f'"{MASK}"')
    if "params" in error:
        error["params"] = {
            name: MASK if isinstance(value, str) else value for name, value in error["params"].items()
        }
    if error["type"] == "foreign-key":
        error.update(note="", message=error["title"], fieldCells=[])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _tell_all(task: dict[str, Any], ledger: Ledger) -> None:
    shown = len(task["errors"])
    task["valid"] = ledger.total == 0
    task["stats"]["errors"] = ledger.total
    if shown < ledger.total:
        task["warnings"] = [f"{shown} of {ledger.total} errors are shown"]
        task["stats"]["warnings"] = 1
