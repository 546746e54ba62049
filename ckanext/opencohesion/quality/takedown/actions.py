"""The actions of take-downs: rows or a whole version out of what is public, and the public log of it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, auth, releases
from ckanext.opencohesion.quality.actions import guarded_package, public_reason
from ckanext.opencohesion.quality.arguments import flag, whole
from ckanext.opencohesion.quality.datasets import file_of, stored_dataset
from ckanext.opencohesion.quality.decisions.model import Takedown
from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.takedown import takedown
from ckanext.opencohesion.quality.takedown.search import Found, look, of_version
from ckanext.opencohesion.quality.visibility import hidden
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.findings import FINDINGS
from ckanext.opencohesion.tables.removal import Key, UnknownColumnError

MOST_KEYS = 1000
MOST_LISTED = 100


def opencohesion_quality_takedown(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take rows, or a whole version of a file, out of what is public and out of everything that is kept of it.

    A public file is replaced by one without the rows, which goes through the gate; where it does not pass, the dataset is
    no longer public. Every older version that holds a row is closed: its address answers 410 with the reason. The bytes,
    Parquet and DataStore rows go with it, and so do the logs of repairs. The public log of take-downs tells when and why,
    and never a value; the values given here are not kept anywhere.

    :param id: the dataset's id or name
    :param resource_id: the id of the file
    :param column: the column that names the rows (as in the file's header, or the schema's name), e.g. ``CUP``
    :param values: the values of that column, a list
    :param keys: instead of both: a list of ``{column: value, …}``; of each, all columns must hold
    :param number: instead of rows: the version to take down whole
    :param whole: instead of rows: take the present file down whole (default: false)
    :param reason: why, for the public to read; it must not repeat a value
    :param dry_run: only say what would be reached (default: false)

    :returns: ``{id, takedown_id, rows, releases, outcome, dry_run, elsewhere}``: rows in the present file, numbers of
        the versions closed; ``outcome`` ``replaced``, ``closed`` (older versions only), ``removed`` (no file is left),
        ``withdrawn`` (the dataset is no longer public), or null while a large file is still being checked;
        ``elsewhere``: names of datasets you see that hold the very same file once more, which is not touched
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_takedown", context, data_dict)
    resource_id = str(tk.get_or_bust(data_dict, "resource_id"))
    resource = next((r for r in stored_dataset(package)["resources"] if r["id"] == resource_id), None)
    if resource is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    keys = None if data_dict.get("number") or flag(data_dict, "whole") else _keys(data_dict)
    found = _find(package, resource, data_dict, keys)
    if found.not_writable:
        message = tk._(
            "Rows can be taken out of CSV files only, and this is {format}: upload a file without them, then take the "
            "older versions down; or take this one down whole."
        )
        raise tk.ValidationError({"values": [message.format(format=found.not_writable)]})
    if flag(data_dict, "dry_run"):
        return _told(context, resource, found, None)
    reason = public_reason(data_dict, (value for key in keys or () for value in key.values()))
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    if not found.hashes:
        raise tk.ValidationError({"values": [tk._("No file of this resource holds such a row.")]})
    try:
        begun = takedown.start(package, resource, found, keys=keys, reason=reason, user_id=user.id)
    except takedown.ChangeWaitsError as error:
        message = tk._(
            "A change of this dataset waits: publish it or throw it away, then take the rows down."
        )
        raise tk.ValidationError({"id": [message]}) from error
    _run(package)
    ended = takedown.finish(begun.id)
    return _told(context, resource, found, ended or begun)


def _run(package: model.Package) -> None:
    """Have the file that takes the place checked at once where it is small, else by a worker."""
    state, staged = get_state(package.id), get_staged(package.id)
    if state is None or (staged is None and state.live):
        return
    limit = tk.config["ckanext.opencohesion.quality.check_at_once_bytes"]
    operations = staged.resources.values() if staged else ()
    small = sum((one.get("file") or {}).get("size_bytes", 0) for one in operations) <= limit
    job = asking.request_check(package, enqueue=not small)
    model.Session.commit()
    if small:
        jobs.run_now(job)


def _find(
    package: model.Package, resource: dict[str, Any], data_dict: dict[str, Any], keys: list[Key] | None
) -> Found:
    if keys is not None:
        try:
            return look(resource, keys)
        except UnknownColumnError as error:
            message = tk._("The file has no column “{name}”.").format(name=str(error))
            raise tk.ValidationError({"column": [message]}) from error
        except UnreadableTableError as error:
            raise tk.ValidationError(
                {"resource_id": [tk._(FINDINGS[error.code].explanation).format(**error.params)]}
            ) from error
    if data_dict.get("number"):
        number = whole(data_dict, "number", 0)
        row = releases.release_of(package.id, resource["id"], number) if 0 < number < 2**31 else None
        if row is None:
            raise tk.ObjectNotFound(tk._("There is no such version."))
        return of_version(resource, row.sha256)
    current = file_of(resource)
    if current is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    return of_version(resource, current.sha256)


def _keys(data_dict: dict[str, Any]) -> list[Key]:
    keys = data_dict.get("keys")
    if keys is None:
        column, values = tk.get_or_bust(data_dict, ["column", "values"])
        values = [values] if isinstance(values, str) else values
        keys = [{str(column): value} for value in values] if isinstance(values, list) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        message = tk._("Name the rows by 1 to {most} values of a column.").format(most=MOST_KEYS)
        raise tk.ValidationError({"values": [message]})
    found: list[Key] = []
    for key in keys:
        whole_key = isinstance(key, dict) and key and all(str(value).strip() for value in key.values())
        if not whole_key:
            raise tk.ValidationError(
                {"values": [tk._("A value is empty: it would name every row without one.")]}
            )
        found.append({str(name): str(value) for name, value in key.items()})
    return found


def _told(context: Context, resource: dict[str, Any], found: Found, row: Takedown | None) -> dict[str, Any]:
    others = takedown.elsewhere(resource["id"], found.hashes)
    return {
        "id": resource["package_id"],
        "takedown_id": row.id if row else None,
        "rows": found.rows,
        "releases": found.releases,
        "outcome": row.outcome if row else None,
        "dry_run": row is None,
        "elsewhere": [other.name for other in others if not hidden(context, other.id)],
    }


@tk.side_effect_free
def opencohesion_quality_takedown_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the public log of take-downs, newest first: what was taken down, when and why; never a value.

    :param id: only those of this dataset (optional)
    :param limit: how many, 100 at most (default: 20)
    :param offset: how many to leave out first (default: 0)

    :returns: ``{count, results}`` with ``results`` ``[{dataset, title, kind, rows_removed, releases, reason, outcome,
        created}]``; ``dataset`` and ``title`` are null where the dataset is not public
    """
    tk.check_access("opencohesion_quality_takedown_list", context, data_dict)
    query = sa.select(Takedown)
    if data_dict.get("id"):
        query = query.where(Takedown.package_id == guarded_package(context, data_dict).id)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    limit, offset = whole(data_dict, "limit", 20), whole(data_dict, "offset", 0)
    rows = model.Session.scalars(
        query.order_by(Takedown.created.desc(), Takedown.id).limit(min(limit, MOST_LISTED)).offset(offset)
    ).all()
    return {"count": count, "results": [_entry(context, row) for row in rows]}


def _entry(context: Context, row: Takedown) -> dict[str, Any]:
    package = model.Package.get(row.package_id)
    shown = package is not None and package.state == "active" and not hidden(context, package.id)
    return {
        "dataset": package.name if package and shown else None,
        "title": (package.title or package.name) if package and shown else None,
        "kind": row.kind,
        "rows_removed": row.rows_removed,
        "releases": row.releases,
        "reason": row.reason,
        "outcome": row.outcome,
        "created": f"{row.created.isoformat(timespec='seconds')}Z",
    }


def auth_takedown(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The administrators of the dataset's organization and those of the data office take down."""
    return auth.opencohesion_quality_release_withdraw(context, data_dict)


@tk.auth_allow_anonymous_access
def auth_takedown_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The log is public."""
    return {"success": True}


ACTIONS = {
    "opencohesion_quality_takedown": opencohesion_quality_takedown,
    "opencohesion_quality_takedown_list": opencohesion_quality_takedown_list,
}
AUTH = {
    "opencohesion_quality_takedown": auth_takedown,
    "opencohesion_quality_takedown_list": auth_takedown_list,
}
