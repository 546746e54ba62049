"""Tags and formats: a word that only held-back datasets carry is unknown to those who do not see them.

CKAN answers these actions from the database, over all datasets. Here the index says which words the user may meet.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.query import solr_literal
from ckan.types import Action, Context

from ckanext.opencohesion.quality.visibility.seen import seen_ids, seen_values, sees_everything

# Tags of a vocabulary are a list that a sysadmin makes; they stand there whether a dataset carries them or not.
_VOCABULARY = "vocabulary_id"


def _unfiltered(context: Context, data_dict: dict[str, Any]) -> bool:
    return bool(data_dict.get(_VOCABULARY)) or sees_everything(context)


def _page(rows: list[Any], data_dict: dict[str, Any]) -> list[Any]:
    """Cut ``offset`` and ``limit`` out of the rows that are left."""
    try:
        offset = int(data_dict.get("offset") or 0)
        limit = data_dict.get("limit")
        end = None if limit in (None, "") else offset + int(limit)
    except (TypeError, ValueError):
        raise tk.ValidationError({"limit": [tk._("Invalid integer")]}) from None
    if offset < 0 or (end is not None and end < offset):
        raise tk.ValidationError({"limit": [tk._("Must be a natural number")]})
    return rows[offset:end]


def _all_rows(data_dict: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data_dict.items() if key not in ("offset", "limit")}


@tk.chained_action
@tk.side_effect_free
def tag_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[Any]:
    """List the tags of the datasets that the user sees."""
    if _unfiltered(context, data_dict):
        return next_action(context, data_dict)
    tags = next_action(context, _all_rows(data_dict))
    seen = seen_values(context, "tags")
    kept = [tag for tag in tags if (tag["name"] if isinstance(tag, dict) else tag) in seen]
    return _page(kept, data_dict)


@tk.chained_action
@tk.side_effect_free
def tag_search(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Search the tags of the datasets that the user sees; the count is theirs."""
    if _unfiltered(context, data_dict):
        return next_action(context, data_dict)
    found = next_action(context, _all_rows(data_dict))
    seen = seen_values(context, "tags")
    kept = [tag for tag in found["results"] if tag["name"] in seen]
    return {"count": len(kept), "results": _page(kept, data_dict)}


@tk.chained_action
@tk.side_effect_free
def tag_autocomplete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[str]:
    """Complete from the tags of the datasets that the user sees."""
    if _unfiltered(context, data_dict):
        return next_action(context, data_dict)
    names = next_action(context, _all_rows(data_dict))
    seen = seen_values(context, "tags")
    return _page([name for name in names if name in seen], data_dict)


@tk.chained_action
@tk.side_effect_free
def tag_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a tag that a dataset which the user sees carries; raise ``NotFound`` for any other.

    CKAN lists the tag's datasets by the field ``private`` alone, without asking for permission labels.
    """
    tag = next_action(context, data_dict)
    if sees_everything(context):
        return tag
    if not tag.get(_VOCABULARY):
        condition = f"+tags:{solr_literal(tag['name'])}"
        if tag["name"] not in seen_values(context, "tags", condition):
            raise tk.ObjectNotFound
    if "packages" in tag:
        seen = seen_ids(context, [package["id"] for package in tag["packages"]])
        tag["packages"] = [package for package in tag["packages"] if package["id"] in seen]
    return tag


@tk.chained_action
@tk.side_effect_free
def format_autocomplete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[str]:
    """Complete from the file formats of the datasets that the user sees, the most used first."""
    if sees_everything(context):
        return next_action(context, data_dict)
    every_format = model.Session.query(model.Resource.id).count()
    formats = next_action(context, {**data_dict, "limit": max(every_format, 1)})
    seen = {name.lower() for name in seen_values(context, "res_format")}
    return _page([name for name in formats if name in seen], {"limit": data_dict.get("limit", 5)})
