"""What is live as typed Parquet: written by a job after publication, removed when it is no longer public.

Publication never waits for it nor fails with it: what can not be written keeps the reason, and its page tells it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import duckdb
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.model import DatasetState, FileVerdict, Release, ResourceFile
from ckanext.opencohesion.quality.shown import stands_for
from ckanext.opencohesion.quality.uploader import content_store
from ckanext.opencohesion.tables.description import NotShown, TableDescription
from ckanext.opencohesion.tables.errors import NotShowableError, UnreadableTableError
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile, profile_ids
from ckanext.opencohesion.tables.shelf import TableShelf, table_key

log = logging.getLogger(__name__)

KIND = "quality_tables"
TIDY_KIND = "quality_tables_tidy"


def table_shelf() -> TableShelf:
    """Return the portal's written tables, beside its store of files."""
    return TableShelf(Path(tk.config["ckan.storage_path"]) / "opencohesion" / "tables")


def profile_of(resource: dict[str, Any]) -> TableProfile | None:
    """Return the Table Schema that a resource names, None where it names none that we have."""
    name = resource.get("table_schema") or ""
    return load_profile(name) if name in profile_ids() else None


def key_of(resource: dict[str, Any], filename: str) -> str:
    """Return the key of the table that is written from a resource's file."""
    profile = profile_of(resource)
    return table_key(
        filename=filename,
        table_schema=profile.id if profile else "",
        schema_version=profile.version if profile else "",
    )


def public_file(resource: dict[str, Any]) -> ResourceFile | None:
    """Return the file that a resource of a live dataset stands for; None where it is not live, or was taken down.

    A change that waits is no pointer yet, so what is staged or held back is never given.
    """
    row = model.Session.get(ResourceFile, resource["id"])
    if row is None or not stands_for(resource, row):
        return None
    state = model.Session.get(DatasetState, row.package_id)
    if state is None or not state.live:
        return None
    same = (Release.resource_id == row.resource_id, Release.sha256 == row.sha256)
    published = model.Session.scalars(sa.select(Release.withdrawn).where(*same)).all()
    return row if any(withdrawn is None for withdrawn in published) else None


def is_table(sha256: str) -> bool:
    """Say whether the gate read these bytes as a table."""
    query = sa.select(FileVerdict.key).where(
        FileVerdict.sha256 == sha256, FileVerdict.column_count.is_not(None)
    )
    return model.Session.scalar(query.limit(1)) is not None


def table_of(resource: dict[str, Any]) -> tuple[ResourceFile, TableDescription | NotShown | None] | None:
    """Return the public file of a resource and its table: described, not possible, or (None) not yet written.

    None where the resource has no public file, or one that is no table.
    """
    row = public_file(resource)
    if row is None or not is_table(row.sha256):
        return None
    return row, table_shelf().read(row.sha256, key_of(resource, row.filename))


# -- jobs --------------------------------------------------------------------------------------------------------------


def request_tables(package: model.Package) -> None:
    """Ask for the tables of a dataset that goes live, within the present transaction."""
    jobs.submit(
        KIND,
        package.id,
        {"id": package.id},
        timeout_seconds=tk.config["ckanext.opencohesion.quality.check_timeout_seconds"],
        title=tk._("Preview of {name}").format(name=package.name),
    )


def write_tables(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Write the tables of a live dataset (``args["id"]``) that are not written yet. The job's function."""
    package = model.Package.get(args["id"])
    if package is None or package.state != "active":
        return None
    written = 0
    resources = stored_dataset(package)["resources"]
    for number, resource in enumerate(resources):
        handle.progress(number, len(resources), resource.get("name") or "")
        found = table_of(resource)
        if found is not None and found[1] is None:
            row = found[0]
            facts = (row.sha256, row.filename, resource)
            model.Session.rollback()  # no transaction stays open while a large file is written
            _write_one(handle, *facts)
            written += 1
    return {"written": written}


def _write_one(handle: jobs.JobHandle, sha256: str, filename: str, resource: dict[str, Any]) -> None:
    shelf, profile, key = table_shelf(), profile_of(resource), key_of(resource, filename)
    try:
        with shelf.work_folder() as work:
            source = probe(
                content_store().path(sha256),
                filename=filename,
                declared_format=resource.get("format") or None,
                profile=profile,
            )
            parquet, description = write_parquet(
                source, profile, work=work, progress=lambda _rows: handle.check_stop()
            )
            shelf.put(sha256, key, parquet, description)
        if not _served(sha256):  # taken down while it was being written
            shelf.remove(sha256)
    except (NotShowableError, UnreadableTableError) as error:
        log.warning("No preview of resource %s: %s", resource["id"], error.code)
        shelf.put_reason(sha256, key, NotShown(error.code, error.params))
    except jobs.JobEndedError as error:
        if error.reason == "time_over":
            shelf.put_reason(sha256, key, NotShown("too-long"))
        raise
    except (OSError, duckdb.IOException):
        raise  # a full disk is no fault of the file: the job has failed, and ``tidy`` asks for it again
    except Exception as error:
        # only the kind of error: its text may repeat what stands in the file
        log.error("No preview of resource %s: %s", resource["id"], type(error).__name__)
        shelf.put_reason(sha256, key, NotShown("broke-off"))


def _served(sha256: str) -> bool:
    """Say whether any version with these bytes is public."""
    query = (
        sa.select(Release.id)
        .join(DatasetState, DatasetState.package_id == Release.package_id)
        .where(Release.sha256 == sha256, Release.withdrawn.is_(None), DatasetState.live)
    )
    return model.Session.scalar(query.limit(1)) is not None


def remove_unserved(sha256: str) -> bool:
    """Remove the tables written from bytes that are no longer public (a take-down); say whether they went."""
    if _served(sha256):
        return False
    table_shelf().remove(sha256)
    return True


def tidy(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Ask for the tables that live datasets lack, remove those that are no longer public and what killed jobs left.

    A periodic job.
    """
    removed = 0
    shelf = table_shelf()
    shelf.sweep(2 * tk.config["ckanext.opencohesion.quality.check_timeout_seconds"])
    for sha256 in list(shelf.contents()):
        handle.check_stop()
        removed += remove_unserved(sha256)
    asked = 0
    query = (
        sa.select(ResourceFile.package_id)
        .join(DatasetState, DatasetState.package_id == ResourceFile.package_id)
        .join(FileVerdict, FileVerdict.sha256 == ResourceFile.sha256)
        .where(DatasetState.live, FileVerdict.column_count.is_not(None))
        .distinct()
    )
    for package_id in model.Session.scalars(query).all():
        handle.check_stop()
        package = model.Package.get(package_id)
        if package is not None and package.state == "active" and _lacks_a_table(package):
            request_tables(package)
            asked += 1
    model.Session.commit()
    return {"removed": removed, "asked": asked}


def _lacks_a_table(package: model.Package) -> bool:
    for resource in package.resources_all:
        if resource.state != "active":
            continue
        facts = {
            "id": resource.id,
            "url": resource.url,
            "url_type": resource.url_type,
            **(resource.extras or {}),
        }
        found = table_of(facts)
        if found is not None and found[1] is None:
            return True
    return False
