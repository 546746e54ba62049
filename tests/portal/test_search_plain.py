"""The parts of the search that know neither CKAN nor Solr."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.portal.search import atom, cards, document, spelling, wanted, words
from ckanext.opencohesion.portal.search.wanted import BadParameterError, Wanted

TEXT = st.text(max_size=80) | st.text(alphabet='"-*:(){}[]!^~+&|\\/AORNT ab_', max_size=60)
THEME = "http://publications.europa.eu/resource/authority/data-theme/"


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("il progetto", "il progetto"),
        ('"asili nido" -scuola', '"asili nido" -scuola'),
        ("strade OR ferrovie ponti", "(strade OR ferrovie) ponti"),
        ("a OR OR b", "(a OR b)"),
        ("OR strade OR", "strade"),
        ("strade AND NOT ponti", "strade and not ponti"),
        ("-scuola", "*:* -scuola"),
        ("progett* a* *", "progett* a"),
        ("{!knn f=x}", r"\{\!knn f\=x\}"),
        ("_query_:x", r"\_query\_\:x"),
        ("title:[* TO *]", r"title\:\[ TO"),
        ('"non chiusa', '"non chiusa"'),
        ('" "', "*:*"),
        ("!!! ???", "*:*"),
        ("\x00 \ud800", "*:*"),
    ],
)
def test_words_of_a_visitor_are_words_for_solr(typed: str, query: str) -> None:
    assert words.solr_query(typed) == query


@given(TEXT)
def test_nothing_a_visitor_types_reaches_solr_as_syntax_but_what_is_meant(typed: str) -> None:
    query = words.solr_query(typed)
    unescaped = "".join(query.replace("\\\\", "").split())
    for special in ":{}[]!^~+&|/":
        before = unescaped.split(special)[:-1] if unescaped.replace("*:*", "", 1) != unescaped else []
        assert all(part.endswith(("\\", "*")) for part in before)
    bare = words.solr_query(typed).removeprefix("*:* ")
    assert bare == "*:*" or not any(mark in bare.replace(f"\\{mark}", "") for mark in ":{}[]!^~+&|/")
    assert query.count("(") - query.count("\\(") == query.count(")") - query.count("\\)")


@given(st.lists(st.tuples(st.sampled_from(["q", "sort", "page", "theme", "tags", "utm_source", "_x"]), TEXT)))
def test_parameters_are_read_or_refused_with_a_sentence(parameters: list[tuple[str, str]]) -> None:
    try:
        asked = wanted.read(parameters)
    except BadParameterError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert wanted.read(asked.parameters()) == asked


@pytest.mark.parametrize(
    "parameters",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "1e9"},
        {"page": "abc"},
        {"page": "٣"},
        {"page": "9" * 30},
        {"sort": "score asc; drop"},
        {"q": "x" * 301},
        {"theme": "x" * 301},
    ],
)
def test_parameters_that_can_not_be_followed_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(BadParameterError):
        wanted.read(parameters.items())


def test_ten_thousand_filters_are_refused_and_one_repeated_is_one() -> None:
    with pytest.raises(BadParameterError):
        wanted.read(("tags", str(number)) for number in range(10_000))
    assert wanted.read([("tags", "a")] * 10_000).filters == (("tags", "a"),)


def test_an_order_is_chosen_by_what_is_asked() -> None:
    assert Wanted(words="scuole").order == wanted.RELEVANCE
    assert Wanted(words="***").order == Wanted().order == wanted.NEWEST
    assert wanted.read([("sort", "metadata_modified desc")]).sort == wanted.NEWEST


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("pagamneti", "pagamenti", 1), ("benefiziari", "beneficiari", 1), ("casa", "casa", 0), ("", "ab", 2)],
)
def test_letters_that_differ(one: str, other: str, letters: int) -> None:
    assert spelling.distance(one, other) == letters


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_of_two_words_is_the_same_from_either(one: str, other: str) -> None:
    assert spelling.distance(one, other) == spelling.distance(other, one)
    assert (spelling.distance(one, other) == 0) == (one == other)


def test_the_nearest_word_is_meant_and_among_equals_the_most_used() -> None:
    dictionary = {spelling.entry(word): count for word, count in (("comune", 2), ("comuni", 9), ("città", 1))}
    assert spelling.meant("comunu", dictionary) == ["comuni", "comune"]
    assert spelling.meant("CITA", dictionary) == ["città"]
    assert spelling.meant("abc", dictionary) == spelling.meant("ferrovia", dictionary) == []


def test_a_dataset_is_indexed_by_codes_and_found_by_names() -> None:
    fields = document.search_fields(
        {
            "title": "Opere a Cosenza",
            "notes": "Vedi https://segreto.example/pagina per la qualità",
            "theme": [f"{THEME}TRAN", "nothing"],
            "territory": ["078045"],
            "fund": ["FESR"],
            "programme": [{"code": "2021IT16FFPR003", "name": "PR Calabria"}],
            "rights_holder": [{"name": "Regione Calabria"}],
            "modified": "2026",
        }
    )
    assert fields["vocab_theme"] == ["TRAN"]
    assert sorted(fields["vocab_place"]) == ["078", "078045", "18"]
    assert fields["vocab_programme"] == ["2021IT16FFPR003"]
    assert {"Trasporti", "Transport", "PR Calabria"} <= set(fields["labels_translated"])
    assert "qualita|qualità" in fields["words"].split() and "segreto" not in fields["words"]
    assert fields["changed_date"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "dataset", [{}, {"territory": "x", "programme": "x", "theme": None, "modified": "ieri"}]
)
def test_a_dataset_with_little_or_nonsense_is_indexed_too(dataset: dict[str, object]) -> None:
    fields = document.search_fields(dataset)
    assert fields["words"] == "" and fields["vocab_place"] == [] and "changed_date" not in fields


def test_a_card_says_what_is_known_and_no_more() -> None:
    empty = cards.card({}, {})
    assert (empty.publisher, empty.formats, empty.rows, empty.period, empty.places) == (
        "",
        (),
        None,
        ("", ""),
        (),
    )
    full = cards.card(
        {
            "resources": [{"id": "a", "format": "CSV"}, {"id": "b", "format": "CSV"}, {"id": "c"}],
            "territory": ["18", "078", "079", "080", "101"],
            "temporal_coverage": [{"start": "2014-01-01", "end": "2020-12-31"}, {"start": "2021-01-01"}],
        },
        {"a": 10, "b": 30, "elsewhere": 99},
    )
    assert (full.formats, full.files, full.rows) == (("CSV",), 3, 30)
    assert (full.period, full.more_places) == (("2014", ""), 2)


@given(st.text(), st.text())
def test_a_feed_is_xml_whatever_the_titles_hold(title: str, summary: str) -> None:
    entry = atom.Entry(
        "urn:x", title, f"https://example.org/{title}", summary, "", "", "", (title,), ((title, "", ""),)
    )
    written = atom.write(atom.Feed("urn:f", title, title, "", "it", {"self": title}), [entry])
    assert ET.fromstring(written).tag == "{http://www.w3.org/2005/Atom}feed"
