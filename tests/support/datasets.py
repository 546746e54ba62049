"""A right dataset of each type, and the shortest ways to save one or to see it refused."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk

from support.people import act, dataset_fields

DATA_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"

OF_TYPE: dict[str, dict[str, Any]] = {
    "dataset": {},
    "cohesion": {"programming_cycle": ["2014-2020"], "fund": ["FESR"]},
    "pnrr": {},
    "series": {},
}


def fields_of(dataset_type: str, owner_org: str, **fields: Any) -> dict[str, Any]:
    """The fields of a right dataset of a type, not yet saved; `fields` replaces or adds (None takes one away)."""
    return dataset_fields(owner_org, **{"type": dataset_type, **OF_TYPE[dataset_type], **fields})


def saved(dataset_type: str, owner_org: str, **fields: Any) -> dict[str, Any]:
    """Save such a dataset and return it."""
    return act("package_create", **fields_of(dataset_type, owner_org, **fields))


def errors_of(dataset: dict[str, Any], action: str = "package_create") -> dict[str, Any]:
    """Save a dataset that must be refused and return CKAN's errors."""
    with pytest.raises(tk.ValidationError) as caught:
        act(action, **dataset)
    return caught.value.error_dict
