"""Lists that CKAN fills from the database without asking who reads: members of groups, relationships, task states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Action, AuthFunction, AuthResult, Context

from ckanext.opencohesion.quality.visibility.existence import not_there
from ckanext.opencohesion.quality.visibility.seen import asking, seen_ids, sees_everything


@tk.chained_action
@tk.side_effect_free
def member_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[Any]:
    """List the members of a group or organization; of its datasets those that the user sees."""
    members = next_action(context, data_dict)
    if sees_everything(context):
        return members
    datasets = {table_id for table_id, table, _ in members if table == "package"}
    hidden = datasets - seen_ids(context, datasets)
    return [member for member in members if member[0] not in hidden]


@tk.chained_action
@tk.side_effect_free
def package_relationships_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[Any]:
    """List a dataset's relationships to datasets that the user sees.

    The dicts of ``package_show`` and ``package_search`` come from the index, which has no relationships.
    """
    listed = not_there(next_action, "First package named in request was not found.")
    relationships = listed(context, data_dict)
    if sees_everything(context) or not relationships:
        return relationships
    references = {row[end] for row in relationships for end in ("subject", "object")}
    column = model.Package.id if context.get("api_version") == 2 else model.Package.name
    rows = model.Session.query(column, model.Package.id).filter(column.in_(references))
    found: dict[str, str] = {reference: package_id for reference, package_id in rows}  # noqa: C416 - rows are typed so
    seen = seen_ids(context, found.values())
    return [row for row in relationships if all(found.get(row[end]) in seen for end in ("subject", "object"))]


def _without_relationships(name: str) -> Callable[..., Any]:
    @tk.chained_action
    @tk.side_effect_free
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
        # followee_list sets ignore_auth in the context it is given
        everything = sees_everything(context)
        followed = next_action(context, data_dict)
        if not everything:
            for entry in followed:
                for ends in ("relationships_as_subject", "relationships_as_object"):
                    entry.get("dict", entry).pop(ends, None)
        return followed

    chained.__name__ = name
    chained.__doc__ = "List what a user follows, datasets without the ids of others that they are related to."
    return chained


dataset_followee_list = _without_relationships("dataset_followee_list")
followee_list = _without_relationships("followee_list")


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def task_status_show(next_auth: AuthFunction, context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow the state of a task to those who see the dataset or resource it works on; of other tasks to sysadmins."""
    task = context.get("task_status")
    denied: AuthResult = {"success": False, "msg": tk._("Not authorized to read this task status")}
    if task is None:
        return denied
    if model.Resource.get(task.entity_id):
        check = "resource_show"
    elif model.Package.get(task.entity_id):
        check = "package_show"
    else:
        return denied
    if not authz.is_authorized_boolean(check, asking(context), {"id": task.entity_id}):
        return denied
    return next_auth(context, data_dict or {})


@tk.chained_action
@tk.side_effect_free
def harvest_object_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a harvested record to those who see the dataset made from it; without a dataset, to sysadmins."""
    harvested = next_action(context, data_dict)
    if sees_everything(context):
        return harvested
    package_id = harvested.get("package_id") or harvested.get("package")
    if not package_id or not seen_ids(context, [package_id]):
        raise tk.ObjectNotFound
    return harvested
