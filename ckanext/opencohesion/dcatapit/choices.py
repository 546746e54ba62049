"""The choices that the forms offer, as ckanext-scheming helpers: functions of the field of the YAML file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.dcatapit import rules
from ckanext.opencohesion.dcatapit.language import current_language, in_current_language
from ckanext.opencohesion.vocabularies import Choice, Term, vocabulary

# Provided by the quality plugin; this room works without it.
_TABLE_SCHEMAS_HELPER = "opencohesion_table_schema_choices"

# Offered first: what regional offices publish. The others follow in the order of their labels.
_USUAL_FORMATS = ("CSV", "XLSX", "JSON", "GEOJSON", "XML", "ODS", "PARQUET", "ZIP", "PDF")


def opencohesion_choices(field: dict[str, Any]) -> list[Choice]:
    """Return the entries of the field's vocabulary, without those that it does not offer."""
    hidden = {*field.get("vocabulary_not_offered", ()), *field.get("vocabulary_refused", ())}
    terms = [term for term in vocabulary(field["vocabulary"]).terms if term.code not in hidden]
    return _choices(terms, field["vocabulary_value"])


def opencohesion_licences(field: dict[str, Any]) -> list[Choice]:
    """Return the open licences, CC BY 4.0 first."""
    terms = sorted(rules.open_licences(), key=lambda term: term.code != rules.DEFAULT_LICENCE)
    return _choices(terms, field["vocabulary_value"])


def opencohesion_languages(field: dict[str, Any]) -> list[Choice]:
    """Return Italian, the other official languages of the Union and the minority languages of Law 482/1999."""
    terms = [
        term
        for term in vocabulary("language").terms
        if "yes" in (term.fields["eu_official"], term.fields["it_minority"])
    ]
    terms.sort(key=lambda term: (term.code != "ITA", term.label(current_language())))
    return _choices(terms, field["vocabulary_value"])


def opencohesion_territories(field: dict[str, Any]) -> list[Choice]:
    """Return the regions, the provinces and the municipalities of the portal's region (all where none is set)."""
    region = tk.config.get("ckanext.opencohesion.region")
    lang = current_language()
    regions = vocabulary("istat-regions")
    provinces = vocabulary("istat-provinces")
    choices = [
        Choice(value=term.code, label=f"{term.label(lang)} ({tk._('region')})") for term in regions.terms
    ]
    choices += [
        Choice(value=term.code, label=f"{term.label(lang)} ({tk._('province')})") for term in provinces.terms
    ]
    return choices + [
        Choice(
            value=term.code,
            label=f"{term.label(lang)} ({provinces.by_code[term.fields['province_code']].fields['abbrev']})",
        )
        for term in vocabulary("istat-municipalities").terms
        if not region or term.fields["region_code"] == region
    ]


def opencohesion_territory_label(code: str) -> str:
    """Return the name of the place with an ISTAT code; the code itself where the lists do not have it."""
    term = rules.territory(code)
    return term.label(current_language()) if term else code


def opencohesion_programmes(field: dict[str, Any]) -> list[Choice]:
    """Return the programmes of our list, newest cycle first; those of the portal's region where one is set."""
    region = tk.config.get("ckanext.opencohesion.region")
    terms = [t for t in vocabulary("programmes").terms if not region or t.fields["region_code"] == region]
    terms.sort(key=lambda term: term.fields["cycle"], reverse=True)
    return _choices(terms or vocabulary("programmes").terms, "code")


def opencohesion_file_types(field: dict[str, Any]) -> list[Choice]:
    """Return the file types, the usual ones first."""
    formats = vocabulary("file-type")
    usual = [formats.by_code[code] for code in _USUAL_FORMATS]
    others = sorted(
        (t for t in formats.terms if t not in usual), key=lambda term: term.label(current_language())
    )
    return _choices([*usual, *others], "code")


def opencohesion_table_schemas(field: dict[str, Any]) -> list[Choice]:
    """Return the table schemas that the quality room knows; none where that room is not installed."""
    helper = tk.h.get(_TABLE_SCHEMAS_HELPER)
    return list(helper(field)) if helper else []


def opencohesion_shown(field: dict[str, Any], value: Any) -> str:
    """Return the label of a kept value, also of one that the form does not offer."""
    text = str(value)
    if "vocabulary" in field:
        term = vocabulary(field["vocabulary"]).find(text)
        return term.label(current_language()) if term else text
    choices = tk.h.scheming_field_choices(field) or []
    return next((in_current_language(c["label"]) for c in choices if c["value"] == text), text)


def table_schema_ids() -> list[str] | None:
    """Return the ids of the table schemas, or None where the quality room is not installed."""
    if not tk.h.get(_TABLE_SCHEMAS_HELPER):
        return None
    return [choice["value"] for choice in opencohesion_table_schemas({})]


def _choices(terms: Iterable[Term], value: str) -> list[Choice]:
    lang = current_language()
    return [Choice(value=term.uri if value == "uri" else term.code, label=term.label(lang)) for term in terms]
