"""Makes the people and the office that tests need, through CKAN's own actions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit as tk

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """A user with an API token: `headers` for requests, `context` for calls of actions with authorization."""

    name: str
    password: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.token}

    @property
    def context(self) -> dict[str, Any]:
        return {"user": self.name, "ignore_auth": False}


def act(action: str, /, **data: Any) -> Any:
    """Call an action as the site itself, without authorization."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(action)({"ignore_auth": True, "user": site_user}, data)


def make_person(*, sysadmin: bool = False, organization: str = "", role: str = "editor") -> Person:
    """Make a user, a sysadmin or a member of `organization` (id or name) with `role` (admin, editor, member)."""
    name = f"person-{next(_numbers)}"
    password = f"password-of-{name}"
    act("user_create", name=name, email=f"{name}@example.org", password=password)
    if sysadmin:
        act("user_patch", id=name, sysadmin=True)
    if organization:
        act("organization_member_create", id=organization, username=name, role=role)
    token = act("api_token_create", user=name, name="tests")["token"]
    return Person(name, password, token)


def make_organization(**fields: Any) -> dict[str, Any]:
    """Make an organization. Without other fields it is a regional office that leaves its datasets no defaults."""
    number = next(_numbers)
    defaults = {
        "name": f"office-{number}",
        "title": f"Ufficio di prova {number}",
        "description": "Un ufficio che esiste solo nelle prove.",
        "identifier": "regcal",
        "email": "ufficio@example.org",
        "region": "18",
    }
    return act("organization_create", **defaults | fields)


def dataset_fields(owner_org: str, **fields: Any) -> dict[str, Any]:
    """The fields of a dataset that breaks no metadata rule; `fields` replaces or adds (None takes one away)."""
    number = next(_numbers)
    valid = {
        "type": "dataset",
        "name": f"dataset-{number}",
        "title": f"Dati di prova {number}",
        "notes": "Dati che esistono solo nelle prove.",
        "owner_org": owner_org,
        "tag_string": "prova",
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/GOVE"],
        "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
        "rights_holder": [{"name": "Regione Calabria", "identifier": "regcal"}],
        "contact": [{"name": "Ufficio dati", "email": "dati@example.org"}],
        "modified": "2026-01-31",
        "license_id": "A21_CCBY40",
        "territory": ["18"],
        "legal_basis": "Legge di prova n. 1/2026",
        "methodology": "Estrazione dal sistema gestionale, una volta all'anno.",
    }
    return {name: value for name, value in (valid | fields).items() if value is not None}
