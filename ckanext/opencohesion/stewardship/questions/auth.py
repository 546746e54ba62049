"""Who may ask, read and answer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from .model import Question


def handles(context: Context, organization_id: str | None) -> bool:
    """Say whether the user answers for an organization: its editors, its administrators, sysadmins."""
    user = context.get("user") or ""
    if not organization_id or not user:
        return False
    return authz.has_user_permission_for_group_or_org(organization_id, user, "update_dataset")


def _of_question(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    question = model.Session.get(Question, str(data_dict.get("id") or ""))
    package = model.Package.get(question.package_id) if question else None
    return {"success": package is not None and handles(context, package.owner_org)}


@tk.auth_allow_anonymous_access
def opencohesion_question_ask(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever sees a dataset may ask about it."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def opencohesion_question_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever sees a dataset may read what was published of the questions about it."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


def opencohesion_question_inbox(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """An organization's questions are read by who answers for it; without a name, each sees their own."""
    wanted = data_dict.get("organization")
    if not wanted:
        return {"success": bool(context.get("user"))}
    organization = model.Group.get(wanted)
    return {"success": organization is not None and handles(context, organization.id)}


def opencohesion_question_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who answers for the dataset's organization."""
    return _of_question(context, data_dict)


def opencohesion_question_answer(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who answers for the dataset's organization."""
    return _of_question(context, data_dict)


def opencohesion_question_close(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who answers for the dataset's organization."""
    return _of_question(context, data_dict)
