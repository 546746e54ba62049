"""What a report's page shows of each file: its causes, the meaning of their columns, what may mend them. Plain module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...tables.repair.catalogue import Repair
from ..repairs import repairs_for, repairs_for_all
from ..wording.meanings import Meaning, meaning
from ..wording.messages import Translate
from . import listing
from .listing import CauseEntry


@dataclass(frozen=True)
class Wanted:
    """Which findings are to be shown; an empty value stands for all. ``file`` is the id of a resource."""

    severity: str = ""
    column: str = ""
    file: str = ""

    def holds(self, cause: CauseEntry) -> bool:
        """Say whether a cause is among what is wanted, of whichever file."""
        right_severity = not self.severity or cause.severity == self.severity
        return right_severity and (not self.column or cause.label == self.column)


@dataclass(frozen=True)
class ShownCause:
    """One cause as the page shows it. ``anchor``: its place on the page, for links to it."""

    entry: CauseEntry
    anchor: str
    meaning: Meaning | None
    repairs: list[Repair]


@dataclass
class ShownFile:
    """One file as the page shows it. ``causes`` are those that are wanted, ``errors`` and ``warnings`` count all."""

    resource_id: str
    name: str
    verdict: str
    basis: str | None
    format: str | None
    rows: int | None
    schema: str | None
    causes: list[ShownCause] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    to_decide: int = 0
    left_out: int = 0
    repairs: list[Repair] = field(default_factory=list)


def with_causes(resources: Iterable[Mapping[str, Any]], translate: Translate) -> list[dict[str, Any]]:
    """Return the files of a report (``reports.report_of``), each with its ``causes``."""
    return [{**resource, "causes": listing.causes(resource, translate)} for resource in resources]


def shown(
    files: Iterable[Mapping[str, Any]], schemas: Mapping[str, str | None], wanted: Wanted, language: str
) -> list[ShownFile]:
    """Return the files (``with_causes``) as the page shows them.

    ``schemas``: the Table Schema of each resource id. ``language``: ``it`` or ``en``, of the columns' meanings.
    """
    return [
        _shown(number, file, schemas.get(file["resource_id"]), wanted, language)
        for number, file in enumerate(files, 1)
        if not wanted.file or file["resource_id"] == wanted.file
    ]


def _shown(
    number: int, file: Mapping[str, Any], schema: str | None, wanted: Wanted, language: str
) -> ShownFile:
    entries: list[CauseEntry] = file["causes"]
    causes = [
        ShownCause(
            entry=entry,
            anchor=f"f{number}-{place}-{entry.anchor}",
            meaning=meaning(schema, entry.label, entry.field, language) if entry.label else None,
            repairs=repairs_for(entry.finding),
        )
        for place, entry in enumerate(entries, 1)
    ]
    kept = [cause for cause in causes if wanted.holds(cause.entry)]
    return ShownFile(
        **{name: file[name] for name in ("resource_id", "verdict", "basis", "format", "rows")},
        name=file["name"] or "",
        schema=schema,
        causes=kept,
        errors=listing.count(entries, "error"),
        warnings=listing.count(entries, "warning"),
        to_decide=listing.count(entries, "review"),
        left_out=len(causes) - len(kept),
        repairs=repairs_for_all(entry.finding for entry in entries),
    )


def columns(files: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the columns that have findings, for the filter, each once."""
    names = {cause.label for file in files for cause in file["causes"] if cause.label}
    return sorted(names, key=str.casefold)
