"""The DataStore: tables of held-back datasets are unknown, and no records go past the gate.

Tables are filled by the gate from a file that has passed. Records that a client writes itself have passed nothing, so
they are refused on every guarded dataset, live or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, AuthFunction, AuthResult, Context

from ckanext.opencohesion.quality.publication import datastore_tables
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.quality.token import is_gate
from ckanext.opencohesion.quality.visibility.seen import sees_everything

#: Every action that changes a table; ``datastore_function_*``, triggers and permissions are sysadmins' already.
WRITING = ("datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete")

#: Actions that read a table, with the words in which each says that there is none.
READING = {
    "datastore_info": 'Resource/Alias "{0}" was not found.',
    "datastore_search": 'Resource "{0}" was not found.',
}


def _reading(name: str, missing: str) -> Callable[..., Any]:
    @tk.chained_action
    @tk.side_effect_free
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        table = data_dict.get("resource_id") or data_dict.get("id")
        not_found = tk.ObjectNotFound(missing.format(table))
        if table in tk.config["ckan.datastore.public_table_search"]:
            # the list of all tables has the ids of every dataset's resources, and CKAN asks nobody for permission
            if not sees_everything(context):
                raise not_found
            tk.check_access(name, context, {"id": table})
        settle_first([table])
        try:
            return next_action(context, data_dict)
        except tk.NotAuthorized:
            raise not_found from None

    chained.__name__ = name
    return chained


def settle_first(tables: Iterable[Any]) -> None:
    """Finish the exchange of these tables where a process died in its midst, before anybody reads the old ones.

    Raises ``ValidationError`` where that can not be done just now.
    """
    for package_id in datastore_tables.owner_of_unsettled(str(table) for table in tables if table):
        try:
            datastore_tables.settle(package_id)
        except datastore_tables.ExchangeError:
            message = tk._("This table is being exchanged for its new version. Ask again in a few minutes.")
            raise tk.ValidationError({"resource_id": [message]}) from None


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def datastore_search_sql(
    next_auth: AuthFunction, context: Context, data_dict: dict[str, Any] | None
) -> AuthResult:
    """Allow a query over tables that are all seen, each as its dataset is at present."""
    names = list(context["table_names"])  # pyright: ignore[reportTypedDictNotRequiredAccess]
    context["table_names"] = names
    result = next_auth(context, data_dict or {})
    if result.get("success"):
        settle_first(names)
    return result


def _package_ids(data_dict: dict[str, Any]) -> set[str]:
    """Return the datasets that a write is meant for: by its resource, and by the one a new resource is to belong to."""
    owners: set[str] = set()
    resource_id, new = data_dict.get("resource_id"), data_dict.get("resource")
    if isinstance(resource_id, str) and (resource := model.Resource.get(resource_id)):
        owners.add(str(resource.package_id))
    if isinstance(new, dict) and isinstance(new.get("package_id"), str):
        owners.add(new["package_id"])
    return owners


def _writing(name: str) -> Callable[..., Any]:
    @tk.chained_action
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        if is_gate(context):
            return next_action(context, data_dict)
        owners = [model.Package.get(owner) for owner in _package_ids(data_dict)]
        if any(owner is not None and guarded(owner.type) for owner in owners):
            # who may not change the dataset anyway is told that, as everywhere
            tk.check_access(name, tk.fresh_context(context), dict(data_dict))
            raise tk.ValidationError(
                {
                    "resource_id": [
                        tk._(
                            "Records can not be written directly, because nobody has checked them. Upload the table as "
                            "a file of the dataset: when it passes its checks, its records are here."
                        )
                    ]
                }
            )
        return next_action(context, data_dict)

    chained.__name__ = name
    return chained


def actions() -> dict[str, Any]:
    """Return the chained actions of this module by name."""
    return {
        **{name: _reading(name, missing) for name, missing in READING.items()},
        **{name: _writing(name) for name in WRITING},
    }
