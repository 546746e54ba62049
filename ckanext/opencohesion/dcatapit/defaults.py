"""What a dataset takes from its organization when a field is left empty. Plain functions over dicts.

Only what the organization declares is taken; nothing is made up.
"""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.vocabularies import vocabulary

REPEATING = ("rights_holder", "contact", "publisher")
SIMPLE = ("license_id", "territory")


def declared(organization: dict[str, Any]) -> dict[str, Any]:
    """Return the values that an organization (as organization_show gives it) declares for its datasets.

    An organization that names no other rights holder holds the rights itself, as its form tells; it is also the
    publisher of what it publishes.
    """
    itself = _filled(
        name=organization.get("title"), identifier=organization.get("identifier"), uri=organization.get("uri")
    )
    holder = _filled(
        name=organization.get("default_rights_holder_name"),
        identifier=organization.get("default_rights_holder_identifier"),
    )
    contact = _filled(
        name=organization.get("default_contact_name") or organization.get("title"),
        email=organization.get("default_contact_email") or organization.get("email"),
        telephone=organization.get("default_contact_telephone") or organization.get("telephone"),
        url=organization.get("default_contact_url"),
    )
    values = {
        "rights_holder": [holder or itself] if "identifier" in (holder or itself) else None,
        "contact": [contact] if "email" in contact else None,
        "publisher": [itself] if "identifier" in itself else None,
        "license_id": organization.get("default_license_id"),
        "territory": organization.get("default_territory"),
    }
    return {name: value for name, value in values.items() if value}


def new_identifier(organization_identifier: str, name: str, taken: set[str]) -> str:
    """Return an identifier for a dataset called ``name``: ``<organization's code>:<name>``, numbered when taken.

    It is made once, when the dataset is first saved, and does not follow later changes of the name.
    ``taken`` holds the identifiers in use, in lower case.
    """
    stem = f"{organization_identifier.lower()}:{name}"
    identifier, number = stem, 2
    while identifier.lower() in taken:
        identifier, number = f"{stem}-{number}", number + 1
    return identifier


def with_programme_names(programmes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the programmes, each without a name given the one that our list has for its code."""
    known = vocabulary("programmes").by_code
    return [
        entry
        if entry.get("name") or entry.get("code", "") not in known
        else entry | {"name": known[entry["code"]].label()}
        for entry in programmes
    ]


def _filled(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
