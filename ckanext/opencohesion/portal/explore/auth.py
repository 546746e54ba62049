"""Who may look into a file: whoever may see its resource. Only what is live has a table (``access.open_table``)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context


def _may_see(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return {"success": authz.is_authorized_boolean("resource_show", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def opencohesion_table_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """See the module."""
    return _may_see(context, data_dict)


@tk.auth_allow_anonymous_access
def opencohesion_table_rows(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """See the module."""
    return _may_see(context, data_dict)


@tk.auth_allow_anonymous_access
def opencohesion_table_aggregate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """See the module."""
    return _may_see(context, data_dict)
