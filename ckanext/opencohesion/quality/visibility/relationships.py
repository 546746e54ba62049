"""Relationships between datasets: the other end may be held back.

CKAN writes them, with the ids of both ends and a comment, into every dataset's dict, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context

from ckanext.opencohesion.quality.visibility.existence import not_there
from ckanext.opencohesion.quality.visibility.seen import seen_ids, sees_everything

_KEYS = ("relationships_as_subject", "relationships_as_object")
_ENDS = ("subject_package_id", "object_package_id")


def drop_relationships(datasets: list[dict[str, Any]]) -> None:
    """Take the relationships out of dataset dicts, in place: where nobody knows who reads (search results)."""
    for dataset in datasets:
        for key in _KEYS:
            dataset.pop(key, None)


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a dataset to those who see it (for others raise ``NotFound``), with its relationships to what they see."""
    dataset = not_there(next_action)(context, data_dict)
    if any(dataset.get(key) for key in _KEYS) and not sees_everything(context):
        seen = seen_ids(
            context, {end for key in _KEYS for row in dataset.get(key) or [] for end in _ends(row)}
        )
        for key in _KEYS:
            dataset[key] = [row for row in dataset.get(key) or [] if _ends(row) <= seen]
    return dataset


def _ends(row: dict[str, Any]) -> set[str]:
    # the default schema moves what it does not know to __extras, scheming's leaves it
    stored = {**row, **row.get("__extras", {})}
    return {stored[end] for end in _ENDS if stored.get(end)} or {"unknown"}


@tk.chained_action
@tk.side_effect_free
def package_relationships_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[Any]:
    """List a dataset's relationships to datasets that the user sees."""
    listed = not_there(next_action, "First package named in request was not found.")
    relationships = listed(context, data_dict)
    if sees_everything(context) or not relationships:
        return relationships
    references = {row[end] for row in relationships for end in ("subject", "object")}
    column = model.Package.id if context.get("api_version") == 2 else model.Package.name
    rows = model.Session.query(column, model.Package.id).filter(column.in_(references))
    found: dict[str, str] = {reference: package_id for reference, package_id in rows}  # noqa: C416 - rows are typed so
    seen = seen_ids(context, found.values())
    return [row for row in relationships if all(found.get(row[end]) in seen for end in ("subject", "object"))]


def _without_relationships(name: str) -> Callable[..., Any]:
    @tk.chained_action
    @tk.side_effect_free
    def chained(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
        # asked before: followee_list sets ignore_auth in the context it is given
        everything = sees_everything(context)
        followed = next_action(context, data_dict)
        if not everything:
            drop_relationships([entry.get("dict", entry) for entry in followed])
        return followed

    chained.__name__ = name
    chained.__doc__ = "List what a user follows, datasets without their relationships."
    return chained


def actions() -> dict[str, Any]:
    """Return the chained actions of this module by name."""
    return {
        "package_show": package_show,
        "package_relationships_list": package_relationships_list,
        **{name: _without_relationships(name) for name in ("dataset_followee_list", "followee_list")},
    }
