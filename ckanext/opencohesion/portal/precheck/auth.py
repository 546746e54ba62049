"""Who may try a file."""

from __future__ import annotations

from typing import Any

from ckan import authz
from ckan.types import AuthResult, Context


def opencohesion_quality_precheck(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may bring data for some organization: a check costs the portal as much as a publication does."""
    user = context.get("user") or ""
    return {"success": bool(user) and authz.has_user_permission_for_some_org(user, "create_dataset")}


def opencohesion_quality_precheck_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The same persons; each reads only what they tried themselves (the action sees to it)."""
    return opencohesion_quality_precheck(context, data_dict)
