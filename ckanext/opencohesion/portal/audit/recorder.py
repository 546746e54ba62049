"""Writes the audit log: acts on rows with the transaction that does them, logins on a connection of their own.

A listener of the session sees every way there is (pages, API, commands, background jobs), and an act that is rolled back
leaves no entry.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import has_request_context
from sqlalchemy import event

from .acts import Act, acts_of
from .model import AuditEntry, utcnow

SYSTEM = "system"


def listen() -> None:
    """Have every flush of CKAN's session written down. Calling it again changes nothing."""
    if not event.contains(model.Session, "after_flush", _after_flush):
        event.listen(model.Session, "after_flush", _after_flush)


def note_login(sender: Any, user: model.User, **_: Any) -> None:
    """Receive CKAN's signal ``user_logged_in``."""
    _write_at_once(Act("login", "user", user.id, user.name), user)


def note_logout(sender: Any, user: model.User, **_: Any) -> None:
    """Receive CKAN's signal ``user_logged_out``."""
    if user and user.is_authenticated:
        _write_at_once(Act("logout", "user", user.id, user.name), user)


def note_failed_login(login: Any, **_: Any) -> None:
    """Receive CKAN's signal ``failed_login``.

    What was typed is not kept where no user has that name: it may be a password.
    """
    typed = str(login or "")
    user = model.User.by_name(typed) or model.User.by_email(typed)
    _write_at_once(Act("login_failed", "user", user.id if user else None, user.name if user else ""), None)


def _after_flush(session: Any, flush_context: Any) -> None:
    # now new rows have their ids, and what was changed is still known
    with session.no_autoflush:
        found = [(row, "new") for row in session.new]
        found += [(row, "deleted") for row in session.deleted]
        found += [(row, "changed") for row in session.dirty if session.is_modified(row)]
        acts = [act for row, how in found for act in acts_of(row, how)]
        user = _present_user() if acts else None
    if acts:
        session.connection().execute(sa.insert(AuditEntry), [_values(act, user) for act in acts])


def _write_at_once(act: Act, user: Any) -> None:
    address = tk.request.remote_addr if has_request_context() else None
    statement = sa.insert(AuditEntry).values(**_values(act, user), address=address)
    with model.ensure_engine().begin() as connection:
        connection.execute(statement)


def _present_user() -> Any:
    if not has_request_context():
        return None
    user = tk.current_user
    return user if user.is_authenticated else None


def _values(act: Act, user: Any) -> dict[str, Any]:
    anonymous = "" if has_request_context() else SYSTEM
    return {
        "at": utcnow(),
        "event": act.event,
        "actor_id": user.id if user else None,
        "actor_name": user.name if user else anonymous,
        "object_type": act.object_type,
        "object_id": act.object_id,
        "object_name": act.object_name or "",
        "detail": act.detail,
    }
