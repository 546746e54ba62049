"""Which act a change of a row is. Reads objects of the session that is about to be flushed; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model.api_token import ApiToken
from ckan.model.system_info import SystemInfo

from ckanext.opencohesion.quality.decisions.model import Decision, Takedown
from ckanext.opencohesion.quality.model import DatasetState, Override, Release


@dataclass(frozen=True)
class Act:
    """What happened to what."""

    event: str
    object_type: str
    object_id: str | None
    object_name: str
    detail: dict[str, Any] = field(default_factory=dict)


#: What has changed of an object: attribute → (before, after). A new object's "before" is None.
Changes = dict[str, tuple[Any, Any]]


def changes_of(row: Any) -> Changes:
    """The columns of a new or changed row that are to be written, with the values before and after."""
    found: Changes = {}
    state = sa.inspect(row)
    for name in state.mapper.column_attrs.keys():  # noqa: SIM118 (no mapping)
        history = state.attrs[name].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if before != after:
                found[name] = (before, after)
    return found


def acts_of(row: Any, how: str) -> Iterator[Act]:
    """The acts that writing `row` is. `how`: ``new``, ``changed`` or ``deleted``."""
    for kind, describe in _DESCRIBERS:
        if isinstance(row, kind):
            yield from describe(row, how, {} if how == "deleted" else changes_of(row))


def _user(user: Any, how: str, changes: Changes) -> Iterator[Act]:
    def act(event: str) -> Act:
        return Act(event, "user", user.id, user.name)

    if how == "new":
        yield act("user_created")
    elif how == "deleted" or changes.get("state", ("", ""))[1] == "deleted":
        yield act("user_deleted")
    elif changes.get("state", ("", ""))[0] == "deleted":
        yield act("user_restored")
    elif "_password" in changes:
        yield act("password_changed")
    if "sysadmin" in changes and bool(changes["sysadmin"][0]) != bool(changes["sysadmin"][1]):
        yield act("sysadmin_granted" if user.sysadmin else "sysadmin_revoked")
    if how == "changed" and "email" in changes:
        yield act("email_changed")
    if changes.get("reset_key", (None, None))[1]:
        yield act("password_reset_requested")


def _member(member: Any, how: str, changes: Changes) -> Iterator[Act]:
    if member.table_name != "user":
        return
    user = model.Session.get(model.User, member.table_id)
    group = model.Session.get(model.Group, member.group_id)
    detail = {"role": member.capacity, "in": group.name if group else member.group_id}
    if how == "deleted" or changes.get("state", ("", ""))[1] == "deleted":
        event = "role_taken"
    elif how == "new" or "state" in changes:
        event = "role_given"
    elif "capacity" in changes:
        event, detail["before"] = "role_changed", changes["capacity"][0]
    else:
        return
    yield Act(event, "user", member.table_id, user.name if user else "", detail)


def _token(token: Any, how: str, changes: Changes) -> Iterator[Act]:
    if how != "changed":
        user = model.Session.get(model.User, token.user_id)
        event = "token_created" if how == "new" else "token_revoked"
        yield Act(event, "user", token.user_id, user.name if user else "", {"token": token.name})


def _group(group: Any, how: str, changes: Changes) -> Iterator[Act]:
    kind = "organization" if group.is_organization else "group"
    fields = sorted(changes.keys() - {"id"})
    if how == "new":
        yield Act(f"{kind}_created", kind, group.id, group.name)
    elif how == "deleted" or changes.get("state", ("", ""))[1] == "deleted":
        yield Act(f"{kind}_deleted", kind, group.id, group.name)
    elif fields:
        yield Act(f"{kind}_changed", kind, group.id, group.name, {"fields": fields})


def _package(package: Any, how: str, changes: Changes) -> Iterator[Act]:
    def act(event: str) -> Act:
        return Act(event, "dataset", package.id, package.name)

    if how == "new":
        yield act("dataset_created")
    elif how == "deleted":
        yield act("dataset_purged")
    elif changes.get("state", ("", ""))[1] == "deleted":
        yield act("dataset_deleted")
    if how == "changed" and "owner_org" in changes:
        yield act("dataset_moved")


def _dataset_act(event: str, package_id: str, **detail: Any) -> Act:
    package = model.Session.get(model.Package, package_id)
    return Act(event, "dataset", package_id, package.name if package else "", detail)


def _state(state: Any, how: str, changes: Changes) -> Iterator[Act]:
    if how == "deleted":
        return
    if "live" in changes and bool(changes["live"][0]) != bool(state.live):
        uploader = model.Session.get(model.User, state.uploader_id) if state.uploader_id else None
        event = "published" if state.live else "withdrawn"
        yield _dataset_act(event, state.package_id, **({"data_by": uploader.name} if uploader else {}))
    if changes.get("hold_until", (None, None))[1]:
        until = f"{state.hold_until.isoformat(timespec='seconds')}Z"
        yield _dataset_act("publication_scheduled", state.package_id, until=until)


def _release(release: Any, how: str, changes: Changes) -> Iterator[Act]:
    facts = {"resource": release.resource_id, "number": release.number, "sha256": release.sha256}
    if how == "new":
        yield _dataset_act("release_published", release.package_id, **facts)
    elif changes.get("withdrawn", (None, None))[1]:
        yield _dataset_act("release_taken_down", release.package_id, **facts)


def _override(override: Any, how: str, changes: Changes) -> Iterator[Act]:
    if how == "new":
        yield _dataset_act("verdict_overridden", override.package_id, check=override.check_id)


def _decision(decision: Any, how: str, changes: Changes) -> Iterator[Act]:
    if how == "new" and decision.carried_from is None:
        answer = "yes" if decision.accepted else "sent_back"
        detail = {
            "kind": decision.kind,
            "answer": answer,
            "basis": decision.basis,
            "check": decision.check_id,
        }
        yield _dataset_act("decided", decision.package_id, **detail)


def _takedown(takedown: Any, how: str, changes: Changes) -> Iterator[Act]:
    if how == "new":
        facts = {
            "resource": takedown.resource_id,
            "rows": takedown.rows_removed,
            "versions": takedown.releases,
        }
        yield _dataset_act("taken_down", takedown.package_id, kind=takedown.kind, **facts)


def _setting(setting: Any, how: str, changes: Changes) -> Iterator[Act]:
    # CKAN counts here how often its settings have changed
    if setting.key != "ckan.config_update":
        yield Act("setting_changed", "setting", None, setting.key)


_DESCRIBERS: tuple[tuple[type, Callable[[Any, str, Changes], Iterator[Act]]], ...] = (
    (model.User, _user),
    (model.Member, _member),
    (ApiToken, _token),
    (model.Group, _group),
    (model.Package, _package),
    (DatasetState, _state),
    (Release, _release),
    (Override, _override),
    (Decision, _decision),
    (Takedown, _takedown),
    (SystemInfo, _setting),
)
