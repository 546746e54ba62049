"""Bring planned datasets through the portal's road: create, upload, wait for the gate, tell what it said."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from demo.metadata import dataset_fields, file_fields, organization_fields
from demo.plans import DatasetPlan, FilePlan
from demo.portal_api import NotFoundError, Portal
from demo.reasons import reasons_of

LIVE = ("passed", "overridden")
UNDER_WAY = ("pending", "running")
WAIT_SECONDS = 300.0
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """What became of a planned dataset: the gate's status, its first reasons, and whether anything was sent."""

    plan: DatasetPlan
    status: str
    reasons: tuple[str, ...]
    changed: bool

    @property
    def live(self) -> bool:
        """Whether the public sees it."""
        return self.status in LIVE


def ensure_organization(portal: Portal, region: str) -> str:
    """Return the name of the region's organization, made if the portal does not have it."""
    fields = organization_fields(region)
    try:
        portal.action("organization_show", id=fields["name"])
    except NotFoundError:
        portal.action("organization_create", **fields)
    return fields["name"]


def publish(portal: Portal, plan: DatasetPlan, folder: Path, organization: str) -> Outcome:
    """Bring ``plan`` to the portal and wait for the gate.

    A dataset of that name that holds the same files is left as it is: a second run changes nothing.
    Raises PortalError when the portal refuses something.
    """
    try:
        dataset = portal.action("package_show", id=plan.name)
        changed = False
    except NotFoundError:
        dataset = portal.action("package_create", **dataset_fields(plan, organization))
        changed = True
    for file in plan.files:
        changed |= _ensure_file(portal, dataset["id"], _resources(portal, dataset["id"]), file, folder)
    report = _await_verdict(portal, dataset["id"])
    return Outcome(plan, report["status"], tuple(reasons_of(report)), changed)


def _resources(portal: Portal, dataset_id: str) -> list[dict[str, Any]]:
    """The files as they are or, when a change waits for its verdict, as they would be."""
    try:
        staged = portal.action("opencohesion_quality_staged_show", id=dataset_id)
    except NotFoundError:
        return portal.action("package_show", id=dataset_id)["resources"]
    return staged["dataset"]["resources"]


def _ensure_file(
    portal: Portal, dataset_id: str, resources: list[dict[str, Any]], file: FilePlan, folder: Path
) -> bool:
    path = folder / file.path
    found = next((resource for resource in resources if resource["name"] == file.title), None)
    if found is None:
        portal.action("resource_create", upload=path, package_id=dataset_id, **file_fields(file))
        return True
    if found.get("hash") == sha256(path.read_bytes()).hexdigest():
        return False
    portal.action("resource_patch", upload=path, id=found["id"])
    return True


def _await_verdict(portal: Portal, dataset_id: str) -> dict[str, Any]:
    """Return the report, as soon as nothing is under way any more; small files are checked before we ask."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        report = portal.action("opencohesion_quality_report_show", id=dataset_id)
        if report["status"] not in UNDER_WAY or time.monotonic() > until:
            return report
        time.sleep(PAUSE_SECONDS)
