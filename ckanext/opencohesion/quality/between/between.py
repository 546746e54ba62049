"""The gate's look beyond one file: at the other tables of its dataset and of the portal, and at what is published.

What it finds depends on other files, so it stands with the run (``DatasetCheck.resources``) and not with the verdict that is
kept on a file's content. An error among it holds the dataset back as one in the file would.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.between.bench import Bench, TableFile, bench
from ckanext.opencohesion.quality.between.drift import drift_rules
from ckanext.opencohesion.quality.between.references import Target, reference_rules
from ckanext.opencohesion.quality.judging.check import DEFAULT_LIMITS, PARSING_ERRORS
from ckanext.opencohesion.quality.judging.report import quoted, rule
from ckanext.opencohesion.quality.model import DatasetState, FileVerdict, Release
from ckanext.opencohesion.quality.publication.table_files import profile_of, public_file
from ckanext.opencohesion.quality.run import Judged, Run
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.storage.uploader import content_store
from ckanext.opencohesion.quality.takedown.takedown import is_under_way
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile, profile_ids

log = logging.getLogger(__name__)

# So many tables of other datasets are looked into for one reference, the newest first.
_MOST_TABLES = 20
_BROKEN = (*PARSING_ERRORS, duckdb.Error)


def look_between(run: Run, handle: jobs.JobHandle) -> None:
    """Add to each judged table what its references and its last published version say.

    A file that can not be compared (an old one that is unreadable today, say) has no findings here; what is wrong with
    the file itself was told before.
    """
    tables = [one for one in run.judged if one.key and _is_table(one)]
    if not tables:
        return
    with (
        tempfile.TemporaryDirectory(prefix="opencohesion-between-") as work,
        bench(Path(work), handle.check_stop) as workbench,
    ):
        for one in tables:
            try:
                found = _findings(run, one, workbench)
            except _BROKEN as error:
                # only the kind of error: its text may repeat what stands in the file
                log.error(
                    "The table of resource %s could not be compared: %s",
                    one.resource["id"],
                    type(error).__name__,
                )
                continue
            one.rules = [*one.rules, *quoted(found, DEFAULT_LIMITS)]
            if any(finding["severity"] == "error" for finding in found):
                one.verdict = "failed"


def _findings(run: Run, one: Judged, workbench: Bench) -> list[dict[str, Any]]:
    profile, file = profile_of(one.resource), _file(one)
    targets = _targets(run, profile) if profile else {}
    # a take-down means its rows to be gone: nothing of it is drift
    published = [] if is_under_way(run.package_id) else _published(one.resource["id"])
    found: list[dict[str, Any]] = []
    if published and published[0].sha256 == one.sha256:
        found += [rule("same-file", "warning")] if _brings_a_file(run, one) else []
        published = []
    versions = [version for release in published if (version := _version(release, profile))]
    if not versions and not (profile and profile.references):
        return found
    known = {reference.table for reference in profile.references} & set(profile_ids()) if profile else set()
    titles = {name: load_profile(name).title["it"] for name in known}
    found += reference_rules(workbench, file, targets, titles)
    if versions:
        found += drift_rules(workbench, file, *versions)
    return found


def _is_table(one: Judged) -> bool:
    verdict = model.Session.get(FileVerdict, one.key)
    return verdict is not None and verdict.column_count is not None and verdict.verdict != "unreadable"


def _file(one: Judged) -> TableFile:
    path = content_store().path(one.sha256)
    return TableFile(path, one.filename, profile_of(one.resource), one.resource.get("name") or one.filename)


# -- what is published -------------------------------------------------------------------------------------------------


def _published(resource_id: str) -> list[Release]:
    """Return the last two published versions that were not taken down, the newest first."""
    query = sa.select(Release).where(Release.resource_id == resource_id, Release.withdrawn.is_(None))
    return list(model.Session.scalars(query.order_by(Release.number.desc()).limit(2)))


def _version(release: Release, profile: TableProfile | None) -> TableFile | None:
    path = content_store().path(release.sha256)
    return TableFile(path, release.filename, profile) if path.is_file() else None


def _brings_a_file(run: Run, one: Judged) -> bool:
    staged = get_staged(run.package_id)
    operation = staged.resources.get(one.resource["id"]) if staged else None
    return bool(operation and operation.get("file"))


# -- the other tables --------------------------------------------------------------------------------------------------


def _targets(run: Run, profile: TableProfile) -> dict[str, Target]:
    """Return the tables that a profile's references name, where there are any.

    First those of the same dataset, as they would be published; else the live ones of the same organization: what is not
    public, or another office's, is no measure.
    """
    found = {}
    for name in {reference.table for reference in profile.references}:
        own = [
            one
            for one in run.judged
            if one.key and one.resource.get("table_schema") == name and _is_table(one)
        ]
        if own:
            found[name] = Target(tuple(map(_file, own)), same_dataset=True)
        elif others := list(_elsewhere(run.package_id, name)):
            found[name] = Target(tuple(others), same_dataset=False)
    return found


def _elsewhere(package_id: str, table_schema: str) -> Iterable[TableFile]:
    package = model.Package.get(package_id)
    if package is None or not package.owner_org:
        return
    query = (
        sa.select(model.Resource, model.Package.title)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .where(
            DatasetState.live,
            model.Package.id != package_id,
            model.Package.owner_org == package.owner_org,
            model.Package.state == "active",
            model.Resource.state == "active",
            sa.cast(model.Resource.extras, sa.Text).contains(table_schema, autoescape=True),
        )
        .order_by(model.Resource.last_modified.desc().nulls_last(), model.Resource.id)
        .limit(_MOST_TABLES)
    )
    for resource, title in model.Session.execute(query).all():
        described = resource.as_dict()
        if described.get("table_schema") != table_schema:
            continue
        if row := public_file(described):
            path = content_store().path(row.sha256)
            if path.is_file():
                yield TableFile(
                    path, row.filename, profile_of(described), f"{title}: {resource.name or row.filename}"
                )
