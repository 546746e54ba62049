"""Profiles are found by id, and only by id."""

from __future__ import annotations

import pytest
from table_files import PARTIES, PAYMENTS, PROJECTS

from ckanext.opencohesion.tables.errors import UnknownProfileError
from ckanext.opencohesion.tables.profiles import load_profile


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
