"""The counts, as actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.quality.state import is_live
from ckanext.opencohesion.quality.visibility import hidden
from ckanext.opencohesion.stewardship.access import reading

DEFAULT_DAYS = 365
FIRST_YEAR = 2000


def period(data_dict: dict[str, Any]) -> tuple[date, date]:
    """Return the first and last day asked for (``from``, ``to``); the last year when not said.

    Raises ``ValidationError``.
    """
    last = _day(data_dict, "to") or reading.today()
    first = _day(data_dict, "from") or last - timedelta(days=DEFAULT_DAYS)
    if first > last:
        raise tk.ValidationError({"from": [tk._("The first day comes after the last.")]})
    return first, last


def _day(data_dict: dict[str, Any], name: str) -> date | None:
    value = data_dict.get(name)
    if not value:
        return None
    try:
        day = date.fromisoformat(str(value))
        if day.year < FIRST_YEAR:
            raise ValueError(day)
    except ValueError:
        message = tk._("Write the day as year-month-day, for example 2026-01-31.")
        raise tk.ValidationError({name: [message]}) from None
    return day


@tk.side_effect_free
def opencohesion_access_counts(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return how often a dataset was used, by day. Public for a dataset that is; else for those who may edit it.

    :param id: the dataset's id or name
    :param from: first day, as ``2026-01-31`` (default: a year before the last)
    :param to: last day (default: today, in Italy)

    :returns: ``{id, from, to, totals: {view, download, api}, days: [{day, resource_id, kind, audience, count}]}``;
        ``totals`` are the public's uses (``human`` and ``program``) since counting began; ``resource_id`` is null for the
        dataset's page, ``audience`` is ``human``, ``program``, ``bot`` or ``office``
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("opencohesion_access_counts", context, {"id": package.id})
    first, last = period(data_dict)
    return {
        "id": package.id,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "totals": reading.totals(package.id),
        "days": reading.daily(package.id, first, last),
    }


@tk.auth_allow_anonymous_access
def _counts_auth(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The counts of a public dataset are public; of another one they are for who may edit it."""
    if is_live(data_dict["id"]):
        return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict["id"]})}
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict["id"]})}


AUTH = {"opencohesion_access_counts": _counts_auth}
