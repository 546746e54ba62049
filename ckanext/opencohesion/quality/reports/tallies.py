"""How many errors and warnings runs of the gate counted: two questions to the database for any number of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.model import DatasetCheck, FileVerdict


@dataclass(frozen=True)
class Tally:
    """The findings of a run, counted by severity."""

    errors: int = 0
    warnings: int = 0


def count(causes: Iterable[Mapping[str, Any]], rules: Iterable[Mapping[str, Any]]) -> Tally:
    """Count causes (each with its total) and rules (each one finding, but for those that a cause counts already)."""
    sums: dict[str, int] = {}
    counted = set()
    for cause in causes:
        severity = cause.get("severity", "error")
        sums[severity] = sums.get(severity, 0) + cause["total"]
        counted.add((cause["code"], cause["column"]))
    for rule in rules:
        if (rule["code"], rule.get("column")) not in counted:
            severity = rule.get("severity", "error")
            sums[severity] = sums.get(severity, 0) + 1
    return Tally(sums.get("error", 0), sums.get("warning", 0))


def tallies(checks: Sequence[DatasetCheck]) -> dict[str, Tally]:
    """Return the tally of each run, by its id. What the description lacks counts as errors."""
    keys = {one["key"] for check in checks for one in check.resources if one["key"]}
    kept = model.Session.execute(
        sa.select(FileVerdict.key, FileVerdict.report["causes"].label("causes"), FileVerdict.rules).where(
            FileVerdict.key.in_(list(keys))
        )
    )
    of_key = {row.key: count(row.causes or [], row.rules) for row in kept}
    result = {}
    for check in checks:
        parts = [count([], one["rules"]) for one in check.resources]
        parts += [of_key[one["key"]] for one in check.resources if one["key"] in of_key]
        result[check.id] = Tally(
            sum(part.errors for part in parts) + len(check.metadata_errors),
            sum(part.warnings for part in parts),
        )
    return result
