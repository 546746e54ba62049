"""A check from the command line: a file in, a text or JSON report and an exit code out. Plain module."""

from __future__ import annotations

import gettext
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...i18n_marks import N_
from ...tables.office_schema import OfficeSchemaError
from ..wording.messages import Translate, explain
from .check import RULESET, check_file
from .report import FileCheck, cause_key
from .schema_file import schema_id_of

EXIT_CODES = {"passed": 0, "failed": 1, "unreadable": 2}

_I18N = Path(__file__).parent.parent.parent / "i18n"
_DOMAIN = "ckanext-opencohesion"

_VERDICTS = {
    "passed": N_("{file}: passed."),
    "failed": N_("{file}: did not pass."),
    "unreadable": N_("{file}: could not be checked."),
}
_BASES = {
    "whole_file": N_("Every cell was compared with the table schema: {rows} rows, {columns} columns."),
    "structure": N_("Only the structure of the table was checked: {rows} rows, {columns} columns."),
    "opens": N_("It was checked that the file opens and is what it claims to be."),
}
_SEVERITIES = {"error": N_("Error"), "warning": N_("Warning"), "info": N_("Note")}
_MORE = N_("… and {count} more of the same kind.")


def language_of_locale() -> Translate:
    """Return the gettext function for the locale of the environment; English where there is no catalogue."""
    return gettext.translation(_DOMAIN, _I18N, fallback=True).gettext


def run_check(
    path: Path, schema: str | None, *, as_json: bool, translate: Translate, screen: bool = True
) -> tuple[str, int]:
    """Check the file and return what to print and the exit code: 0 passed, 1 findings, 2 can not be checked.

    ``schema``: the id of a Table Schema, or the path of one. Without ``screen`` frictionless judges every row, also of a
    large file.
    """
    started = _now()
    try:
        schema = schema_id_of(schema)
    except OfficeSchemaError as error:
        sentences = "\n".join(fault.sentence(translate) for fault in error.faults)
        return f"{schema}: {sentences}", EXIT_CODES["unreadable"]
    found = check_file(path, filename=path.name, table_schema=schema, screen=screen)
    code = EXIT_CODES[found.verdict]
    if as_json:
        return json.dumps(_report(found, started), ensure_ascii=False, indent=2), code
    return "\n".join(_lines(found, path.name, translate)), code


def _report(found: FileCheck, started: str) -> dict[str, Any]:
    """Return the report in the form of the action ``opencohesion_quality_report_show``."""
    return {
        "verdict": found.verdict,
        "ruleset": RULESET,
        "started": started,
        "finished": _now(),
        "resources": [{"resource_id": None, "report": found.report, "rules": found.rules}],
        "metadata": [],
    }


def _lines(found: FileCheck, filename: str, translate: Translate) -> list[str]:
    lines = [
        translate(_VERDICTS[found.verdict]).format(file=filename),
        translate(_BASES[found.basis]).format(rows=found.rows or 0, columns=found.columns or 0),
    ]
    left = Counter({(cause["code"], cause["column"]): cause["total"] for cause in found.report["causes"]})
    findings = found.findings()
    shown = Counter(map(cause_key, findings))
    for finding in findings:
        explanation = explain(finding, translate)
        severity = translate(_SEVERITIES[explanation.severity])
        lines.append(f"{severity}. {explanation.sentence}")
        key = cause_key(finding)
        shown[key] -= 1
        left[key] -= 1
        if not shown[key] and left[key] > 0:
            lines.append(f"  {translate(_MORE).format(count=left[key])}")
    return lines


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
