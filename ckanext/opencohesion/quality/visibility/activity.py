"""The activity stream: rows about a dataset are for those who see the dataset, as it was and as it is.

CKAN writes a dataset's permission labels into each row when it happens, and the whole dataset with them. A row of the
time before the dataset was live stays closed for good (its content was never proven); a row of a time when it was live
is closed when the dataset is withdrawn, and stays closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.plugins import get_permission_labels
from ckan.plugins import plugin_loaded
from ckan.types import Action, Context
from sqlalchemy.dialects.postgresql import ARRAY

from ckanext.opencohesion.quality.visibility.existence import not_there
from ckanext.opencohesion.quality.visibility.labels import PUBLIC, held_back_labels
from ckanext.opencohesion.quality.visibility.seen import seen_ids, sees_everything

#: Actions that list activities. They let rows about resource views pass whoever asks, and rows of withdrawn datasets.
LISTS = (
    "user_activity_list",
    "package_activity_list",
    "group_activity_list",
    "organization_activity_list",
    "recently_changed_packages_activity_list",
    "dashboard_activity_list",
)


def rewrite_activity_labels(package_id: str) -> None:
    """Close what the activity stream holds of a dataset, in the present transaction; the caller commits.

    To be called after each change of what is granted (live, withdrawn, taken down, deleted) and of the owning
    organization. While the public sees the dataset, only the rows that were never public are touched: they go to those
    who would see it held back. Otherwise all of them.
    """
    package = model.Package.get(package_id)
    if package is None or not plugin_loaded("activity"):
        return
    activity = sa.table("activity", sa.column("object_id"), sa.column("permission_labels", ARRAY(sa.Text)))
    closing = (
        sa.update(activity)
        .where(activity.c.object_id == package.id, activity.c.permission_labels.is_not(None))
        .values(permission_labels=held_back_labels(package))
    )
    if _public_now(package):
        closing = closing.where(sa.not_(activity.c.permission_labels.contains([PUBLIC])))
    model.Session.execute(closing)


def _public_now(package: model.Package) -> bool:
    return PUBLIC in get_permission_labels().get_dataset_labels(package)


def _about_a_dataset(row: dict[str, Any]) -> bool:
    return str(row.get("activity_type") or "").endswith(("package", "resource view"))


def _seen_rows_only(name: str) -> Callable[..., Any]:
    @tk.chained_action
    @tk.side_effect_free
    def listing(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
        # only here a refusal is about a dataset; elsewhere it is about a user or a group
        listed = not_there(next_action) if name == "package_activity_list" else next_action
        rows = listed(context, data_dict)
        if sees_everything(context):
            return rows
        seen = seen_ids(context, {row["object_id"] for row in rows if _about_a_dataset(row)})
        return [row for row in rows if not _about_a_dataset(row) or row["object_id"] in seen]

    listing.__name__ = name
    listing.__doc__ = "List activities; of those about datasets the ones whose dataset the user sees."
    return listing


@tk.chained_action
@tk.side_effect_free
def activity_diff(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Compare an activity with the one before it, if the user may see both.

    CKAN checks only the later one: the first public version would show the unproven one it came from.
    """
    answer = next_action(context, data_dict)
    before = answer["activities"][0]["id"]
    try:
        # a fresh context, for the old one remembers which activity was authorized
        tk.check_access("activity_diff", tk.fresh_context(context), {"id": before})
    except tk.NotAuthorized:
        raise tk.ObjectNotFound("Previous activity for this object not found") from None
    return answer


def actions() -> dict[str, Any]:
    """Return the chained actions of this module by name."""
    return {**{name: _seen_rows_only(name) for name in LISTS}, "activity_diff": activity_diff}
