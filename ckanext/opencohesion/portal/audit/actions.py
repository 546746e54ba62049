"""The audit log through the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context

from .events import EVENTS
from .model import AuditEntry

DEFAULT_ROWS = 100
MOST_ROWS = 10_000


@tk.side_effect_free
def opencohesion_audit_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List entries of the audit log, newest first. For sysadmins.

    :param event: only this kind of act (a code, such as ``login_failed``)
    :param actor: only what this user did (name)
    :param object: only what happened to this user, dataset, organization … (name or id)
    :param since, until: only from this day, to this day (``2026-11-21``)
    :param limit: how many (100, at most 10,000)
    :param offset: how many to pass over first

    :returns: ``{count, entries: [{id, at, event, actor, address, object_type, object_id, object_name, detail}]}``
    """
    tk.check_access("opencohesion_audit_list", context, data_dict)
    conditions = _conditions(data_dict)
    limit, offset = (
        _number(data_dict, "limit", DEFAULT_ROWS, MOST_ROWS),
        _number(data_dict, "offset", 0, 10**9),
    )
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(*conditions))
    query = (
        sa.select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).limit(limit).offset(offset)
    )
    return {"count": count, "entries": [_shown(entry) for entry in model.Session.scalars(query)]}


def _conditions(data_dict: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if event := data_dict.get("event"):
        if event not in EVENTS:
            raise tk.ValidationError({"event": [tk._("There is no such act.")]})
        found.append(AuditEntry.event == event)
    if actor := data_dict.get("actor"):
        found.append(AuditEntry.actor_name == str(actor))
    if about := data_dict.get("object"):
        found.append(sa.or_(AuditEntry.object_name == str(about), AuditEntry.object_id == str(about)))
    if since := _day(data_dict, "since"):
        found.append(AuditEntry.at >= since)
    if until := _day(data_dict, "until"):
        found.append(AuditEntry.at < until + timedelta(days=1))
    return found


def _day(data_dict: dict[str, Any], name: str) -> datetime | None:
    text = str(data_dict.get(name) or "").strip()
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise tk.ValidationError({name: [tk._("Give a day such as 2026-11-21.")]}) from None
    if not 2000 < found.year < 2200:
        raise tk.ValidationError({name: [tk._("Give a day such as 2026-11-21.")]})
    return found


def _number(data_dict: dict[str, Any], name: str, default: int, most: int) -> int:
    text = str(data_dict.get(name, default))
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise tk.ValidationError({name: [tk._("Give a whole number.")]})
    return min(int(text), most)


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": f"{entry.at.isoformat(timespec='seconds')}Z",
        "event": entry.event,
        "actor": entry.actor_name,
        "address": entry.address,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_name": entry.object_name,
        "detail": entry.detail,
    }


def auth_opencohesion_audit_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but a sysadmin, whom CKAN lets through before it asks here."""
    return {"success": False, "msg": tk._("Only the portal's administrators see the audit log")}
