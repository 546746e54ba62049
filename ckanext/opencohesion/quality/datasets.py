"""Reading a dataset as the gate sees it: as it stands in the database, without what the gate itself shows in it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.types import Context

from ckanext.opencohesion.quality.changes import strip_gate_fields
from ckanext.opencohesion.quality.model import ResourceFile
from ckanext.opencohesion.quality.token import GATE_KEY, GATE_TOKEN


def gate_context(**extra: Any) -> Context:
    """Return the context of the gate's own calls: the site user, with the gate's token."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": user["name"], "ignore_auth": True, GATE_KEY: GATE_TOKEN, **extra}
    return context


def stored_dataset(package: model.Package) -> dict[str, Any]:
    """Return a dataset's dict as it would go back into ``package_update``: ``private`` as stored, no gate fields."""
    shown = tk.get_action("package_show")(gate_context(use_cache=False), {"id": package.id})
    dataset = strip_gate_fields(shown)
    dataset["private"] = package.private
    dataset.pop("metadata_modified", None)
    return dataset


def file_of(resource: dict[str, Any]) -> ResourceFile | None:
    """Return the bytes a resource stands for, or ``None`` when there are none yet (an address not fetched, or changed)."""
    row = model.Session.get(ResourceFile, resource["id"])
    if row is None:
        return None
    if resource.get("url_type") == "upload":
        return row if row.origin_url is None else None
    return row if row.origin_url == resource.get("url") else None


def validation_errors(package: model.Package, dataset: dict[str, Any], context: Context) -> dict[str, Any]:
    """Return what CKAN's validation says against a dataset dict for ``package_update``; nothing is saved."""
    plugin = lib_plugins.lookup_package_plugin(package.type)
    validation_context: Any = {**context, "model": model, "session": model.Session, "package": package}
    schema = context.get("schema") or plugin.update_package_schema()
    _data, errors = lib_plugins.plugin_validate(plugin, validation_context, dataset, schema, "package_update")
    return errors
