"""Two runs over a dataset side by side: which causes are new, which are gone, which are still there. Plain module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .listing import CauseEntry


@dataclass(frozen=True)
class Change:
    """One cause in one file, before and now; ``before`` or ``now`` is 0 where it was not or is no longer there."""

    file: str
    title: str
    label: str | None
    severity: str
    before: int
    now: int


@dataclass(frozen=True)
class Comparison:
    """What became of the findings from one run to the next, the gravest and most numerous first."""

    new: tuple[Change, ...]
    gone: tuple[Change, ...]
    still: tuple[Change, ...]


def compare(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> Comparison:
    """Compare the files of two reports (each with ``resource_id``, ``name`` and ``causes``), cause by cause.

    A cause is the same when it has the same code in a column of the same name: positions move from release to release.
    """
    old, new = _by_cause(before), _by_cause(now)
    changes = []
    for key in {**new, **old}:
        name, entry = new.get(key) or old[key]
        changes.append(
            Change(
                file=name,
                title=entry.explanation.title,
                label=entry.label,
                severity=entry.severity,
                before=old[key][1].total if key in old else 0,
                now=new[key][1].total if key in new else 0,
            )
        )
    return Comparison(
        new=tuple(change for change in changes if not change.before),
        gone=tuple(change for change in changes if not change.now),
        still=tuple(change for change in changes if change.before and change.now),
    )


def _by_cause(files: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], tuple[str, CauseEntry]]:
    return {
        (file["resource_id"], entry.code, entry.label or ""): (file["name"] or "", entry)
        for file in files
        for entry in file["causes"]
    }
