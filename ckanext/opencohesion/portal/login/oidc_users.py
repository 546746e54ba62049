"""Which user of the portal somebody is whom the identity provider has named."""

from __future__ import annotations

import re
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.portal.audit.model import AuditEntry
from ckanext.opencohesion.portal.audit.recorder import SYSTEM

from .oidc import Identity

#: Where the link to the provider's name stands in CKAN's ``User.plugin_extras``.
_EXTRA = "opencohesion_oidc"


def user_for(identity: Identity, *, create: bool, trust_email: bool) -> model.User | None:
    """The active user who is this person: linked before, else with the same proven address, else made where that is wanted.

    An address counts only where the provider says that it is verified (or the operator that it always is), and only for
    a user who is not yet linked to somebody else, and who has not written it there without proof: else one could put a
    colleague's address into one's own account and wait for the colleague to come in by it.
    """
    linked = model.Session.scalar(
        sa.select(model.User).where(model.User.plugin_extras[_EXTRA]["subject"].astext == identity.subject)
    )
    if linked is not None:
        return linked if linked.is_active else None
    proven = bool(identity.email) and (identity.email_verified or trust_email)
    if not proven:
        return None
    same = [
        user
        for user in model.Session.scalars(
            sa.select(model.User).where(sa.func.lower(model.User.email) == identity.email.lower())
        )
        if user.state != model.State.DELETED
    ]
    if (
        len(same) == 1
        and same[0].is_active
        and _EXTRA not in (same[0].plugin_extras or {})
        and _vouched_for(same[0])
    ):
        return _link(same[0], identity)
    if same or not create:
        return None
    return _link(_made(identity), identity)


def _vouched_for(user: model.User) -> bool:
    """Whether others than the user gave the account its address, as far as the audit log reaches back."""
    query = (
        sa.select(AuditEntry.actor_id, AuditEntry.actor_name)
        .where(AuditEntry.object_id == user.id, AuditEntry.event.in_(("user_created", "email_changed")))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    last = model.Session.execute(query).first()
    return last is None or last.actor_name == SYSTEM or last.actor_id not in (None, user.id)


def _link(user: model.User, identity: Identity) -> model.User:
    user.plugin_extras = {**(user.plugin_extras or {}), _EXTRA: {"subject": identity.subject}}
    model.Session.add(user)
    model.Session.commit()
    return user


def _made(identity: Identity) -> model.User:
    fields: dict[str, Any] = {
        "name": _free_name(identity.email),
        "email": identity.email,
        "fullname": identity.name,
        # nobody knows it: the account is entered through the provider, or after a reset by mail
        "password": secrets.token_urlsafe(32),
    }
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    made = tk.get_action("user_create")({"ignore_auth": True, "user": site_user}, fields)
    user = model.User.get(made["id"])
    if user is None:
        raise RuntimeError("the user that was just made is not there")
    return user


def _free_name(email: str) -> str:
    base = re.sub(r"[^a-z0-9_-]+", "-", email.partition("@")[0].lower()).strip("-")[:60].ljust(2, "-")
    name = base
    while model.User.by_name(name) is not None:
        name = f"{base}-{secrets.token_hex(3)}"
    return name
