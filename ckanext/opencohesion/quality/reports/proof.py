"""What is proven of each file of a dataset, for its page: two queries for any number of files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.model import FileVerdict, ResourceFile
from ckanext.opencohesion.quality.reports.tallies import Tally, count
from ckanext.opencohesion.quality.shown import stands_for, verdict_key_of


@dataclass(frozen=True)
class Proof:
    """The verdict on one file: what it rests on, when and by which rules it was given, what was counted and measured."""

    verdict: str
    basis: str
    checked: datetime
    format: str | None
    rows: int | None
    columns: int | None
    filename: str
    ruleset: str
    tally: Tally


def proofs(dataset: dict[str, Any]) -> dict[str, Proof]:
    """Return the proof of each checked file of a dataset as ``package_show`` gives it, by the resource's id."""
    resources = {r["id"]: r for r in dataset.get("resources") or [] if r.get("id")}
    if not resources:
        return {}
    files = model.Session.scalars(
        sa.select(ResourceFile).where(ResourceFile.resource_id.in_(list(resources)))
    )
    of_key: dict[str, list[ResourceFile]] = {}
    for row in files:
        if stands_for(resources[row.resource_id], row):
            key = verdict_key_of(resources[row.resource_id], row)
            of_key.setdefault(key, []).append(row)
    columns = (
        *(FileVerdict.key, FileVerdict.verdict, FileVerdict.basis, FileVerdict.finished),
        *(FileVerdict.format, FileVerdict.row_count, FileVerdict.column_count, FileVerdict.ruleset),
        *(FileVerdict.report["causes"].label("causes"), FileVerdict.rules),
    )
    found = model.Session.execute(sa.select(*columns).where(FileVerdict.key.in_(list(of_key))))
    return {
        row.resource_id: Proof(
            verdict=one.verdict,
            basis=one.basis,
            checked=one.finished,
            format=one.format,
            rows=one.row_count,
            columns=one.column_count,
            filename=row.filename,
            ruleset=one.ruleset,
            tally=count(one.causes or [], one.rules),
        )
        for one in found
        for row in of_key[one.key]
    }
