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

    @property
    def under_way(self) -> bool:
        """Whether the gate has not decided yet."""
        return self.status in UNDER_WAY


def ensure_organization(portal: Portal, region: str) -> str:
    """Return the name of the region's organization, made if the portal does not have it."""
    fields = organization_fields(region)
    try:
        portal.action("organization_show", id=fields["name"])
    except NotFoundError:
        portal.action("organization_create", **fields)
    return fields["name"]


def send(portal: Portal, plan: DatasetPlan, folder: Path, organization: str) -> bool:
    """Bring ``plan`` to the portal; return whether anything had to be sent.

    A dataset of that name that holds the same files is left as it is: a second run changes nothing.
    Raises PortalError when the portal refuses something.
    """
    try:
        portal.action("package_show", id=plan.name)
        changed = False
    except NotFoundError:
        portal.action("package_create", **dataset_fields(plan, organization))
        changed = True
    for file in plan.files:
        changed |= _ensure_file(portal, plan.name, file, folder)
    if not changed and _report(portal, plan.name)["status"] in UNDER_WAY:
        # What an interrupted run left behind: nothing new asks for the check, so we do.
        portal.action("opencohesion_quality_check", id=plan.name)
    return changed


def outcome_of(portal: Portal, plan: DatasetPlan, changed: bool, until: float) -> Outcome:
    """Wait for the gate's verdict until ``until`` (monotonic seconds) and return it, or that it is still under way."""
    while True:
        report = _report(portal, plan.name)
        if report["status"] not in UNDER_WAY or time.monotonic() > until:
            return Outcome(plan, report["status"], tuple(reasons_of(report)), changed)
        time.sleep(PAUSE_SECONDS)


def _report(portal: Portal, dataset: str) -> dict[str, Any]:
    return portal.action("opencohesion_quality_report_show", id=dataset)


def _resources(portal: Portal, dataset: str) -> list[dict[str, Any]]:
    """The files as they are or, when a change waits for its verdict, as they would be."""
    try:
        staged = portal.action("opencohesion_quality_staged_show", id=dataset)
    except NotFoundError:
        return portal.action("package_show", id=dataset)["resources"]
    return staged["dataset"]["resources"]


def _ensure_file(portal: Portal, dataset: str, file: FilePlan, folder: Path) -> bool:
    path = folder / file.path
    found = next((old for old in _resources(portal, dataset) if old["name"] == file.title), None)
    if found is None:
        portal.action("resource_create", upload=path, package_id=dataset, **file_fields(file))
        return True
    if found.get("hash") == sha256(path.read_bytes()).hexdigest():
        return False
    portal.action("resource_patch", upload=path, id=found["id"])
    return True
