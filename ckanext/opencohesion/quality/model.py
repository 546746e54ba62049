"""The gate's tables. What the gate knows lies here and never in dataset fields, which any client can write.

``DatasetState`` is the one place that says whether a dataset is public; the other tables hold what that rests on.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def utcnow() -> datetime:
    """Return the present time in UTC without zone, as CKAN stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def new_id() -> str:
    """Return the id of a new row."""
    return str(uuid.uuid4())


def _package_key(**options: Any) -> Any:
    return mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), **options)


class DatasetState(tk.BaseModel):
    """One row per guarded dataset: what its owner wants, and what the gate granted.

    ``wants_public``: the wish (the dataset's ``private`` field, negated). ``live``: granted by the gate.
    ``status``: one of ``state.STATUSES``. ``checked``: UTC time of the check that gave the status.
    ``uploader_id``: who last changed the data; ``brought_by``: everybody who did before it was published, of whom none may
    decide on it. ``hold_until``: UTC time before which nothing new becomes public, though it passed: neither the dataset
    nor the change that waits (``held``).
    ``to_index``: what was published is not known to be in the search index.
    """

    __tablename__ = "oc_dataset_state"

    package_id: Mapped[str] = _package_key(primary_key=True)
    wants_public: Mapped[bool] = mapped_column(default=False)
    live: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="pending")
    checked: Mapped[datetime | None]
    uploader_id: Mapped[str | None]
    brought_by: Mapped[list[str]] = mapped_column(JSONB, default=list)
    hold_until: Mapped[datetime | None]
    to_index: Mapped[bool] = mapped_column(default=False)
    updated: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    def held(self) -> bool:
        """Say whether what has passed still waits for its time."""
        return self.hold_until is not None and self.hold_until > utcnow()


