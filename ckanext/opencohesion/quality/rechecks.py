"""What is live looked at again because the rules changed, or because a declaration on personal data came to its end.

Both jobs are repeated and do a little at a time, behind everything that somebody waits for. What is still to be done is read
from the verdicts that are kept (one for each content under each rule set), so that a killed job goes on where it was and
nothing is done twice. Nothing is withdrawn: what the new rules find is reported to the owners (``stewardship.oversight``),
and a review that is opened stays beside what is public.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.asking import KIND as CHECK_KIND
from ckanext.opencohesion.quality.asking import request_check
from ckanext.opencohesion.quality.judging.ruleset import RULESET
from ckanext.opencohesion.quality.kept import expired_for, key_for
from ckanext.opencohesion.quality.model import DatasetCheck, DatasetState, FileVerdict, ResourceFile, utcnow

RULES_KIND = "quality_new_rules"
RULES_SECONDS = 60
EXPIRY_KIND = "quality_expiries"
EXPIRY_SECONDS = 6 * 3600


def outdated() -> sa.Select[tuple[str]]:
    """Return the query of live datasets with a file on which there is no verdict under the present rules.

    A dataset whose check under these rules broke off today is left in peace until tomorrow.
    """
    judged = sa.exists().where(FileVerdict.sha256 == ResourceFile.sha256, FileVerdict.ruleset == RULESET)
    midnight = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    tried = sa.exists().where(
        DatasetCheck.package_id == DatasetState.package_id,
        DatasetCheck.ruleset == RULESET,
        DatasetCheck.target == "current",
        DatasetCheck.finished >= midnight,
    )
    return (
        sa.select(DatasetState.package_id)
        .join(ResourceFile, ResourceFile.package_id == DatasetState.package_id)
        .join(model.Package, model.Package.id == DatasetState.package_id)
        .where(DatasetState.live, model.Package.state == "active", ~judged, ~tried)
        .distinct()
        .order_by(DatasetState.package_id)
    )


def recheck_rules(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Ask for the check of some live datasets under the present rules, behind all others. A periodic job."""
    most = tk.config["ckanext.opencohesion.quality.ruleset_recheck_batch"]
    asked = 0
    for package_id in model.Session.scalars(outdated()).all():
        handle.check_stop()
        job = jobs.latest(CHECK_KIND, package_id)
        if job is None or job.state not in ("queued", "running"):
            package = model.Package.get(package_id)
            if package is not None:
                request_check(package, later=True)
                model.Session.commit()
        asked += 1
        if asked >= most:
            break
    return {"asked": asked}


def look_for_expiries(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Have live datasets checked again whose declaration on personal data is over. A periodic job.

    The check then finds what the declaration answered, and opens a review beside what is public. It may be a declaration
    of the portal's Table Schemas or of an office's.
    """
    rows = model.Session.execute(
        sa.select(model.Resource, ResourceFile)
        .join(ResourceFile, ResourceFile.resource_id == model.Resource.id)
        .join(DatasetState, DatasetState.package_id == ResourceFile.package_id)
        .where(
            DatasetState.live,
            model.Resource.state == "active",
            sa.cast(model.Resource.extras, JSONB)["table_schema"].astext != "",
        )
    ).all()
    asked: set[str] = set()
    for resource, file in rows:
        handle.check_stop()
        facts = {"id": resource.id, "format": resource.format, **(resource.extras or {})}
        if not expired_for(facts):
            continue
        if model.Session.get(FileVerdict, key_for(facts, file.sha256, file.filename)) is None:
            package = model.Package.get(file.package_id)
            if package is not None and package.id not in asked:
                request_check(package, later=True)
                asked.add(package.id)
    model.Session.commit()
    return {"asked": len(asked)}
