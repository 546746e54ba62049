"""Notices through the API: each reads one's own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.quality.arguments import flag, whole
from ckanext.opencohesion.quality.visibility import hidden

from . import store
from .words import sentence

_MOST = 100


@tk.side_effect_free
def opencohesion_notice_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return one's own notices of ended checks, newest first.

    :param limit: how many, 100 at most (default: 20)
    :param offset: how many to leave out first (default: 0)

    :returns: ``{count, unseen, mail, results}``; ``mail``: whether they come by mail too; ``results``
        ``[{id, dataset: {id, name, title}, target, verdict, live, created, seen, text}]``; ``dataset`` is null where
        the caller no longer sees it
    """
    tk.check_access("opencohesion_notice_list", context, data_dict)
    limit, offset = whole(data_dict, "limit", 20), whole(data_dict, "offset", 0)
    user_id = _user_id(context)
    count, results = store.notices_of(user_id, limit=min(limit, _MOST), offset=offset)
    return {
        "count": count,
        "unseen": store.unseen(user_id),
        "mail": store.wants_mail(user_id),
        "results": [_told(context, notice) for notice in results],
    }


def opencohesion_notice_mark_seen(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Mark all one's own notices as seen.

    :returns: ``{seen}``: how many were new
    """
    tk.check_access("opencohesion_notice_mark_seen", context, data_dict)
    seen = store.mark_seen(_user_id(context))
    model.Session.commit()
    return {"seen": seen}


def opencohesion_notice_choose(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say whether one wants notices by mail too.

    :param mail: true or false

    :returns: ``{mail}``
    """
    tk.check_access("opencohesion_notice_choose", context, data_dict)
    tk.get_or_bust(data_dict, "mail")
    wanted = flag(data_dict, "mail")
    store.choose_mail(_user_id(context), wanted=wanted)
    model.Session.commit()
    return {"mail": wanted}


def _user_id(context: Context) -> str:
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    return user.id


def _told(context: Context, notice: dict[str, Any]) -> dict[str, Any]:
    words = tk._(sentence(notice["target"], notice["verdict"], live=notice["live"]))
    if hidden(context, notice["dataset"]["id"]):
        return {**notice, "dataset": None, "text": words.format(title="–")}
    return {**notice, "text": words.format(title=notice["dataset"]["title"])}


def _own(context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    """Each has notices of one's own."""
    return {"success": bool(context.get("user"))}


AUTH = dict.fromkeys(
    ("opencohesion_notice_list", "opencohesion_notice_mark_seen", "opencohesion_notice_choose"), _own
)
