"""The short report on a dataset, for everyone who sees it: what was checked, by which rules, when, what was decided."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.quality.decisions.decisions import decisions_of
from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.repair import records
from ckanext.opencohesion.quality.reports.proof import proofs
from ckanext.opencohesion.quality.reports.reports import overrides_of

#: What a basis proves, the strongest first; a dataset's basis is the weakest of its files'.
_BASES = ("whole_file", "structure", "opens")


def summary(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return the short report on a dataset as ``package_show`` gives it to the reader; see the action of this name."""
    state = get_state(dataset["id"])
    proven = proofs(dataset)
    files = [
        _file(resource, proven[resource["id"]])
        for resource in dataset.get("resources") or []
        if resource["id"] in proven
    ]
    bases = [one["basis"] for one in files if one["basis"] in _BASES]
    return {
        "id": dataset["id"],
        "name": dataset["name"],
        "live": bool(state and state.live),
        "status": state.status if state else "pending",
        "checked": f"{state.checked.isoformat(timespec='seconds')}Z" if state and state.checked else None,
        "basis": max(bases, key=_BASES.index, default=None),
        "errors": sum(one["errors"] for one in files),
        "warnings": sum(one["warnings"] for one in files),
        "files": files,
        "overrides": overrides_of(dataset["id"], public=True),
        "decisions": decisions_of(dataset["id"], public=True),
        "repairs": repairs_behind_files(dataset),
        "report_url": _address("report", dataset),
        "badge_url": _address("badge", dataset),
    }


def _address(endpoint: str, dataset: dict[str, Any]) -> str:
    return tk.url_for(f"opencohesion_quality.{endpoint}", id=dataset["id"], qualified=True, locale="default")


def _file(resource: dict[str, Any], proof: Any) -> dict[str, Any]:
    return {
        "resource_id": resource["id"],
        "name": resource.get("name") or proof.filename,
        "sha256": resource.get("hash"),
        "verdict": proof.verdict,
        "basis": proof.basis,
        "table_schema": resource.get("table_schema") or None,
        "ruleset": proof.ruleset,
        "checked": f"{proof.checked.isoformat(timespec='seconds')}Z",
        "format": proof.format,
        "rows": proof.rows,
        "columns": proof.columns,
        "errors": proof.tally.errors,
        "warnings": proof.tally.warnings,
    }


def repairs_behind_files(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the repairs behind the files as they are now: only what made what everyone can download."""
    hashes = {r["id"]: r.get("hash") for r in dataset.get("resources") or []}
    rows = records.repairs_of_dataset(dataset["id"])
    return [
        records.described(row)
        for resource_id, sha256 in hashes.items()
        if sha256
        for row in records.chain(rows, resource_id, sha256)
    ]
