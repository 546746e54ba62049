"""What people type becomes an IRI that every format can carry, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from ckanext.opencohesion.dcatapit.rdf.iri import mailto, safe_iri, telephone

NOT_IN_AN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`']|[^\x00-\x7f]|%(?![0-9A-Fa-f]{2})")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://example.it/a.csv", "https://example.it/a.csv"),
        ("  https://example.it/a.csv\n", "https://example.it/a.csv"),
        ("https://example.it/dati 2024.csv", "https://example.it/dati%202024.csv"),
        ("https://example.it/dell'acqua{1}.csv", "https://example.it/dell%27acqua%7B1%7D.csv"),
        ("https://example.it/a%20b.csv", "https://example.it/a%20b.csv"),
        ("https://example.it/100%.csv", "https://example.it/100%25.csv"),
        ("https://example.it/città?q=perché", "https://example.it/citt%C3%A0?q=perch%C3%A9"),
        ("https://città.example.it/x", "https://xn--citt-3na.example.it/x"),
        ("https://example.it/x?a=1&b=[2]#top", "https://example.it/x?a=1&b=%5B2%5D#top"),
        (
            "https://w3id.org/x/cities/001001-(2015-01-01)",
            "https://w3id.org/x/cities/001001-(2015-01-01)",
        ),
        ("urn:nir:stato:legge:2004-01-09;4", "urn:nir:stato:legge:2004-01-09;4"),
    ],
)
def test_an_address_is_escaped_and_nothing_more(typed: str, written: str) -> None:
    assert safe_iri(typed) == URIRef(written)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "N/A",
        "www.example.it",
        "https://",
        "https:///x",
        "http://[::1",
        "http://a:b:c/",
        "javascript:alert(1)",
        "https://user:secret@example.it/x",
        None,
        7,
        ["https://x.it"],
    ],
)
def test_what_is_no_address_is_nothing(typed: object) -> None:
    assert safe_iri(typed) is None


@given(st.one_of(st.text(), st.text().map("http://example.it/".__add__), st.text().map("https://".__add__)))
def test_every_iri_can_be_written_and_read_back(typed: str) -> None:
    iri = safe_iri(typed)
    if iri is None:
        return
    assert not NOT_IN_AN_IRI.search(str(iri))
    assert safe_iri(str(iri)) == iri, "escaping twice must change nothing"
    graph = Graph()
    graph.add((iri, URIRef("http://example.it/p"), iri))
    assert (iri, None, iri) in Graph().parse(data=graph.serialize(format="turtle"), format="turtle")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("opendata@regione.calabria.it", "mailto:opendata@regione.calabria.it"),
        ("mailto:Dati@Example.IT", "mailto:dati@example.it"),
        ("dati@example.it; info@example.it", "mailto:dati@example.it"),
        ("scrivere a dati@example.it", "mailto:dati@example.it"),
    ],
)
def test_an_email_becomes_mailto(typed: str, written: str) -> None:
    assert mailto(typed) == URIRef(written)


@pytest.mark.parametrize("typed", ["", "ufficio open data", "@example.it", "dati@", None])
def test_what_holds_no_email_is_nothing(typed: object) -> None:
    assert mailto(typed) is None


def test_a_telephone_number_keeps_its_digits() -> None:
    assert telephone("+39 0961 85-11.11") == URIRef("tel:+390961851111")
    assert telephone("0961 851111") == URIRef("tel:0961851111")
    assert telephone("int. 5") is None
