"""Who may write the office's parts of editorial pages and read what visitors report: administrators of the portal."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


def opencohesion_page_part_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but a sysadmin, whom CKAN lets through before it asks here."""
    return {"success": False, "msg": tk._("Only the portal's administrators may write its pages")}


def opencohesion_page_part_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As for writing."""
    return opencohesion_page_part_update(context, data_dict)


@tk.auth_allow_anonymous_access
def opencohesion_feedback_send(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Anybody."""
    return {"success": True}


def opencohesion_feedback_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but a sysadmin, whom CKAN lets through before it asks here."""
    return {"success": False, "msg": tk._("Only the portal's administrators may read this")}


def opencohesion_feedback_close(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As for reading."""
    return opencohesion_feedback_list(context, data_dict)
