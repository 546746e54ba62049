"""Planned publication, as actions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.quality.arguments import flag
from ckanext.opencohesion.quality.model import DatasetState, get_state, utcnow
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.quality.visibility import hidden
from ckanext.opencohesion.stewardship.publication import clock, schedule


def _dataset(context: Context, data_dict: dict[str, Any], action: str) -> tuple[model.Package, DatasetState]:
    """Return a dataset that the caller may edit and its state, both locked. Raises ``NotFound``, ``NotAuthorized``."""
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not guarded(package.type) or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access(action, context, {"id": package.id})
    model.Package.get(package.id, for_update=True)
    state = get_state(package.id, lock=True)
    if state is None or package.state != "active":
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return package, state


def moment_of(written: Any) -> Any:
    """Return the UTC time of what an officer wrote. Raises ``ValidationError`` with the sentence that says what is wrong."""
    try:
        return clock.to_utc(str(written), utcnow())
    except clock.BadTimeError as error:
        raise tk.ValidationError({"at": [tk._(str(error))]}) from None


def user_id_of(context: Context) -> str | None:
    """Return the id of the user of a context."""
    return getattr(context.get("auth_user_obj") or model.User.get(context.get("user")), "id", None)


def _nested(context: Context) -> Any:
    return {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}


def opencohesion_publication_schedule(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Have a dataset, or the change that waits for a public one, become public at a time, if it has passed the checks.

    It is checked now, waits, and opens at that time; what has not passed by then opens as soon as it passes.

    :param id: the dataset's id or name
    :param at: day and time in Italy, as ``2026-12-01T09:00``

    :returns: as ``opencohesion_publication_schedule_show``
    """
    package, state = _dataset(context, data_dict, "opencohesion_publication_schedule")
    moment = moment_of(tk.get_or_bust(data_dict, "at"))
    if state.live and get_staged(package.id) is None:
        model.Session.rollback()
        message = tk._(
            "Nothing waits to be published: the dataset is public and no change of its data is pending."
        )
        raise tk.ValidationError({"id": [message]})
    schedule.set_time(state, moment, user_id_of(context))
    if not state.live and not state.wants_public:
        # the wish to be public is the officer's own, with the officer's own rights; the gate holds it until the time
        tk.get_action("package_patch")(_nested(context), {"id": package.id, "private": False})
    model.Session.commit()
    return _shown(package)


def opencohesion_publication_unschedule(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Call a planned publication off.

    :param id: the dataset's id or name
    :param publish_now: publish as soon as the checks are passed, instead of not at all (default: false). A dataset that
        is not public becomes private again; the change that waits for a public one is thrown away.

    :returns: as ``opencohesion_publication_schedule_show``
    """
    publish_now = flag(data_dict, "publish_now")
    package, state = _dataset(context, data_dict, "opencohesion_publication_unschedule")
    if schedule.present(package.id) is None:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("No publication is planned for this dataset."))
    if publish_now:
        schedule.lift(state)
        tk.get_action("opencohesion_quality_check")(_nested(context), {"id": package.id})
    elif state.live:
        tk.get_action("opencohesion_quality_staged_discard")(_nested(context), {"id": package.id})
        schedule.lift(state)
    else:
        # the wish goes before the hold does: at no moment is it neither held nor private
        tk.get_action("package_patch")(_nested(context), {"id": package.id, "private": True})
        schedule.lift(state)
    model.Session.commit()
    return _shown(package)


@tk.side_effect_free
def opencohesion_publication_schedule_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell when a dataset, or the change that waits for it, will become public. For those who may edit the dataset.

    :param id: the dataset's id or name

    :returns: ``{id, publish_at, user, target, status}``; ``publish_at`` is null when nothing is planned, ``target`` is
        ``dataset`` or ``change``
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("opencohesion_publication_schedule_show", context, {"id": package.id})
    return _shown(package)


def _shown(package: model.Package) -> dict[str, Any]:
    row = schedule.present(package.id)
    state, staged = get_state(package.id), get_staged(package.id)
    user = model.User.get(row.user_id) if row and row.user_id else None
    return {
        "id": package.id,
        "publish_at": clock.to_rome(row.publish_at).isoformat() if row else None,
        "user": user.name if user else None,
        "target": "change" if state and state.live else "dataset",
        "status": staged.status if staged else state.status if state else "pending",
    }


def _may_edit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit a dataset plans its publication."""
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}


AUTH = {
    "opencohesion_publication_schedule": _may_edit,
    "opencohesion_publication_unschedule": _may_edit,
    "opencohesion_publication_schedule_show": _may_edit,
}
