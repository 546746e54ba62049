"""Reads from the database what organizations declare for their datasets: one query, however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ckan import model

from ckanext.opencohesion.dcatapit import defaults


def facts_of(id_or_name: str) -> dict[str, Any]:
    """Return title and form fields of an organization; {} where there is none of that id or name."""
    group = model.Group.get(id_or_name)
    return _facts(group) if group and group.is_organization else {}


def declared_by(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what each organization declares for its datasets, by its id."""
    groups = model.Session.query(model.Group).filter(model.Group.id.in_(list(ids)))
    return {group.id: defaults.declared(_facts(group)) for group in groups}


def _facts(group: model.Group) -> dict[str, Any]:
    extras: dict[str, str] = group.extras or {}  # pyright: ignore[reportAttributeAccessIssue]
    facts: dict[str, Any] = {"title": group.title, **extras}
    if "default_territory" in facts:
        facts["default_territory"] = json.loads(facts["default_territory"])
    return facts
