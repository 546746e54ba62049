"""The desk as an action."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.quality.arguments import whole
from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.desk import reading
from ckanext.opencohesion.quality.desk.words import STATES, VIEWS, next_step

_MOST = 100


@tk.side_effect_free
def opencohesion_quality_desk(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return how the datasets that the caller answers for stand at the gate: what is to be seen to comes first.

    They are those of the organizations whose datasets the caller may edit. Sysadmins see all; the data office, of other
    organizations, what is public and what is held back and may await its decision.

    :param view: ``open`` (default: all that is not done with), ``staged`` (changes of public datasets that wait),
        ``recent`` (passed in the last two weeks), ``all``, or one state: ``failed``, ``unreadable``,
        ``awaiting_approval``, ``running``, ``waiting``, ``empty``, ``overridden``, ``passed``
    :param organization: only of this organization (id or name; optional)
    :param q: only datasets in whose title or name this stands (optional)
    :param ids: only these datasets: a list of ids (optional)
    :param limit: how many, 100 at most (default: 20)
    :param offset: how many to leave out first (default: 0)

    :returns: ``{count, counts, organizations, results}``; ``counts``: how many each view has; ``results``: see
        ``reading.page``, and ``next``: what to do, in words
    """
    tk.check_access("opencohesion_quality_desk", context, data_dict)
    view = data_dict.get("view") or "open"
    if view not in VIEWS and view not in STATES:
        raise tk.ValidationError({"view": [tk._("There is no such view of the desk.")]})
    ids = data_dict.get("ids")
    if ids is not None and not (isinstance(ids, list) and len(ids) <= _MOST):
        message = tk._("Give a list of at most {most} ids.")
        raise tk.ValidationError({"ids": [message.format(most=_MOST)]})
    limit, offset = whole(data_dict, "limit", 20), whole(data_dict, "offset", 0)
    organizations = offices(context)
    wanted = reading.Wanted(
        organization_ids=_chosen(context, organizations, data_dict.get("organization")),
        edited_ids=None if _is_sysadmin(context) else _edited(context),
        view=view,
        text=str(data_dict.get("q") or "").strip().replace("\0", ""),
        package_ids=[str(one).replace("\0", "") for one in ids] if ids is not None else None,
    )
    counts = reading.counts(wanted)
    results = reading.page(wanted, limit=min(limit, _MOST), offset=offset)
    return {
        "count": counts[view],
        "counts": counts,
        "organizations": organizations,
        "results": [{**row, "next": tk._(next_step(row))} for row in results],
    }


def _is_sysadmin(context: Context) -> bool:
    user = model.User.get(context.get("user"))
    return user is not None and bool(user.sysadmin)


def _sees_others(context: Context) -> bool:
    """Say whether datasets of any organization may lie on the caller's desk."""
    user = model.User.get(context.get("user"))
    return user is not None and (bool(user.sysadmin) or policy.is_of_deciding_office(user))


def _edited(context: Context) -> list[str]:
    """Return the ids of the organizations whose datasets the caller may edit."""
    wanted = {"permission": "update_dataset"}
    return [one["id"] for one in tk.get_action("organization_list_for_user")(context, wanted)]


def offices(context: Context) -> list[dict[str, Any]]:
    """Return the organizations of which something may be on the caller's desk, as ``{id, name, title}``, by title."""
    if _sees_others(context):
        found = model.Group.all(group_type="organization")
    else:
        ids = _edited(context)
        found = model.Session.query(model.Group).filter(model.Group.id.in_(ids)) if ids else []
    told = [{"id": one.id, "name": one.name, "title": one.title or one.name} for one in found]
    return sorted(told, key=lambda one: one["title"].casefold())


def _chosen(context: Context, organizations: list[dict[str, Any]], wanted: Any) -> list[str] | None:
    """Return the ids of the organizations that are asked for; None where they are all there are."""
    if wanted:
        ids = [one["id"] for one in organizations if wanted in (one["id"], one["name"])]
        if not ids:
            raise tk.ObjectNotFound(tk._("There is no such organization among those that you answer for."))
        return ids
    return None if _sees_others(context) else [one["id"] for one in organizations]


def _desk(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    """Whoever is logged in has a desk; what lies on it is what they may edit."""
    return {"success": bool(context.get("user"))}


AUTH = {"opencohesion_quality_desk": _desk}
ACTIONS = {"opencohesion_quality_desk": opencohesion_quality_desk}
