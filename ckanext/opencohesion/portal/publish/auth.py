"""Who may begin, see and discard drafts."""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.types import AuthResult, Context


def opencohesion_draft_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may create a dataset of an organization may begin one."""
    return {
        "success": authz.is_authorized_boolean(
            "package_create", context, {"owner_org": data_dict.get("owner_org")}
        )
    }


def opencohesion_draft_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody with an account has a list: of the drafts that they may go on with."""
    return {"success": bool(context.get("user"))}


def opencohesion_draft_discard(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may write a draft may throw it away."""
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}


def opencohesion_dataset_version_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may change a dataset may ask which version of it they have before them."""
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}
