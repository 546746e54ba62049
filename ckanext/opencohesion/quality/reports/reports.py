"""The report on a dataset as the API gives it: from the kept checks and verdicts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.quality.model import DatasetCheck, FileVerdict, Override
from ckanext.opencohesion.quality.reports.tallies import tallies


def latest_check(package_id: str, target: str) -> DatasetCheck | None:
    """Return the newest check of a dataset's present content (``current``) or of its staged change (``staged``).

    A staged change that was applied is the present content, and so its check counts for both. One that passed and waits
    for its time, or was thrown away, is not: everyone reads the report on what is public.
    """
    query = sa.select(DatasetCheck).where(DatasetCheck.package_id == package_id)
    if target == "staged":
        query = query.where(DatasetCheck.target == "staged")
    else:
        query = query.where(sa.or_(DatasetCheck.target == "current", DatasetCheck.published))
    return model.Session.scalar(query.order_by(DatasetCheck.finished.desc()).limit(1))


def newest_check(package_id: str, target: str) -> DatasetCheck | None:
    """Return the newest run over exactly this: the present content, or the change that waits."""
    query = sa.select(DatasetCheck).where(
        DatasetCheck.package_id == package_id, DatasetCheck.target == target
    )
    return model.Session.scalar(query.order_by(DatasetCheck.finished.desc()).limit(1))


def check_of(package_id: str, check_id: str) -> DatasetCheck | None:
    """Return one run over a dataset by its id."""
    check = model.Session.get(DatasetCheck, check_id)
    return check if check is not None and check.package_id == package_id else None


def check_before(check: DatasetCheck) -> DatasetCheck | None:
    """Return the run over the same dataset that went before ``check`` and judged its content."""
    query = sa.select(DatasetCheck).where(
        DatasetCheck.package_id == check.package_id,
        DatasetCheck.finished < check.finished,
        DatasetCheck.fingerprint != "",
    )
    return model.Session.scalar(query.order_by(DatasetCheck.finished.desc()).limit(1))


def history(package_id: str, *, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many runs over a dataset there were, and some of them, newest first.

    Each: ``{id, target, verdict, ruleset, started, finished, errors, warnings}``.
    """
    query = sa.select(DatasetCheck).where(DatasetCheck.package_id == package_id)
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    page = query.order_by(DatasetCheck.finished.desc(), DatasetCheck.id).limit(limit).offset(offset)
    checks = list(model.Session.scalars(page))
    counted = tallies(checks)
    return total, [
        {
            "id": check.id,
            "target": check.target,
            "verdict": check.verdict,
            "ruleset": check.ruleset,
            "started": f"{check.started.isoformat(timespec='seconds')}Z",
            "finished": f"{check.finished.isoformat(timespec='seconds')}Z",
            "errors": counted[check.id].errors,
            "warnings": counted[check.id].warnings,
        }
        for check in checks
    ]


def report_of(check: DatasetCheck | None, target: str, status: str) -> dict[str, Any]:
    """Return ``{id, verdict, target, status, ruleset, started, finished, resources, metadata}`` of a check.

    ``resources``: ``{resource_id, name, verdict, basis, format, rows, report, rules}`` each. Without a check the
    verdict is ``pending`` and the lists are empty.
    """
    if check is None:
        return {
            "id": None,
            "verdict": "pending",
            "target": target,
            "status": status,
            "ruleset": None,
            "started": None,
            "finished": None,
            "resources": [],
            "metadata": [],
        }
    return {
        "id": check.id,
        "verdict": check.verdict,
        "target": target,
        "status": status,
        "ruleset": check.ruleset,
        "started": f"{check.started.isoformat(timespec='seconds')}Z",
        "finished": f"{check.finished.isoformat(timespec='seconds')}Z",
        "resources": [_resource(entry) for entry in check.resources],
        "metadata": check.metadata_errors,
    }


def _resource(entry: dict[str, Any]) -> dict[str, Any]:
    verdict = model.Session.get(FileVerdict, entry["key"]) if entry["key"] else None
    return {
        "resource_id": entry["resource_id"],
        "name": entry["name"],
        "verdict": _verdict(verdict, entry["rules"]),
        "basis": verdict.basis if verdict else None,
        "format": verdict.format if verdict else None,
        "rows": verdict.row_count if verdict else None,
        "report": verdict.report if verdict else {},
        "rules": entry["rules"] + (verdict.rules if verdict else []),
    }


def _verdict(verdict: FileVerdict | None, between: list[dict[str, Any]]) -> str:
    """Return the verdict on a resource: that on its file, unless what it has to do with other files is wrong."""
    if verdict is None:
        return "unreadable"
    wrong = any(found["severity"] == "error" for found in between)
    return "failed" if wrong and verdict.verdict != "unreadable" else verdict.verdict


def published_fingerprints(package_id: str) -> sa.Select[tuple[str]]:
    """Return the query of the contents of a dataset that are public, or were."""
    return sa.select(DatasetCheck.fingerprint).where(
        DatasetCheck.package_id == package_id, DatasetCheck.published
    )


def overrides_of(package_id: str, *, public: bool) -> list[dict[str, Any]]:
    """Return the decisions to publish a dataset against the verdict, newest first: who, when, why.

    ``public``: only those on what was published: of what still waits the public knows nothing.
    """
    query = sa.select(Override).where(Override.package_id == package_id)
    if public:
        query = query.where(Override.fingerprint.in_(published_fingerprints(package_id)))
    rows = model.Session.scalars(query.order_by(Override.created.desc()))
    result = []
    for row in rows:
        user = model.User.get(row.user_id)
        result.append(
            {
                "user": user.display_name if user else row.user_id,
                "reason": row.reason,
                "created": f"{row.created.isoformat(timespec='seconds')}Z",
                "fingerprint": row.fingerprint,
            }
        )
    return result
