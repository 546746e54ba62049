"""A held-back dataset does not exist for those who do not see it: the same answer as for a name nobody uses.

CKAN answers "not authorized" (403), which tells that the name is taken. Left as it is: who may create a dataset learns
from the form that a name is taken; it could not be otherwise.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.plugins import plugin_loaded
from ckan.types import Action, AuthFunction, AuthResult, Context

from ckanext.opencohesion.quality.visibility.seen import asking

# -- reading: what CKAN refuses to show is not there ------------------------------------------------------------------

#: Actions whose authorization is exactly that the dataset is seen.
READING = ("resource_show", "resource_view_show", "resource_view_list", "task_status_show")

#: Actions that answer otherwise for every name that exists, and whether GET may call them.
FOLLOWING = {"dataset_follower_count": True, "am_following_dataset": True, "follow_dataset": False}


def not_there(action: Action, *words: str) -> Action:
    """Wrap an action so that what its caller may not see is not found, in the ``words`` it uses for what is missing."""

    def wrapped(context: Context, data_dict: dict[str, Any]) -> Any:
        try:
            return action(context, data_dict)
        except tk.NotAuthorized:
            raise tk.ObjectNotFound(*words) from None

    return wrapped


def reading(name: str) -> Callable[..., Any]:
    """Return the chained action ``name``, whose refusal is ``NotFound``."""

    @tk.chained_action
    @tk.side_effect_free
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        return not_there(next_action)(context, data_dict)

    chained.__name__ = name
    return chained


def _as_if_missing(name: str, *, by_get: bool) -> Callable[..., Any]:
    @tk.chained_action
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        if not context.get("ignore_auth") and hidden(context, data_dict.get("id")):
            data_dict = {**data_dict, "id": str(uuid.uuid4())}
        return next_action(context, data_dict)

    chained.__name__ = name
    return tk.side_effect_free(chained) if by_get else chained


def hidden(context: Context, name_or_id: Any) -> bool:
    """Say whether there is a dataset of this name or id that the user does not see."""
    package = model.Package.get(name_or_id) if isinstance(name_or_id, str) else None
    if package is None:
        return False
    return not authz.is_authorized_boolean("package_show", asking(context), {"id": package.id})


# -- changing ---------------------------------------------------------------------------------------------------------

#: Authorizations to change a dataset, with the words that their action has for one that is missing (mostly none).
CHANGING = {
    "package_update": ("Package was not found.",),
    "package_patch": (),
    "package_delete": (),
    "datastore_create": (),
}


def _changing(name: str, words: tuple[str, ...]) -> Callable[..., Any]:
    @tk.chained_auth_function
    @tk.auth_allow_anonymous_access  # a login must not be asked for before the dataset is looked for
    def chained(next_auth: AuthFunction, context: Context, data_dict: dict[str, Any] | None) -> AuthResult:
        missing = tk.ObjectNotFound(*(tk._(text) for text in words))
        result: AuthResult = {"success": False, "msg": tk._("You must be logged in to change a dataset")}
        if context.get("auth_user_obj"):
            try:
                result = next_auth(context, data_dict or {})
            except tk.ObjectNotFound:
                raise missing from None
        if not result.get("success"):
            package = context.get("package")
            if hidden(context, package.id if package else (data_dict or {}).get("id")):
                raise missing
        return result

    chained.__name__ = name
    return chained


def actions() -> dict[str, Any]:
    """Return the chained actions of this module by name."""
    return {
        **{name: reading(name) for name in READING},
        **{name: _as_if_missing(name, by_get=by_get) for name, by_get in FOLLOWING.items()},
    }


def auth_functions() -> dict[str, Any]:
    """Return the chained auth functions of this module by name."""
    known = {
        name: words
        for name, words in CHANGING.items()
        if plugin_loaded("datastore") or "datastore" not in name
    }
    return {name: _changing(name, words) for name, words in known.items()}
