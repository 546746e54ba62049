"""Who may do what at the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context, DataDict

from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.decisions.model import OpenReview
from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.staging import get_staged, staged_with_new
from ckanext.opencohesion.quality.state import HELD_BACK


def _may_edit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}


def opencohesion_quality_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit a dataset may have it checked."""
    return _may_edit(context, data_dict)


@tk.auth_allow_anonymous_access
def opencohesion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see the report on what they see."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def opencohesion_quality_summary(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see in short what was proven of it."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


def opencohesion_quality_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """What earlier runs found is for those who may edit the dataset."""
    return _may_edit(context, data_dict)


def opencohesion_quality_staged_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """What waits is seen by those who may edit the dataset; when held back, also by those who may decide on it.

    That is the change of what is live, or a dataset that is not live and is to be, or what is live and is reviewed anew.
    """
    user, package = model.User.get(context.get("user")), model.Package.get(data_dict.get("id"))
    decides = user and package and policy.decides_at_all(user, package.owner_org)
    if decides and package and _is_held_back(package.id):
        return {"success": True}
    return _may_edit(context, data_dict)


def _is_held_back(package_id: str) -> bool:
    state, staged = get_state(package_id), get_staged(package_id)
    if staged is not None:
        return staged.status in HELD_BACK
    if state is None:
        return False
    if state.live:
        return model.Session.get(OpenReview, package_id) is not None
    return state.wants_public and state.status in HELD_BACK


def opencohesion_quality_staged_discard(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """A change that waits is thrown away by those who may edit the dataset."""
    return _may_edit(context, data_dict)


def opencohesion_quality_override(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """By the portal's policy (``override_by``; default: the data office), never who brought the data (sysadmins apart)."""
    return _may_decide(context, data_dict, "override")


@tk.auth_sysadmins_check
def opencohesion_quality_review_decide(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """By the portal's policy (``review_by``), never who brought the data, sysadmins neither."""
    return _may_decide(context, data_dict, "review")


@tk.auth_sysadmins_check
def opencohesion_quality_approve(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """By the portal's policy (``approve_by``): a second person, never who brought the data, sysadmins neither."""
    return _may_decide(context, data_dict, "approve")


@tk.auth_sysadmins_check
def opencohesion_quality_send_back(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may give the second yes may refuse it."""
    return _may_decide(context, data_dict, "approve")


@tk.auth_allow_anonymous_access
def opencohesion_quality_decision_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see which decisions its publication rests on."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def opencohesion_quality_legal_bases(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The list of legal bases is for everyone."""
    return {"success": True}


def _may_decide(context: Context, data_dict: dict[str, Any], decision: policy.Decision) -> AuthResult:
    user, package = model.User.get(context.get("user")), model.Package.get(data_dict.get("id"))
    if user is not None and package is not None and user.id in policy.bringers_of(package.id):
        return {
            "success": False,
            "msg": tk._("Who brought the data can not decide on it: somebody else has to."),
        }
    return {
        "success": policy.may_decide(user, package, decision),
        "msg": tk._("By the policy of this portal you may not decide this."),
    }


@tk.auth_allow_anonymous_access
def opencohesion_quality_release_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see which versions of it were published."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


def opencohesion_quality_release_withdraw(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The administrators of the dataset's organization and those of the data office take a version down."""
    package = model.Package.get(data_dict.get("id"))
    office = policy.data_office()
    bodies = {package.owner_org if package else None, office.id if office else None} - {None}
    user = context.get("user") or ""
    return {
        "success": any(authz.has_user_permission_for_group_or_org(body, user, "admin") for body in bodies),
        "msg": tk._("Only the organization's administrators or the data office may take a version down."),
    }


NextAuth = Callable[..., AuthResult]


def _staged_resource(next_auth: NextAuth, context: Context, data_dict: DataDict | None) -> AuthResult:
    """A resource that is only staged is unknown to CKAN: whoever may edit its dataset may change it."""
    staged = staged_with_new((data_dict or {}).get("id"))
    return _may_edit(context, {"id": staged.package_id}) if staged else next_auth(context, data_dict)


@tk.chained_auth_function
def resource_update(next_auth: NextAuth, context: Context, data_dict: DataDict | None) -> AuthResult:
    """See ``_staged_resource``."""
    return _staged_resource(next_auth, context, data_dict)


@tk.chained_auth_function
def resource_patch(next_auth: NextAuth, context: Context, data_dict: DataDict | None) -> AuthResult:
    """See ``_staged_resource``."""
    return _staged_resource(next_auth, context, data_dict)


@tk.chained_auth_function
def resource_delete(next_auth: NextAuth, context: Context, data_dict: DataDict | None) -> AuthResult:
    """See ``_staged_resource``."""
    return _staged_resource(next_auth, context, data_dict)


def functions() -> dict[str, Any]:
    """Return the gate's auth functions."""
    names = ("resource_update", "resource_patch", "resource_delete")
    own = {name: function for name, function in globals().items() if name.startswith("opencohesion_quality_")}
    return {**own, **{name: globals()[name] for name in names}}
