"""A planned dataset in the portal's own fields (DCAT-AP_IT with the cohesion and PNRR fields)."""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.vocabularies import vocabulary
from demo.facts import body, region_body
from demo.plans import CC_BY_4, DatasetPlan, FilePlan

# An address that belongs to nobody (RFC 2606): the demonstration must not send mail to a real office.
CONTACT = {"name": "Ufficio open data (contatto dimostrativo)", "email": "opendata@example.org"}


def organization_fields(region: str) -> dict[str, Any]:
    """Return the organization that publishes: the region's administration, with its defaults declared."""
    region_office = region_body(region)
    return {
        "name": region_office.ipa_code.replace("_", "-"),
        "title": region_office.name,
        "description": "Organizzazione creata dal caricamento dimostrativo del portale.",
        "identifier": region_office.ipa_code,
        "email": CONTACT["email"],
        "region": region,
        "default_rights_holder_name": region_office.name,
        "default_rights_holder_identifier": region_office.ipa_code,
        "default_contact_name": CONTACT["name"],
        "default_contact_email": CONTACT["email"],
        "default_license_id": CC_BY_4,
        "default_territory": [region],
    }


def dataset_fields(plan: DatasetPlan, organization: str) -> dict[str, Any]:
    """Return the fields of ``plan``'s dataset, without its files. It asks to be public: the gate decides."""
    holder = body(plan.holder)
    fields: dict[str, Any] = {
        "name": plan.name,
        "type": plan.type,
        "title": plan.title,
        "notes": plan.notes,
        "tags": [{"name": tag} for tag in plan.tags],
        "owner_org": organization,
        "private": False,
        "theme": [_uri("data-theme", code) for code in plan.themes],
        "frequency": _uri("frequency", plan.frequency),
        "language": [_uri("language", "ITA")],
        "rights_holder": [{"name": holder.name, "identifier": holder.ipa_code}],
        "contact": [CONTACT],
        "territory": [plan.territory] if plan.territory else _all_regions(),
        "temporal_coverage": [{"start": plan.start, "end": plan.end}],
        "license_id": plan.licence,
        "version": plan.release,
        "provenance": plan.provenance,
    }
    optional = {
        "license_reason": plan.licence_reason,
        "methodology": plan.methodology,
        "documentation": [plan.page] if plan.page else [],
    }
    if plan.type == "pnrr":
        said = (
            "Nessuna: dati inventati, nel formato del rilascio"
            if plan.demonstration
            else "Italia Domani, rilascio"
        )
        optional["regis_source"] = f"{said}: {plan.release}"
    if plan.type == "cohesion":
        optional |= {
            "programming_cycle": list(plan.cycles),
            "fund": list(plan.funds),
            "programme": [{"code": code, "name": name} for code, name in plan.programmes],
        }
    return fields | {name: value for name, value in optional.items() if value}


def file_fields(file: FilePlan) -> dict[str, str]:
    """Return the fields of a file's resource."""
    fields = {
        "name": file.title,
        "format": file.format,
        "description": file.description,
        "availability": _uri("planned-availability", "AVAILABLE"),
    }
    if file.table_schema:
        fields["table_schema"] = file.table_schema
    return {name: value for name, value in fields.items() if value}


def _uri(name: str, code: str) -> str:
    return vocabulary(name).by_code[code].uri


def _all_regions() -> list[str]:
    return [term.code for term in vocabulary("istat-regions").terms]
