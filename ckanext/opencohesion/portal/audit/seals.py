"""Seals each day of the audit log, deletes what is older than it has to be kept, and finds what was tampered with."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs

from .model import AuditEntry, AuditSeal, utcnow

log = logging.getLogger(__name__)

KIND = "audit_seal"
#: The Garante's measure on system administrators (27 November 2008, 4.5) asks for six months.
LEAST_DAYS = 180
_FIELDS = (
    "id",
    "at",
    "event",
    "actor_id",
    "actor_name",
    "address",
    "object_type",
    "object_id",
    "object_name",
    "detail",
)


def seal_of(entries: Iterable[Any], previous: str) -> str:
    """The hash over entries (in order) and the seal before them."""
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        values = [getattr(entry, name) for name in _FIELDS]
        digest.update(json.dumps(values, default=str, sort_keys=True, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def seal_and_clean(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    """The daily job: seal the days that are over, delete what is too old."""
    sealed = seal_past_days()
    # whole days, so that no seal is left with a part of its entries
    first_kept = datetime.combine(_first_kept_day(), time.min)
    gone = model.Session.execute(sa.delete(AuditEntry).where(AuditEntry.at < first_kept))
    model.Session.commit()
    return {"sealed": sealed, "deleted": gone.rowcount}  # pyright: ignore[reportAttributeAccessIssue]


def _first_kept_day() -> date:
    keep = max(int(tk.config["ckanext.opencohesion.security.audit_keep_days"]), LEAST_DAYS)
    return utcnow().date() - timedelta(days=keep + 1)


def seal_past_days(now: datetime | None = None) -> int:
    """Seal every day that is over and has entries and no seal yet. Commits. Returns how many.

    A day is over an hour after midnight, when no transaction that began in it is still open.
    """
    today = ((now or utcnow()) - timedelta(hours=1)).date()
    last = model.Session.scalar(sa.select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1))
    previous = last.sha256 if last else ""
    day = sa.cast(AuditEntry.at, sa.Date)
    days = sa.select(day).where(day < today).distinct().order_by(day)
    if last:
        days = days.where(day > last.day)
    found = list(model.Session.scalars(days))
    for one in found:
        entries = _entries(one)
        previous = seal_of(entries, previous)
        model.Session.add(AuditSeal(day=one, entries=len(entries), sha256=previous))
        # the logs are kept elsewhere too: who can rewrite this database can not rewrite them
        log.info("Audit log of %s: %s entries, seal %s", one, len(entries), previous)
    model.Session.commit()
    return len(found)


def broken_days() -> list[date]:
    """The sealed days, still kept, whose entries are not those that were sealed."""
    broken = []
    previous = ""
    for seal in model.Session.scalars(sa.select(AuditSeal).order_by(AuditSeal.day)):
        entries = _entries(seal.day)
        kept = bool(entries) or seal.day >= _first_kept_day()
        if kept and (len(entries) != seal.entries or seal_of(entries, previous) != seal.sha256):
            broken.append(seal.day)
        previous = seal.sha256
    return broken


def _entries(day: date) -> list[AuditEntry]:
    start = datetime.combine(day, time.min)
    query = sa.select(AuditEntry).where(AuditEntry.at >= start, AuditEntry.at < start + timedelta(days=1))
    return list(model.Session.scalars(query.order_by(AuditEntry.id)))