class ResourceFile(tk.BaseModel):
    """The bytes a resource stands for: a pointer into the content-addressed store.

    ``origin_url`` is set for a linked file (the checked copy of what that address gave), else it was uploaded.
    """

    __tablename__ = "oc_resource_file"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    package_id: Mapped[str] = _package_key(index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    filename: Mapped[str]
    changed: Mapped[datetime] = mapped_column(default=utcnow)
    origin_url: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    fetched: Mapped[datetime | None]


class FileVerdict(tk.BaseModel):
    """What the checks found in one file under one Table Schema: kept by content, so that equal bytes are checked once.

    ``key`` is the hash of all that the verdict depends on (``verdicts.verdict_key``). A take-down empties ``report`` and
    ``rules``: such a row says that there was a verdict, and is none any more (``erased``).
    """

    __tablename__ = "oc_file_verdict"

    key: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    ruleset: Mapped[str]
    verdict: Mapped[str]
    basis: Mapped[str]
    format: Mapped[str | None]
    media_type: Mapped[str | None]
    row_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    column_count: Mapped[int | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    started: Mapped[datetime]
    finished: Mapped[datetime]

    @property
    def erased(self) -> bool:
        """Whether a take-down took away what was found: equal bytes are to be judged anew."""
        return not self.report


class DatasetCheck(tk.BaseModel):
    """One run of the gate over a dataset: its present content (``current``) or the change that waits (``staged``).

    ``resources``: list of ``{resource_id, name, key, rules}``; ``key`` names a ``FileVerdict``, null when there was no
    file to check, and ``rules`` then says why. ``fingerprint``: what was checked (``verdicts.fingerprint``).
    ``published``: what was judged was public when the run had ended; until then it is no business of the public.
    """

    __tablename__ = "oc_dataset_check"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = _package_key(index=True)
    target: Mapped[str]
    fingerprint: Mapped[str]
    ruleset: Mapped[str]
    verdict: Mapped[str]
    resources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    # named so because a class of SQLAlchemy keeps ``metadata`` for itself
    metadata_errors: Mapped[list[dict[str, Any]]] = mapped_column("metadata", JSONB)
    started: Mapped[datetime]
    finished: Mapped[datetime] = mapped_column(index=True)
    published: Mapped[bool] = mapped_column(default=False)


class StagedChange(tk.BaseModel):
    """A change to a live dataset that waits for its verdict: a difference, rebased on the live dataset when applied.

    ``fields``: changed dataset fields. ``resources``: ``{resource_id: {"op": "put"|"delete", "new": bool,
    "values": {...}, "file": {sha256, size_bytes, filename} | null}}`` (see ``changes.py``). ``status`` is one of
    ``state.STATUSES``. ``user_id``: who last added to it; ``brought_by``: everybody who did, of whom none may decide on it.
    """

    __tablename__ = "oc_staged_change"

    package_id: Mapped[str] = _package_key(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    resources: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    status: Mapped[str] = mapped_column(default="pending")
    checked: Mapped[datetime | None]
    user_id: Mapped[str | None]
    brought_by: Mapped[list[str]] = mapped_column(JSONB, default=list)
    created: Mapped[datetime] = mapped_column(default=utcnow)
    updated: Mapped[datetime] = mapped_column(default=utcnow)


class Override(tk.BaseModel):
    """A named person's decision to publish exactly this content against the verdict. Kept for ever, shown publicly."""

    __tablename__ = "oc_override"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(index=True)
    fingerprint: Mapped[str]
    check_id: Mapped[str | None]
    user_id: Mapped[str]
    reason: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=utcnow)


class Release(tk.BaseModel):
    """A published version of a resource's file. Stays public and citable; ``withdrawn`` marks a take-down.

    ``version`` and ``notes``: what the dataset's ``version`` and ``version_notes`` said on the day of publication.
    ``withdrawn_by``: the id of who took it down, kept for the office; ``withdrawn_reason``: shown to everyone.
    """

    __tablename__ = "oc_release"
    __table_args__ = (sa.UniqueConstraint("resource_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = _package_key(index=True)
    resource_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    filename: Mapped[str]
    format: Mapped[str | None]
    media_type: Mapped[str | None]
    row_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    version: Mapped[str | None]
    notes: Mapped[str | None]
    published: Mapped[datetime] = mapped_column(default=utcnow)
    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_reason: Mapped[str | None]


class FileRepair(tk.BaseModel):
    """A file that was mended: what it was, what it became, and the log of every change (all in the content store).

    ``repairs``: ``{name of the repair: how many changes}``. The untouched file may hold personal data: it is for the
    dataset's editors only. ``removed``: when a take-down deleted it and the log.
    """

    __tablename__ = "oc_repair"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    package_id: Mapped[str] = _package_key(index=True)
    resource_id: Mapped[str] = mapped_column(index=True)
    source_sha256: Mapped[str] = mapped_column(index=True)
    source_filename: Mapped[str]
    result_sha256: Mapped[str] = mapped_column(index=True)
    result_filename: Mapped[str]
    log_sha256: Mapped[str] = mapped_column(index=True)
    repairs: Mapped[dict[str, int]] = mapped_column(JSONB)
    user_id: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=utcnow)
    removed: Mapped[datetime | None]


class LinkWatch(tk.BaseModel):
    """When the linked file of a live dataset is looked at again (UTC), and since when it can not be fetched, and why.

    ``url``: the address that was looked at. ``problem`` and ``problem_params``: the finding. ``told``: whether the
    dataset's officers were told of it.
    """

    __tablename__ = "oc_link_watch"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    package_id: Mapped[str] = _package_key(index=True)
    url: Mapped[str]
    next_look: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    problem: Mapped[str | None]
    problem_params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    told: Mapped[bool] = mapped_column(default=False)


class DataStoreTable(tk.BaseModel):
    """The DataStore's table of a resource: ``content`` names what it is to hold, ``installed`` what it is known to hold.

    Written with the publication, in its transaction; the DataStore, which is another database, follows
    (``datastore_tables``). ``None``: no table. A row in which both are ``None`` is deleted.
    """

    __tablename__ = "oc_datastore_table"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    package_id: Mapped[str] = _package_key(index=True)
    content: Mapped[str | None]
    installed: Mapped[str | None]


def get_state(package_id: str, *, lock: bool = False) -> DatasetState | None:
    """Return the gate's row for a dataset, locked until the transaction ends when ``lock`` is set."""
    # CKAN's session does not flush by itself: what this transaction wrote so far has to be seen, and not be lost
    model.Session.flush()
    query = sa.select(DatasetState).where(DatasetState.package_id == package_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalar(query)
