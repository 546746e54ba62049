"""How single findings become the verdict on a file, on a dataset, and the dataset's status. Plain module."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Findings that no one can override: personal tax codes (DESIGN §4, data-formats §6 P1-P3).
NOT_OVERRIDABLE = ("P1", "P2", "P3")
#: Why a file of no format that we read is unreadable: it was looked through for tax codes all the same.
_LOOKED_THROUGH = ("unknown-format", "not-text", "empty-file")


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def verdict_key(
    *,
    sha256: str,
    filename: str,
    declared_format: str,
    table_schema: str,
    ruleset: str,
    expired: Sequence[str] = (),
) -> str:
    """Return the key under which the verdict on a file is kept: all that the verdict depends on.

    Of the file name only the suffix matters (it says what the file claims to be). ``expired``: what the Table Schema
    declared of personal data and no longer holds (``declarations``). Two equal keys give equal verdicts, so what has
    passed is not checked again for a metadata edit, a reorder or a re-harvest of equal bytes.
    """
    suffix = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    parts = [sha256, suffix, declared_format.upper(), table_schema, ruleset]
    return _digest([*parts, list(expired)] if expired else parts)


def fingerprint(resources: Iterable[tuple[str, str, str, str]]) -> str:
    """Return the hash of a dataset's content: ``(resource id, sha256 or "", format, table_schema)`` of each resource."""
    return _digest(sorted(resources))


def combine(verdicts: Iterable[str], metadata_errors: Iterable[Any]) -> str:
    """Return the verdict on a dataset, the worst of its files': ``failed``, ``unreadable``, ``review``, ``passed``.

    ``pending`` when it has no file.
    """
    found = set(verdicts)
    if "failed" in found or any(metadata_errors):
        return "failed"
    for verdict in ("unreadable", "review"):
        if verdict in found:
            return verdict
    return "passed" if found else "pending"


def overridable(findings: Iterable[Mapping[str, Any]], metadata_errors: Iterable[Any]) -> bool:
    """Say whether a verdict may be overridden: never with missing metadata, never with personal tax codes."""
    if any(metadata_errors):
        return False
    return not any(
        str(finding.get("code", finding.get("type", ""))).startswith(NOT_OVERRIDABLE) for finding in findings
    )


def read_enough(verdict: str, measured: str | None, rules: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether so much of a file was read that a person can decide against the verdict.

    In a table that was not read to its end nobody knows of persons in the rest. A format that the portal does not know
    (``measured`` is None) was looked through for their codes all the same, and an empty file holds none.
    """
    if verdict != "unreadable":
        return True
    return measured is None and any(found["code"] in _LOOKED_THROUGH for found in rules)
