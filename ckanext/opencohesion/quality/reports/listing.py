"""The report on a file, ordered as a person reads it: one entry per cause, its remedy once, its rows below. Plain module."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opencohesion.quality.judging.report import cause_key
from ckanext.opencohesion.quality.wording.messages import Explanation, explain

#: The severities of findings, the gravest first.
SEVERITIES = ("error", "review", "warning", "info")


@dataclass
class CauseEntry:
    """One cause: what is wrong and how to mend it, how often it occurs, and its occurrences that the report shows.

    ``finding``: the first of them as the report holds it.
    """

    code: str
    severity: str
    finding: Mapping[str, Any]
    label: str | None
    total: int
    explanation: Explanation
    occurrences: list[Explanation] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """How many occurrences are counted but not shown."""
        return max(0, self.total - len(self.occurrences))

    @property
    def field(self) -> str | None:
        """The column's name in the table's description, where the finding tells it."""
        told = (self.finding.get("expected") or {}).get("field")
        return told or (self.finding.get("params") or {}).get("field")

    @property
    def anchor(self) -> str:
        """A name for the cause that stays the same from run to run, for links to it within one file's section."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.code} {self.label or self.field or ''}".lower()).strip("-")


def causes(resource: Mapping[str, Any], translate: Callable[[str], str]) -> list[CauseEntry]:
    """Return the findings on one resource of a report (``reports.report_of``) by cause, the gravest first."""
    totals = {
        (cause["code"], cause["column"]): cause["total"] for cause in resource["report"].get("causes", [])
    }
    errors = [error for task in resource["report"].get("tasks", []) for error in task.get("errors", [])]
    entries: dict[tuple[Any, Any], CauseEntry] = {}
    for finding in [*errors, *resource["rules"]]:
        code, column = cause_key(finding)
        explanation = explain(finding, translate)
        entry = entries.get((code, column))
        if entry is None:
            entry = entries[code, column] = CauseEntry(
                code=code,
                severity=finding.get("severity", "error"),
                finding=finding,
                label=explanation.label,
                total=0,
                explanation=explanation,
            )
        entry.occurrences.append(explanation)
        entry.total = max(totals.get((code, column), 0), len(entry.occurrences))
    return sorted(entries.values(), key=lambda entry: (_rank(entry.severity), -entry.total))


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0


def count(entries: list[CauseEntry], severity: str) -> int:
    """Return how many findings of a severity there are in all."""
    return sum(entry.total for entry in entries if entry.severity == severity)
