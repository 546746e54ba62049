"""Lists that CKAN fills without asking who reads: members of groups, task states, harvested records."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Action, AuthFunction, AuthResult, Context

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


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def task_status_show(
    next_auth: AuthFunction, context: Context, data_dict: dict[str, Any] | None
) -> AuthResult:
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
