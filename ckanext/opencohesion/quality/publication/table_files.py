"""What is live as typed tables, in Parquet and in the DataStore: prepared before publication, removed when no longer public.

``prepare_table`` writes them while nothing of them is public; ``publication`` makes them so. A job and a tidying heal what
was lost or is written otherwise by now. A file that can not be shown as a table keeps the reason, and its page tells it;
it is published all the same.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import duckdb
import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.model import (
    DatasetState,
    DataStoreTable,
    FileVerdict,
    Release,
    ResourceFile,
)
from ckanext.opencohesion.quality.publication import datastore_tables
from ckanext.opencohesion.quality.shown import stands_for
from ckanext.opencohesion.quality.staging import lock_dataset
from ckanext.opencohesion.quality.storage.uploader import content_store
from ckanext.opencohesion.tables.description import NotShown, TableDescription
from ckanext.opencohesion.tables.errors import NotShowableError, UnreadableTableError
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import TableProfile, find_profile
from ckanext.opencohesion.tables.shelf import TableShelf, table_key

log = logging.getLogger(__name__)

KIND = "quality_tables"
TIDY_KIND = "quality_tables_tidy"

#: A file that so often ended the process that wrote its table is published without one: fewer than a job's attempts.
MOST_DEATHS = 2


def table_shelf() -> TableShelf:
    """Return the portal's written tables, beside its store of files."""
    return TableShelf(Path(tk.config["ckan.storage_path"]) / "opencohesion" / "tables")


def profile_of(resource: dict[str, Any]) -> TableProfile | None:
    """Return the Table Schema that a resource names, None where it names none that we have."""
    return find_profile(resource.get("table_schema"))


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


# -- writing -----------------------------------------------------------------------------------------------------------


def prepare_table(
    handle: jobs.JobHandle, resource: dict[str, Any], sha256: str, filename: str, tell: jobs.Tell
) -> str | None:
    """Write the table of a file that was judged, as Parquet and into the DataStore's shadow, unless that is done.

    Nothing of it is public before the publication says so. ``tell`` is called with the rows written so far. Returns the
    name of the content that the DataStore is to have, ``None`` where the table can not be shown or does not go into the
    DataStore. Raises what keeps a whole disk or database from working: then nothing can be published.
    """
    shelf, profile, key = table_shelf(), profile_of(resource), key_of(resource, filename)
    known = shelf.read(sha256, key)
    if known is None:
        with shelf.trying(sha256, key) as earlier_deaths:
            if earlier_deaths >= MOST_DEATHS:
                log.error(
                    "No preview of resource %s: it ended its worker %s times", resource["id"], earlier_deaths
                )
                known = NotShown("broke-off")
                shelf.put_reason(sha256, key, known)
            else:
                known = _write_parquet(resource, sha256, filename, tell)
    if isinstance(known, NotShown):
        return None
    content = _records_of(known, sha256, key)
    if content is None:
        return None
    with shelf.work_folder() as work:
        try:
            datastore_tables.prepare(
                resource["id"],
                content,
                parquet=shelf.parquet(sha256, key),
                description=known,
                profile=profile,
                work=work,
                check_stop=handle.check_stop,
            )
        except datastore_tables.TableRefusedError:
            log.warning("The table of resource %s is not one for the DataStore", resource["id"])
            shelf.refuse_records(sha256, key)
            return None
    return content


def _records_of(table: TableDescription, sha256: str, key: str) -> str | None:
    """Return the content that a table's records have in the DataStore; ``None`` where they do not go there.

    A table that is too large has its page, its preview and its Parquet all the same.
    """
    most = tk.config["ckanext.opencohesion.quality.datastore_max_cells"]
    if not plugin_loaded("datastore") or table.rows * len(table.columns) > most:
        return None
    if table_shelf().refuses_records(sha256, key):
        return None
    return datastore_tables.content_name(sha256, key)


def is_prepared(resource: dict[str, Any], sha256: str, filename: str) -> bool:
    """Say whether the table of a file is written, or known not to be possible."""
    return table_shelf().read(sha256, key_of(resource, filename)) is not None


