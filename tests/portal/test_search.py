"""A visitor's words find what a reader would expect, in Italian and in English, on the real Solr core."""

from __future__ import annotations

from typing import Any

import pytest
from support.people import act, dataset_fields

pytestmark = pytest.mark.usefixtures("clean_db")


@pytest.fixture
def publish(organization: dict[str, Any]) -> Any:
    def make(title: str, **fields: Any) -> None:
        act("package_create", **dataset_fields(organization["id"], title=title, **fields))

    return make


def found(words: str, **parameters: Any) -> list[str]:
    answer = act("package_search", q=words, include_private=True, **parameters)
    return [package["title"] for package in answer["results"]]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Progetti finanziati", "progetto"),
        ("Progetti finanziati", "PROGETTO finanziato"),
        ("Progetti finanziati", "il progetto"),
        ("Progetti finanziati", "i progetti"),
        ("La qualità della vita", "la vita"),
        ("La qualità della vita", "vita"),
        ("La qualità della vita", "qualita"),
        ("Reti e depurazione dell'acqua", "acqua"),
        ("Reti e depurazione dell’acqua", "l'acqua"),
        ("Reti e depurazione dell'acqua", "l´acqua"),
        ("Le città della regione", "citta"),
        ("Le città della regione", "CITTA'"),
        ("LE CITTA' DELLA REGIONE", "città"),
        ("Comunità dell'Aspromonte", "comunita"),
        ("Pagamenti ai soggetti attuatori", "pagamento soggetto attuatore"),
        ("OpenCoesione: localizzazioni", "opencoesione"),
        ("OpenCoesione: localizzazioni", "localizzazione"),
        ("Funded project list", "projects"),
        ("Funded projects", "project"),
        ("Payments made", "payment"),
        ("Payment made", "payments"),
        ("Beneficiaries of the fund", "beneficiary"),
        ("Beneficiary of the fund", "the beneficiaries"),
        ("Piano nazionale di ripresa e resilienza", "PNRR"),
        ("Progetti PNRR", "piano nazionale di ripresa e resilienza"),
        ("Programma FESR 2021-2027", "fondo europeo di sviluppo regionale"),
        ("Programma FESR 2021-2027", "ERDF programme"),
        ("Progetti finanziati", "projects"),
        ("Fondi e bandi", "fondo bando"),
        ("Dato aperto", "dati aperti"),
        ("Asili nido", '"asili nido"'),
        ("Asili nido", "asil*"),
        ("Asili nido", "title:asilo"),
    ],
)
def test_words_find_a_title(publish: Any, title: str, words: str) -> None:
    publish(title, notes="Una descrizione.")
    publish("Altro", notes="Tutt'altro contenuto.", tag_string="")
    assert found(words) == [title]


@pytest.mark.parametrize("words", ["ferrovia", "progettista", "acque reflue", "la ferrovia"])
def test_words_that_are_not_there_find_nothing(publish: Any, words: str) -> None:
    publish("Progetti finanziati", notes="Una descrizione.")
    assert found(words) == []


def test_an_article_changes_nothing_in_what_is_found(publish: Any) -> None:
    publish("Progetti di vita indipendente", notes="Il progetto e la vita.")
    publish("Strade", notes="Solo strade.")
    for bare, dressed in (("progetto", "il progetto"), ("vita", "la vita"), ("vita", "della vita")):
        assert found(bare) == found(dressed) == ["Progetti di vita indipendente"]


def test_a_word_in_the_title_ranks_before_one_in_the_description(publish: Any) -> None:
    publish("Scuole", notes="Edifici con mensa.")
    publish("Mensa", notes="Edifici.")
    assert found("mensa") == ["Mensa", "Scuole"]


@pytest.mark.parametrize("words", ["J51B21001230006", "j51b21001230006", "J51B2100*"])
def test_a_project_code_in_the_description_is_found(publish: Any, words: str) -> None:
    publish("Ponte", notes="Lavori con CUP J51B21001230006, lotto 2.")
    publish("Altro", notes="CUP J51B21001230007.")
    assert "Ponte" in found(words)


def test_a_code_finds_only_its_own_project(publish: Any) -> None:
    publish("Ponte", notes="Lavori con CUP J51B21001230006.")
    publish("Altro", notes="Lavori con CUP J51B21001230007.")
    assert found("J51B21001230006") == ["Ponte"]


def test_a_caller_may_name_fields_of_its_own(publish: Any) -> None:
    publish("Progetti", notes="Ferrovie.")
    assert found("ferrovia", qf="title") == []


def test_a_long_note_does_not_break_indexing(publish: Any) -> None:
    publish("Lungo", notes="parola " * 6000)
    assert found("parola") == ["Lungo"]


def test_a_long_word_and_a_long_address_do_not_break_indexing(publish: Any) -> None:
    publish("Lungo", notes="x" * 42_000, methodology="y" * 42_000, url="https://example.org/" + "z" * 42_000)
    assert found("lungo") == ["Lungo"]


def test_titles_sort_without_regard_to_case_and_accents(publish: Any) -> None:
    for title in ("Zone", "èlite", "Eventi", "acque"):
        publish(title)
    assert found("*:*", sort="title_string asc") == ["acque", "èlite", "Eventi", "Zone"]


def test_the_home_page_finds_its_datasets(publish: Any, app: Any) -> None:
    publish("Progetti")
    assert "error-content" not in app.get("/", status=200).body


def test_fields_of_a_form_with_lists_are_indexed_and_found(publish: Any) -> None:
    publish(
        "Strade",
        territory=["18", "080063"],
        theme=["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
    )
    assert found("080063") == ["Strade"]
