"""A column is found under any spelling that a reader would take for it, and what is odd is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import PAYMENTS, PLACES, PROJECTS, header

from ckanext.opencohesion.tables.header import match_header
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

BLANKS = st.text(alphabet=" \t\u00a0\n\r", max_size=3)
MARKS = st.sampled_from(["", "\ufeff", "ï»¿", "\u200b"])


@st.composite
def disguised(draw: st.DrawFn, label: str) -> str:
    """Return the label as a careless export writes it."""
    cased = draw(st.sampled_from([str.upper, str.lower, str.swapcase, str]))(label)
    words = cased.replace("'", draw(st.sampled_from(["'", "’", "`"]))).split()
    blank = draw(st.text(alphabet=" \u00a0\n", min_size=1, max_size=3))
    return draw(BLANKS) + draw(MARKS) + blank.join(words) + draw(MARKS) + draw(BLANKS)


@given(st.data())
def test_matching_does_not_see_blanks_case_and_marks(data: st.DataObject) -> None:
    profile = load_profile(data.draw(st.sampled_from(profile_ids())))
    release = data.draw(st.sampled_from(profile.releases))
    labels = header(profile.id, release)
    plain = match_header(profile, labels)

    position = data.draw(st.integers(0, len(labels) - 1))
    changed = [*labels]
    changed[position] = data.draw(disguised(labels[position]))

    assert match_header(profile, changed).canonical == plain.canonical
    assert match_header(profile, changed).release == plain.release


@given(st.data())
def test_the_order_of_columns_does_not_matter(data: st.DataObject) -> None:
    profile = load_profile(PAYMENTS)
    labels = data.draw(st.permutations(header(PAYMENTS, "2025")))
    match = match_header(profile, labels)

    by_label = dict(zip(labels, match.canonical, strict=True))
    assert by_label["pagamenti_totali_pnrr"] == "Pagamento PNRR"
    assert match.release == "2025"
    assert not match.unknown and not match.missing_required and not match.missing_optional


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_release_is_recognised_by_its_own_header(profile_id: str) -> None:
    profile = load_profile(profile_id)
    for release in profile.releases:
        labels = header(profile_id, release)
        match = match_header(profile, labels)
        assert None not in match.canonical
        assert match.missing_required == match.missing_optional == match.unknown == match.duplicates == ()
        # Two releases may have one and the same header: then it is the newer one's.
        assert match.release is not None and header(profile_id, match.release) == labels


def test_old_names_are_told_as_renamed_and_other_capitals_are_not() -> None:
    match = match_header(load_profile(PROJECTS), header(PROJECTS, "2023-validati"))

    assert [name for _, name in match.renamed] == ["Data Ultima Validazione"]
    assert match.canonical[match.labels.index("Titolo progetto")] == "Titolo Progetto"


def test_the_funding_from_the_union_of_2022_is_left_alone() -> None:
    labels = [*header(PROJECTS, "2022"), "FINANZIAMENTO _UE"]
    match = match_header(load_profile(PROJECTS), labels)

    assert match.release == "2022"
    assert match.unknown == (len(labels) - 1,)


def test_what_frictionless_trims_away_is_told() -> None:
    labels = header(PLACES)
    labels[2] = "CUP "
    labels[4] = "\ufeffCodice Regione"
    match = match_header(load_profile(PLACES), labels)

    assert match.blank_edged == (2,)
    assert match.with_bom == (4,)
    assert None not in match.canonical


def test_a_missing_key_is_required_and_another_column_is_not() -> None:
    labels = [label for label in header(PAYMENTS) if label not in ("CUP", "Pagamento PNC")]
    match = match_header(load_profile(PAYMENTS), labels)

    assert match.missing_required == ("CUP",)
    assert match.missing_optional == ("Pagamento PNC",)


def test_a_column_that_its_release_never_had_is_not_missed() -> None:
    match = match_header(load_profile(PLACES), header(PLACES, "2022"))

    assert match.release == "2022"
    assert match.missing_required == match.missing_optional == ()


def test_a_repeated_column_counts_once() -> None:
    match = match_header(load_profile(PAYMENTS), [*header(PAYMENTS), "cup", "CUP"])

    assert match.duplicates == (22, 23)
    assert match.canonical[22:] == (None, None)
    assert match.unknown == ()


def test_another_table_resembles_no_release() -> None:
    match = match_header(load_profile(PAYMENTS), ["id", "nome", ""])

    assert match.release is None
    assert match.unknown == (0, 1, 2)
    assert set(match.missing_required) == {"Codice Univoco Submisura", "CUP", "Codice Locale Progetto"}
