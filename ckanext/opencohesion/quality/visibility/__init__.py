"""Who sees what: the gate's second wall, and every channel closed through which CKAN tells of a held-back dataset.

Here: the permission labels, and chained actions that keep lists, tables and streams to what their reader sees. Not
here: what makes a dataset live (``publication``), and how a change is held back (``gate``).
"""

from __future__ import annotations

from typing import Any

from ckan.plugins import plugin_loaded

from ckanext.opencohesion.quality.visibility import (
    activity,
    datastore,
    existence,
    listings,
    relationships,
    tags,
)
from ckanext.opencohesion.quality.visibility.activity import rewrite_activity_labels
from ckanext.opencohesion.quality.visibility.existence import hidden
from ckanext.opencohesion.quality.visibility.labels import GateLabels, refuse_conflict
from ckanext.opencohesion.quality.visibility.relationships import drop_relationships

__all__ = [
    "GateLabels",
    "drop_relationships",
    "get_actions",
    "get_auth_functions",
    "hidden",
    "refuse_conflict",
    "rewrite_activity_labels",
]


def get_actions() -> dict[str, Any]:
    """Return the chained actions that close channels, those of plugins that are loaded."""
    actions: dict[str, Any] = {
        **existence.actions(),
        **relationships.actions(),
        "tag_list": tags.tag_list,
        "tag_search": tags.tag_search,
        "tag_autocomplete": tags.tag_autocomplete,
        "tag_show": tags.tag_show,
        "format_autocomplete": tags.format_autocomplete,
        "member_list": listings.member_list,
    }
    if plugin_loaded("activity"):
        actions |= activity.actions()
    if plugin_loaded("datastore"):
        actions |= datastore.actions()
    if plugin_loaded("harvest"):
        actions["harvest_object_show"] = listings.harvest_object_show
    return actions


def get_auth_functions() -> dict[str, Any]:
    """Return the chained auth functions that close channels."""
    functions = {**existence.auth_functions(), "task_status_show": listings.task_status_show}
    if plugin_loaded("datastore"):
        functions["datastore_search_sql"] = datastore.datastore_search_sql
    return functions
