"""Trying a file: at once where it is small, by a background job where it is large; and forgetting it."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.munge import munge_filename
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ...jobs import api as jobs
from ...quality.judging.check import check_file
from ...quality.model import utcnow
from ...quality.releases import GRACE_SECONDS, is_needed
from ...quality.storage.uploader import content_store, max_file_bytes
from ...tables.errors import UnknownProfileError
from ...tables.profiles import load_profile
from ..publish.recognise import NotOpenableError, UnreadableTableError, recognise
from .model import Precheck

KIND = "portal_precheck"
FORGET_KIND = "portal_precheck_forget"
FORGET_EVERY_SECONDS = 900

#: How long a report can be read.
KEEP = timedelta(hours=1)
#: How many files of one person may wait at once, and how many be tried within ``KEEP``.
MOST_WAITING = 3
MOST_KEPT = 60
#: What stands for the schema in forms and in the API.
RECOGNISE, STRUCTURE = "auto", "none"
_MEGABYTE = 1 << 20
_CHUNK = 1 << 20


def most_bytes() -> int:
    """Return the largest file that can be tried."""
    return min(max_file_bytes(), tk.config["ckanext.opencohesion.portal.precheck_megabytes"] * _MEGABYTE)


def begin(user_id: str, upload: Any, schema: str) -> Precheck:
    """Try an uploaded file and commit. ``schema``: a Table Schema's id, ``auto`` or ``none``.

    Raises ``ValidationError`` with a sentence at ``upload`` or ``table_schema``.
    """
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    if schema not in (RECOGNISE, STRUCTURE):
        try:
            load_profile(schema)  # one of ours, or one that an office wrote
        except UnknownProfileError as error:
            raise tk.ValidationError({"table_schema": [tk._("There is no such table.")]}) from error
    _refuse_too_many(user_id)
    store = content_store()
    store.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root, prefix="try-") as folder:
        path, filename = Path(folder) / "upload", munge_filename(upload.filename)
        size = _copy(upload, path)
        table_schema = _recognised(path, filename) if schema == RECOGNISE else schema
        row = Precheck(
            user_id=user_id,
            filename=filename,
            table_schema=None if table_schema == STRUCTURE else table_schema,
            size_bytes=size,
        )
        model.Session.add(row)
        if size <= tk.config["ckanext.opencohesion.quality.check_at_once_bytes"]:
            row.result = check_file(path, filename=filename, table_schema=row.table_schema).to_dict()
        else:
            with path.open("rb") as stream:
                row.sha256 = store.add(stream, size).sha256
            model.Session.flush()
            _submit(row)
        model.Session.commit()
    return row


def _refuse_too_many(user_id: str) -> None:
    young = sa.and_(Precheck.user_id == user_id, Precheck.created > utcnow() - KEEP)
    kept, waiting = model.Session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Precheck.result.is_(None))).where(young)
    ).one()
    if waiting >= MOST_WAITING or kept >= MOST_KEPT:
        message = tk._("You are trying many files at once: wait until some of them are done.")
        raise tk.ValidationError({"upload": [message]})


def _copy(upload: FileStorage, path: Path) -> int:
    most, size = most_bytes(), 0
    with path.open("wb") as target:
        while chunk := upload.stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                message = tk._(
                    "The file is larger than {limit} MB, the most that can be tried here. On your own computer, "
                    "“ckan opencohesion check” makes the same check without a limit."
                )
                raise tk.ValidationError({"upload": [message.format(limit=most // _MEGABYTE)]})
            target.write(chunk)
    return size


def _recognised(path: Path, filename: str) -> str | None:
    """Return the id of the table whose header the file has. What keeps it from being read is told by the check."""
    try:
        profile = recognise(path, filename).profile
    except (UnreadableTableError, NotOpenableError):
        return None
    return profile.id if profile else None


def _submit(row: Precheck) -> None:
    jobs.submit(
        KIND,
        row.id,
        {},
        timeout_seconds=tk.config["ckanext.opencohesion.quality.check_timeout_seconds"],
        title="Check of a file that somebody tries",
        creator_user_id=row.user_id,
    )


def run(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any] | None:
    """Check one file that waits (a job)."""
    row = model.Session.get(Precheck, handle.job.key)
    if row is None or row.sha256 is None or row.result is not None:
        return None
    path, filename, schema = content_store().path(row.sha256), row.filename, row.table_schema
    model.Session.commit()  # no transaction stays open while the file is read
    found = check_file(path, filename=filename, table_schema=schema, progress=handle.progress)
    handle.hold_lease()
    row = model.Session.get(Precheck, handle.job.key)
    if row is not None:
        row.result = found.to_dict()
    model.Session.commit()
    return {"verdict": found.verdict}


def forget(_handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Delete what was tried more than an hour ago, with its bytes unless something else stands for them (a job)."""
    old = sa.select(Precheck).where(Precheck.created < utcnow() - KEEP)
    gone = 0
    for row in list(model.Session.scalars(old)):
        job = jobs.latest(KIND, row.id)
        if row.result is None and job is not None and job.active:
            continue
        if row.sha256 is None or is_needed(row.sha256) or _discarded(row.sha256):
            model.Session.delete(row)
            gone += 1
    model.Session.commit()
    return {"gone": gone}


def _discarded(sha256: str) -> bool:
    return content_store().discard(sha256, older_than_seconds=GRACE_SECONDS)
