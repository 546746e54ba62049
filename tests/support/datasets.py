"""The smallest right dataset of each type, and the shortest ways to save one."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import pytest

DATA_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"

CORE: dict[str, Any] = {
    "title": "Progetti PNRR in Calabria",
    "notes": "Ogni riga è un progetto.",
    "theme": [f"{DATA_THEME}GOVE"],
    "frequency": f"{FREQUENCY}QUARTERLY",
    "license_id": "A21_CCBY40",
    "rights_holder": [{"name": "Regione Calabria", "identifier": "regcal"}],
    "contact": [{"name": "Settore open data", "email": "opendata@regione.example.it"}],
}
OF_TYPE: dict[str, dict[str, Any]] = {
    "dataset": {},
    "cohesion": {"programming_cycle": ["2014-2020"], "fund": ["FESR"]},
    "pnrr": {},
}


def fields_of(dataset_type: str, owner_org: str, **fields: Any) -> dict[str, Any]:
    """Return the fields of a new right dataset, not yet saved; a field given as None is left out."""
    dataset = {**CORE, **OF_TYPE[dataset_type], "type": dataset_type, "owner_org": owner_org}
    dataset["name"] = f"dataset-{uuid.uuid4().hex[:8]}"
    return {name: value for name, value in {**dataset, **fields}.items() if value is not None}


def call(action: str, **data: Any) -> Any:
    """Call an action as the system, as harvesters and jobs do."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return tk.get_action(action)({"user": site_user["name"], "ignore_auth": True}, data)


def errors_of(dataset: dict[str, Any], action: str = "package_create") -> dict[str, Any]:
    """Save a dataset that must be refused and return CKAN's errors."""
    with pytest.raises(tk.ValidationError) as caught:
        call(action, **dataset)
    return caught.value.error_dict