def _write_parquet(
    resource: dict[str, Any], sha256: str, filename: str, tell: jobs.Tell
) -> TableDescription | NotShown:
    shelf, profile, key = table_shelf(), profile_of(resource), key_of(resource, filename)
    try:
        with shelf.work_folder() as work:
            source = probe(
                content_store().path(sha256),
                filename=filename,
                declared_format=resource.get("format") or None,
                profile=profile,
            )
            parquet, description = write_parquet(source, profile, work=work, progress=tell)
            shelf.put(sha256, key, parquet, description)
            return description
    except (NotShowableError, UnreadableTableError) as error:
        log.warning("No preview of resource %s: %s", resource["id"], error.code)
        reason = NotShown(error.code, error.params)
    except (jobs.JobEndedError, OSError, duckdb.IOException):
        raise  # a full disk is no fault of the file
    except Exception as error:
        # only the kind of error: its text may repeat what stands in the file
        log.error("No preview of resource %s: %s", resource["id"], type(error).__name__)
        reason = NotShown("broke-off")
    shelf.put_reason(sha256, key, reason)
    return reason


# -- jobs --------------------------------------------------------------------------------------------------------------


def request_tables(package: model.Package) -> None:
    """Ask, within the present transaction, that the tables of a dataset become what they are to be. Nobody waits for it."""
    jobs.submit(
        KIND,
        package.id,
        {"id": package.id},
        timeout_seconds=tk.config["ckanext.opencohesion.quality.check_timeout_seconds"],
        title=tk._("Preview of {name}").format(name=package.name),
        later=True,
    )


def write_tables(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Make the tables of a dataset (``args["id"]``) what they are to be. The job's function.

    Of what is live the tables that are missing are written: publication has written them already, unless what is written
    has changed since. Of what is no longer public they are removed.
    """
    package = model.Package.get(args["id"])
    state = model.Session.get(DatasetState, args["id"])
    if package is None or state is None:
        return None
    contents: dict[str, str] = {}
    live = state.live and package.state == "active"
    resources = stored_dataset(package)["resources"] if live else []
    for number, resource in enumerate(resources, start=1):
        tell = handle.step(number, len(resources), resource.get("name") or "")
        found = table_of(resource)
        if found is not None:
            facts = (resource, found[0].sha256, found[0].filename)
            model.Session.rollback()  # no transaction stays open while a large file is written
            content = prepare_table(handle, *facts, tell)
            if content:
                contents[resource["id"]] = content
    model.Session.rollback()
    package, state, _ = lock_dataset(args["id"])
    handle.hold_lease()
    if package is None or state is None:
        return None
    if live == (state.live and package.state == "active") and _still_stand_for(resources, contents):
        datastore_tables.want(package.id, contents)
    else:
        request_tables(package)  # it was published, withdrawn or changed meanwhile
    for sha256 in _hashes_of(package.id):
        remove_unserved(sha256)
    model.Session.commit()
    datastore_tables.settle(args["id"])
    return {"tables": len(contents)}


def _still_stand_for(resources: list[dict[str, Any]], contents: dict[str, str]) -> bool:
    """Say whether the resources stand for the files whose tables were just prepared."""
    for resource in resources:
        row = public_file(resource)
        present = row and datastore_tables.content_name(row.sha256, key_of(resource, row.filename))
        if contents.get(resource["id"], present) != present:
            return False
    return True


def _hashes_of(package_id: str) -> set[str]:
    """Return the hashes of all files that a dataset has or had."""
    ways = (
        sa.select(ResourceFile.sha256).where(ResourceFile.package_id == package_id),
        sa.select(Release.sha256).where(Release.package_id == package_id),
    )
    return {sha256 for way in ways for sha256 in model.Session.scalars(way)}


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

    A periodic job. What was written of late may belong to a publication that is under way, and is left alone.
    """
    removed = 0
    shelf, grace = table_shelf(), 2 * tk.config["ckanext.opencohesion.quality.check_timeout_seconds"]
    shelf.sweep(grace)
    for sha256 in list(shelf.contents(older_than_seconds=grace)):
        handle.check_stop()
        removed += remove_unserved(sha256)
    removed += datastore_tables.sweep(grace)
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
        if found is None:
            continue
        row, table = found
        if table is None:
            return True
        if isinstance(table, TableDescription):
            kept = model.Session.get(DataStoreTable, resource.id)
            if (kept.content if kept else None) != _records_of(
                table, row.sha256, key_of(facts, row.filename)
            ):
                return True
    return False
