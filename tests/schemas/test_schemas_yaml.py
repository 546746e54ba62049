"""The YAML files of the forms are whole: both languages, known parts, the same common fields in every type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import ckanext.opencohesion.dcatapit as dcatapit
import ckanext.opencohesion.schemas as schemas
from ckanext.opencohesion.vocabularies import vocabulary_names

FOLDER = Path(schemas.__file__).parent
SNIPPETS = Path(dcatapit.__file__).parent / "templates" / "scheming"
TYPES = ("dataset", "cohesion", "pnrr", "series")


def load(path: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / path).read_text(encoding="utf-8"))


PRESETS: dict[str, dict[str, Any]] = {p["preset_name"]: p["values"] for p in load("presets.yaml")["presets"]}
SCHEMAS = {name: load(f"datasets/{name}.yaml") for name in TYPES} | {
    "organization": load("organizations/organization.yaml")
}


def expanded(field: dict[str, Any]) -> dict[str, Any]:
    return {**PRESETS.get(field.get("preset", ""), {}), **field}


def fields_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        expanded(f) for part in ("dataset_fields", "resource_fields", "fields") for f in schema.get(part, [])
    ]


def every_field() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field and part of a field of every form, with a name for the test's report."""
    for name, schema in SCHEMAS.items():
        for field in fields_of(schema):
            yield f"{name}.{field['field_name']}", field
            for part in field.get("repeating_subfields", []):
                yield f"{name}.{field['field_name']}.{part['field_name']}", expanded(part)


EVERY_FIELD = pytest.mark.parametrize("field", [pytest.param(f, id=name) for name, f in every_field()])


@EVERY_FIELD
@pytest.mark.parametrize("text", ["label", "help_text"])
def test_every_field_has_a_label_and_a_help_text_in_both_languages(field: dict[str, Any], text: str) -> None:
    assert set(field[text]) == {"it", "en"}
    assert all(isinstance(words, str) and words.strip() == words != "" for words in field[text].values())


@EVERY_FIELD
def test_other_texts_are_in_both_languages_too(field: dict[str, Any]) -> None:
    for name in ("form_placeholder", "repeating_label", "upload_label"):
        text = field.get(name)
        assert text is None or text == "https://…" or set(text) == {"it", "en"}, name


@EVERY_FIELD
def test_what_a_field_names_exists(field: dict[str, Any]) -> None:
    if "vocabulary" in field:
        assert field["vocabulary"] in vocabulary_names()
        assert field["vocabulary_value"] in ("code", "uri")
    for kind in ("form_snippet", "display_snippet"):
        snippet = field.get(kind) or ""
        if snippet.startswith("oc_"):
            assert (SNIPPETS / f"{kind}s" / snippet).is_file(), snippet


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_preset_used_exists(name: str) -> None:
    of_scheming = {"organization_url_upload"}
    used = {f["preset"] for f in fields_of(SCHEMAS[name]) if "preset" in f}
    assert used <= PRESETS.keys() | of_scheming


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_shown_stands_in_a_group_of_its_form(name: str) -> None:
    groups = {group["id"] for group in SCHEMAS[name]["form_groups"]}
    for field in fields_of(SCHEMAS[name]):
        if field.get("form_snippet", "") is not None:
            assert field["form_group"] in groups, field["field_name"]


@pytest.mark.parametrize("name", TYPES)
def test_an_officer_is_asked_nothing_mandatory_in_a_folded_group(name: str) -> None:
    folded = {group["id"] for group in SCHEMAS[name]["form_groups"] if group.get("folded")}
    asked = [f for f in fields_of(SCHEMAS[name]) if f.get("required") and not f.get("form_optional")]
    assert asked
    assert not [f["field_name"] for f in asked if f["form_group"] in folded]


@pytest.mark.parametrize("name", ["cohesion", "pnrr", "series"])
def test_every_type_has_the_fields_of_the_plain_dataset_in_the_same_order(name: str) -> None:
    common = SCHEMAS["dataset"]["dataset_fields"]
    own = [field for field in SCHEMAS[name]["dataset_fields"] if field in common]
    assert own == common
    assert SCHEMAS[name]["resource_fields"] == SCHEMAS["dataset"]["resource_fields"]


def test_all_that_dcat_ap_it_makes_mandatory_or_recommends_is_asked() -> None:
    asked = {f["field_name"] for f in SCHEMAS["dataset"]["dataset_fields"]}
    mandatory = {"identifier", "title", "notes", "modified", "theme", "rights_holder", "frequency"}
    recommended = {"subtheme", "contact", "publisher"}
    optional = {
        *(
            "creator",
            "version",
            "issued",
            "url",
            "language",
            "tag_string",
            "is_version_of",
            "temporal_coverage",
        ),
        *("spatial_coverage", "territory", "conforms_to", "alternate_identifier"),
    }
    assert mandatory | recommended | optional <= asked
    of_a_file = {f["field_name"] for f in SCHEMAS["dataset"]["resource_fields"]}
    assert {
        "url",
        "format",
        "license",
        "name",
        "description",
        "download_url",
        "access_url",
        "modified",
    } <= of_a_file
