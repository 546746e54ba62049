"""Template helpers of the table structures."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opencohesion.quality.office_schemas import store
from ckanext.opencohesion.tables.dictionary import SEVERITIES

from . import forms, structures


def opencohesion_dictionary_language() -> str:
    """Return the language of the dictionary's words: ``it`` or ``en``."""
    return structures.page_language()


def opencohesion_structure_of(resource: dict[str, Any]) -> structures.Structure | None:
    """Return the structure that a file follows; None where it names none."""
    return structures.of_schema_id(resource.get("table_schema"))


def opencohesion_structure_address(structure: structures.Structure, form: str | None = None) -> str:
    """Return the address of a structure's page, or of its ``json`` or ``csv`` file."""
    return structures.address(structure, form)


def opencohesion_structure_source(source: str) -> str:
    """Return who publishes the tables of a source, in the page's language."""
    return tk._(structures.SOURCES.get(source, source))


def opencohesion_rule_severity(severity: str) -> str:
    """Return what happens where a file breaks a rule, in the page's language."""
    return tk._(next(words for code, words in SEVERITIES.items() if code == severity))


def opencohesion_structure_newest(structure: structures.Structure) -> structures.Structure:
    """Return the newest version of a structure."""
    return opencohesion_structure_version(structure, structure.versions[0])


def opencohesion_structure_version(structure: structures.Structure, version: str) -> structures.Structure:
    """Return another version of a structure. Raises LookupError where there is none."""
    parts = structure.path.split("/")
    office = structure.source == structures.OFFICE
    found = (
        structures.of_office(parts[1], parts[2], version)
        if office
        else structures.shipped(structure.path, version)
    )
    if found is None:
        raise LookupError(version)
    return found


def opencohesion_structure_publisher(structure: structures.Structure) -> str:
    """Return who answers for a structure that an office wrote: the organization's title."""
    row = store.find(structure.schema_id)
    organization = model.Group.get(row.organization_id) if row else None
    return (organization.title or organization.name) if organization else structure.path.split("/")[1]


def opencohesion_may_write_structures(structure: structures.Structure | None = None) -> bool:
    """Say whether the reader may write structures of an office: of any, or of the one whose structure is shown."""
    if structure is None:
        return bool(forms.offices())
    if structure.source != structures.OFFICE:
        return False
    row = store.find(structure.schema_id)
    return bool(row) and tk.h.check_access(
        "opencohesion_table_schema_save", {"organization": row.organization_id}
    )


def opencohesion_structure_edit(structure: structures.Structure) -> str:
    """Return the address of the form that writes a new version of an office's structure."""
    _, organization, name = structure.path.split("/")
    return tk.url_for("opencohesion_office_schemas.edit", organization=organization, name=name)
