"""Profiles are found by id, and only by id."""

from __future__ import annotations

import pytest
from table_files import PARTIES, PAYMENTS, PROJECTS

from ckanext.opencohesion.tables.errors import UnknownProfileError
from ckanext.opencohesion.tables.profile_rules import CheckRule, Drift, PersonalField, ProfileRuleError
from ckanext.opencohesion.tables.profiles import load_profile, profile_from_schema


@pytest.mark.parametrize(
    "profile_id", ["", "italiadomani/nothing", "../datasets/dataset", "/etc/passwd", "."]
)
def test_what_is_no_id_is_refused(profile_id: str) -> None:
    with pytest.raises(UnknownProfileError):
        load_profile(profile_id)


def test_a_release_has_its_own_way_of_writing() -> None:
    profile = load_profile(PROJECTS)

    assert profile.dialect("2022").group_char == "."
    assert "N/D" in profile.dialect("2022").missing_values
    assert profile.dialect("2026").group_char == ""
    assert profile.dialect(None) is profile.dialect("2026")


def test_a_field_tells_its_releases() -> None:
    profile = load_profile(PAYMENTS)

    assert profile.field("Pagamento PNRR").releases == ("2025", "2026")
    with pytest.raises(KeyError):
        profile.field("pagamenti_totali_pnrr")


def test_persons_are_told_by_their_columns() -> None:
    (person,) = load_profile(PARTIES).persons

    assert person.tax_code == "Codice fiscale soggetto"
    assert (person.name, person.legal_form) == ("Denominazione", "Forma giuridica")


def _with(**rules: object) -> dict[str, object]:
    return {**load_profile(PAYMENTS).schema, **rules}


def test_rules_are_read_as_they_are_written() -> None:
    profile = profile_from_schema(
        _with(
            checks=[
                {
                    "type": "at-most",
                    "field": "Pagamento PNRR",
                    "other": "Finanziamento PNRR",
                    "severity": "error",
                },
                {
                    "type": "filled-when",
                    "field": "CUP",
                    "when": {"field": "Pagamento PNC", "empty": True},
                    "severity": "info",
                },
            ],
            drift={
                "rows_lost": 0.1,
                "totals": {"Pagamento PNRR": 0.2},
                "period": {"field": "Data di Estrazione"},
            },
            personal=[{"field": "CUP", "kind": "published-name", "basis": "perché", "until": "P2Y"}],
        )
    )

    at_most, filled = profile.checks
    assert at_most == CheckRule(
        "at-most", "error", {"field": "Pagamento PNRR", "other": "Finanziamento PNRR"}
    )
    assert at_most.fields == ("Pagamento PNRR", "Finanziamento PNRR")
    assert filled.fields == ("CUP", "Pagamento PNC")
    assert profile.drift == Drift(0.1, None, {"Pagamento PNRR": 0.2}, "Data di Estrazione")
    assert profile.personal == (PersonalField("CUP", "published-name", {"it": "perché", "en": ""}, "P2Y"),)


@pytest.mark.parametrize(
    "rules",
    [
        {"checks": [{"type": "cups", "fields": ["CUP"], "severity": "error"}]},
        {"checks": [{"type": "cup", "fields": ["CUP"]}]},
        {"checks": [{"type": "cup", "fields": ["CUP"], "severity": "fatal"}]},
        {"checks": [{"type": "cup", "fields": ["cup"], "severity": "error"}]},
        {"checks": [{"type": "cup", "field": "CUP", "severity": "error"}]},
        {
            "checks": [
                {"type": "filled-when", "field": "CUP", "when": {"field": "x", "is": 1}, "severity": "info"}
            ]
        },
        {"references": [{"fields": ["CUP"], "table": "x", "referenceFields": [], "severity": "error"}]},
        {"references": [{"fields": ["CUP"], "table": "x", "referenceFields": ["CUP"]}]},
        {"drift": {"rows_lost": 5}},
        {"drift": {"rows": 0.1}},
        {"personal": [{"field": "CUP", "kind": "secret", "basis": "x"}]},
        {"personal": [{"field": "CUP", "kind": "office-contact", "basis": "x", "until": "soon"}]},
    ],
)
def test_a_rule_that_would_check_nothing_is_refused(rules: dict[str, object]) -> None:
    with pytest.raises((ProfileRuleError, ValueError)):
        profile_from_schema(_with(**rules))
