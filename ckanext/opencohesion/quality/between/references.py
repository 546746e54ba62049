"""References between tables: payments to projects, places to projects, as a profile's ``references`` ask.

Severities. Within a dataset that of the profile (of the PNRR's 2023 release no place is without project and no project
without place, so both are errors there). Across datasets a warning at most: two datasets are of different days, and who
mends one may not own the other. A table that is not on the portal is told and is no fault. Plain module.
"""

# ruff: noqa: S608 - see between_bench

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...tables.checks.base import Severity
from ...tables.profile_rules import Reference
from ...tables.profiles import TableProfile
from ..judging.report import rule
from .bench import Bench, Loaded, TableFile, told_key

_EXAMPLES = 5


@dataclass(frozen=True)
class Target:
    """Files that hold the table which is referred to; ``same_dataset``: they are published together with the one judged."""

    files: tuple[TableFile, ...]
    same_dataset: bool


def reference_rules(
    bench: Bench, file: TableFile, targets: Mapping[str, Target], titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return what a file's references say.

    ``targets``: by id of the profile, the tables that were found. ``titles``: what people call a profile. References of
    the same columns are alternatives (OpenCoesione's projects are released wide and narrow): what one of them holds is
    found. One finding for each, however many rows have it.
    """
    if file.profile is None:
        return []
    found: list[dict[str, Any]] = []
    for references in _alternatives(file.profile):
        present = [one for one in references if one.table in targets]
        if not present:
            names = [titles.get(one.table, one.table) for one in references]
            found.append(rule("reference-table-missing", "info", params={"tables": names}))
            continue
        found += _judge(bench, file, present, targets)
    return found


def _alternatives(profile: TableProfile) -> list[list[Reference]]:
    groups: dict[tuple[str, ...], list[Reference]] = {}
    for reference in profile.references:
        groups.setdefault(reference.fields, []).append(reference)
    return list(groups.values())


def _judge(
    bench: Bench, file: TableFile, references: Sequence[Reference], targets: Mapping[str, Target]
) -> list[dict[str, Any]]:
    fields = references[0].fields
    here = bench.load(file, fields)
    if len(here.columns) < len(fields):
        return []  # the missing column is a finding on the header
    there = [
        loaded
        for reference in references
        for loaded in _load_all(bench, targets[reference.table], reference.reference_fields)
    ]
    if not there:
        return []
    held = " UNION ".join(f"SELECT {_key(loaded)} AS key FROM {loaded.table}" for loaded in there)
    lone = (
        f"SELECT row_number, key FROM (SELECT row_number, {_key(here)} AS key FROM {here.table} WHERE {_filled(here)}) "
        f"WHERE key NOT IN (SELECT key FROM ({held}))"
    )
    ((rows, keys, first),) = bench.ask(f"SELECT count(*), count(DISTINCT key), min(row_number) FROM ({lone})")
    if not rows:
        return []
    same = any(targets[reference.table].same_dataset for reference in references)
    names = [one.title for reference in references for one in targets[reference.table].files]
    params: dict[str, Any] = {
        "count": rows,
        "of": here.rows,
        "keys": keys,
        "fields": [here.header.label(name) for name in fields],
        "tables": names,
    }
    column = here.header.number(fields[0])
    if not same and rows == here.rows:
        return [rule("reference-other-cut", "warning", column=column, params=params)]
    examples = bench.ask(
        f"SELECT key, min(row_number) AS first FROM ({lone}) GROUP BY key ORDER BY first LIMIT {_EXAMPLES}"
    )
    params["examples"] = [f"{told_key(key)} (→ {number})" for key, number in examples]
    severity = references[0].severity if same else _at_most_warning(references[0].severity)
    return [rule("reference-missing", severity, row=first, column=column, params=params)]


def _load_all(bench: Bench, target: Target, fields: Sequence[str]) -> list[Loaded]:
    loaded = [bench.load(file, fields) for file in target.files]
    return [one for one in loaded if len(one.columns) == len(fields)]


def _key(loaded: Loaded) -> str:
    """The columns put together; letter case is no difference, since it has its own finding."""
    return " || chr(31) || ".join(f"upper({column})" for column in loaded.columns.values())


def _filled(loaded: Loaded) -> str:
    return " AND ".join(f"{column} <> ''" for column in loaded.columns.values())


def _at_most_warning(severity: Severity) -> Severity:
    return "warning" if severity in ("error", "review") else severity
