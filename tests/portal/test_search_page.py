"""The search page, the suggestions and the feeds as a visitor meets them, on the real core."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cleaning import empty_everything
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

ATOM = {"a": "http://www.w3.org/2005/Atom"}
THEME = "http://publications.europa.eu/resource/authority/data-theme/"
SECRET = "zibibbo"


@dataclass(frozen=True)
class Content:
    """Who and what there is on the portal of these tests."""

    office: str
    roads: dict[str, Any]
    held_back: dict[str, Any]
    officer: Person
    administrator: Person


@pytest.fixture(scope="module")
def site(_web_application: Any) -> Any:
    """CKAN's test client, on a portal that is filled once: these tests only read."""
    return _web_application


@pytest.fixture(scope="module")
def content(site: Any) -> Content:
    """Datasets that are live, and one that is not, all of whose words are secret."""
    empty_everything()
    office = make_organization(name="settore-dati", title="Settore Programmazione")

    def live(title: str, **fields: Any) -> dict[str, Any]:
        made = act("package_create", **dataset_fields(office["id"], title=title, private=False, **fields))
        file = FileStorage(io.BytesIO(b"nome;valore\nuno;1\ndue;2\n"), filename="tabella.csv")
        act("resource_create", package_id=made["id"], upload=file, name="Tabella")
        shown = act("package_show", id=made["id"])
        assert shown["quality_live"], shown["quality_status"]
        return shown

    with site.flask_app.test_request_context():
        live("Bosco vecchio", modified="2020-01-01", notes="Alberi.", theme=[f"{THEME}ENVI"])
        live("Scuole", theme=[f"{THEME}EDUC"], notes="Nel bosco, per città.", modified="2026-01-01")
        live(
            "Pagamenti ai beneficiari",
            type="pnrr",
            theme=[f"{THEME}ECON"],
            notes="PNRR 2024.",
            modified="2025-05-05",
        )
        cohesion = {"type": "cohesion", "programming_cycle": ["2014-2020"], "fund": ["FESR"]}
        live("Bandi", **cohesion, theme=[f"{THEME}ECON"], notes="Gare.", modified="2024-01-01")
        return Content(
            office=office["name"],
            roads=live(
                "Strade & <ponti>",
                theme=[f"{THEME}TRAN", f"{THEME}ECON"],
                territory=["080063"],
                temporal_coverage=[{"start": "2014-01-01", "end": "2020-12-31"}],
                modified="2026-03-01",
                notes="Viabilità\x0b.",
            ),
            held_back=act(
                "package_create",
                **dataset_fields(
                    office["id"],
                    title=f"Produzione di {SECRET}",
                    notes=f"Il {SECRET} della regione.",
                    tag_string=SECRET,
                    rights_holder=[{"name": f"Ente {SECRET}", "identifier": "regcal"}],
                    territory=["087001"],
                    private=False,
                ),
            ),
            officer=make_person(organization=office["id"]),
            administrator=make_person(sysadmin=True),
        )


@pytest.fixture
def app(site: Any, content: Content) -> Any:
    """The client, on the filled portal."""
    return site


def page(
    app: Any, address: str = "/dataset/", status: int = 200, person: Person | None = None, **query: Any
) -> BeautifulSoup:
    if query:
        address = f"{address}?{urlencode(query, True)}"
    answer = app.get(address, status=status, headers=person.headers if person else {})
    return BeautifulSoup(answer.body, "html.parser")


def said(element: Any) -> str:
    return " ".join(element.get_text(" ").split())


def titles(found: BeautifulSoup) -> list[str]:
    return [each.get_text(strip=True) for each in found.select(".dataset-heading a")]


def suggested(app: Any, typed: str, **options: Any) -> list[str]:
    address = "/api/3/action/opencohesion_search_suggest?" + urlencode({"q": typed})
    return [each["text"] for each in app.get(address, **options).json["result"]]


def entries(app: Any, address: str) -> list[str]:
    answer = app.get(address)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.get_data())
    return [each.text or "" for each in feed.findall("a:entry/a:title", ATOM)]


def test_filters_are_in_words_with_counts_and_each_can_be_removed(app: Any) -> None:
    filters = {said(link): link["href"] for link in page(app).select(".oc-value")}
    for words in (
        "Economia e finanze 3 3 dataset",
        "Calabria 5 5 dataset",
        "Reggio Calabria (provincia) 1 1 dataset",
        "CSV 5 5 dataset",
    ):
        assert words in filters, list(filters)
    assert any(words.startswith("Fondo europeo di sviluppo regionale") for words in filters)

    narrower = page(app, filters["Economia e finanze 3 3 dataset"])
    assert sorted(titles(narrower)) == ["Bandi", "Pagamenti ai beneficiari", "Strade & <ponti>"]
    both = page(app, "/en/dataset/", theme=["TRAN", "ECON"])
    assert titles(both) == ["Strade & <ponti>"]
    assert said(both.select_one(".oc-count[role=status] h2")) == "1 dataset"
    chips = {said(chip): chip["href"] for chip in both.select(".oc-chip")}
    assert list(chips) == [
        f"Data theme: {each} × – remove this filter" for each in ("Transport", "Economy and finance")
    ]
    assert titles(page(app, next(iter(chips.values())))) == titles(narrower)
    # CKAN's own addresses lead to the same page
    assert titles(page(app, "/cohesion/")) == titles(page(app, dataset_type="cohesion")) == ["Bandi"]
    for kind in tk.h.scheming_dataset_schemas():
        assert page(app, f"/{kind}/").select_one("#results" if kind != "harvest" else "main, [role=main]"), (
            kind
        )


def test_a_card_says_who_when_what_and_how_proven(app: Any) -> None:
    card = page(app, q="strade").select_one(".oc-card")
    for words in (
        "Settore Programmazione",
        "1 marzo 2026",
        "2014–2020",
        "Reggio di Calabria",
        "CSV",
        "2 righe",
        "superati",
    ):
        assert words in said(card), said(card)
    assert card.select_one("a.oc-quality")["href"].endswith("/quality")


def test_the_order_is_the_readers(app: Any) -> None:
    assert titles(page(app))[:2] == ["Strade & <ponti>", "Scuole"]
    assert titles(page(app, q="bosco")) == ["Bosco vecchio", "Scuole"]
    assert titles(page(app, q="bosco", sort="newest")) == ["Scuole", "Bosco vecchio"]
    assert titles(page(app, sort="title_string asc"))[0] == "Bandi"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pagamneti", "pagamenti"),
        ("benefiziari PNRR", "beneficiari PNRR"),
        ("i pagametni 2024", "i pagamenti 2024"),
        ("citat", "città"),
    ],
)
def test_a_mistyped_word_leads_to_results(app: Any, typed: str, meant: str) -> None:
    link = page(app, q=typed).select_one(".oc-correction a")
    assert link.text == meant
    assert titles(page(app, link["href"]))
    assert page(app, q=meant).select_one(".oc-correction") is None


def test_an_empty_result_tells_what_each_condition_costs(app: Any) -> None:
    found = page(app, q="ferrovie", theme="TRAN", fund="FESR")
    assert said(found.select_one(".oc-count")) == "0 dataset per «ferrovie»"
    ways = [said(each) for each in found.select(".oc-nothing li")]
    assert not any("Senza" in way for way in ways), "no single condition is to blame"
    assert "Trasporti (1)" in ways
    one = page(app, q="strade", theme="TRAN", fund="FESR")
    assert (
        said(one.select_one(".oc-nothing li"))
        == "Senza Fondo: Fondo europeo di sviluppo regionale (FESR) : 1 dataset"
    )


def test_suggestions_complete_words_and_titles(app: Any) -> None:
    assert suggested(app, "pagam") == ["pagamenti", "Pagamenti ai beneficiari"]
    assert suggested(app, "PAGAMENTI ben") == ["PAGAMENTI beneficiari", "Pagamenti ai beneficiari"]
    assert suggested(app, "cit") == ["città"]
    assert suggested(app, "p") == suggested(app, "") == suggested(app, "x" * 999) == []


def test_nothing_tells_of_a_dataset_that_is_held_back(app: Any, content: Content) -> None:
    # the words are in the index: who may see the dataset finds it
    assert titles(page(app, person=content.officer, q=SECRET)) == [content.held_back["title"]]
    mistyped = SECRET.replace("bb", "b")
    for person in (None, content.officer, content.administrator):
        headers = person.headers if person else {}
        assert (
            suggested(app, SECRET[:4], headers=headers)
            == suggested(app, f"{SECRET} stra", headers=headers)
            == []
        )
        assert page(app, person=person, q=mistyped).select_one(".oc-correction") is None
        for address in (
            "/feeds/custom.atom?q=produzione",
            "/feeds/dataset.atom",
            "/feeds/custom.atom?place=087001",
            f"/feeds/organization/{content.office}.atom",
        ):
            assert SECRET not in app.get(address, headers=headers).body, address
    for address in ("/dataset/", "/en/dataset/", "/dataset/?q=produzione", f"/organization/{content.office}"):
        body = app.get(address).body
        assert SECRET not in body and "Catania" not in body, address
    assert titles(page(app, tags=SECRET)) == titles(page(app, rights_holder=f"Ente {SECRET}")) == []
    assert entries(app, f"/feeds/tag/{SECRET}.atom") == []


def test_a_feed_is_what_the_search_finds(app: Any, content: Content) -> None:
    search = page(app, theme="TRAN", q="strade")
    address = search.select_one("link[type='application/atom+xml']")["href"]
    assert address == search.select_one(".oc-search-foot a")["href"]
    site_url = act("status_show")["site_url"]
    assert address.startswith(site_url)
    path = address.removeprefix(site_url)
    assert entries(app, path) == ["Strade & <ponti>"]
    assert entries(app, "/feeds/dataset.atom")[0] == "Strade & <ponti>"
    assert entries(app, f"/feeds/organization/{content.office}.atom?page=2") == []
    app.get("/feeds/organization/nobody.atom", status=404)
    feed = ET.fromstring(app.get(path).get_data())
    entry = feed.find("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == f"urn:uuid:{content.roads['id']}"
    links = {link.get("rel"): link.attrib for link in entry.findall("a:link", ATOM)}
    assert links["alternate"]["href"].endswith(f"/dataset/{content.roads['name']}")
    assert links["enclosure"]["type"] == "text/csv" and links["enclosure"]["length"] == "24"
    assert {link.get("rel") for link in feed.findall("a:link", ATOM)} == {
        "self",
        "alternate",
        "first",
        "last",
    }
    for required in ("a:id", "a:updated", "a:author/a:name", "a:entry/a:updated", "a:entry/a:author/a:name"):
        assert feed.findtext(required, namespaces=ATOM), required


BAD = ("0", "-1", "1e9", "abc", "99999999999999999999", "")


@pytest.mark.parametrize("address", ["/dataset/", "/feeds/custom.atom"])
@pytest.mark.parametrize("query", [*({"page": each} for each in BAD), {"sort": "no"}, {"q": "x" * 5000}])
def test_what_can_not_be_followed_is_refused_in_a_sentence(
    app: Any, address: str, query: dict[str, str]
) -> None:
    answer = app.get(f"{address}?{urlencode(query)}", status=400)
    assert "." in BeautifulSoup(answer.body, "html.parser").select_one("#error-content, main").text


def test_results_end_with_a_sentence(app: Any) -> None:
    for number in (2, 999, 999_999_999):
        found = page(app, page=number)
        assert said(found.select_one(".oc-count")) == "5 dataset"
        assert found.select_one("#results a[href='/dataset/']")


def test_ten_thousand_filters_are_refused(app: Any) -> None:
    page(app, status=400, tags=[str(number) for number in range(10_000)])


NASTY = (
    '"', "'", "\\", ":", "[", "]", "{!knn f=x topK=10}x", "{!xmlparser v='<a/>'}", "*", "*:*", "AND", "OR", "NOT a",
    "_query_:\"{!x}\"", "_val_:x", "(a", "a)", "[* TO *]", "a^9999", "a~9", "/[/", "-", "--", "- -", "&&", "||", "+", "!",
    "<script>alert(1)</script>", "'; DROP TABLE package; --", "%00", "\x00", "\ud7ff", "è" * 300, "a " * 150, "../../etc",
    "capacity:private", "permission_labels:*", "${7*7}", "{{7*7}}", '" OR "1"="1', '" +state:draft', "\\\" OR *:*",
)  # fmt: skip


def test_no_parameter_is_an_error(app: Any) -> None:
    names = (
        "q",
        "theme",
        "place",
        "programme",
        "tags",
        "organization",
        "groups",
        "quality",
        "res_format",
        "_x",
        "fq",
    )
    addresses = ("/dataset/", "/feeds/custom.atom", "/api/3/action/opencohesion_search_suggest")

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(addresses),
        st.lists(
            st.tuples(st.sampled_from(names), st.sampled_from(NASTY) | st.text(max_size=40)), max_size=3
        ),
    )
    def check(address: str, query: list[tuple[str, str]]) -> None:
        answer = app.get(f"{address}?{urlencode(query, errors='surrogatepass')}")
        # what is no text at all is refused with a sentence (portal/security/parameters.py)
        assert answer.status_code == (400 if any("\0" in value for _name, value in query) else 200)
        assert "<script>alert" not in answer.body
        assert SECRET not in answer.body

    check()


@pytest.mark.parametrize(
    "query", [{"q": '"'}, {"foo": '"x'}, {"page": "9" * 18}, {"sort": "x y z"}, {"theme": "{!x}"}]
)
def test_an_organizations_page_bears_any_parameter(app: Any, content: Content, query: dict[str, str]) -> None:
    answer = app.get(f"/organization/{content.office}?{urlencode(query)}")
    assert answer.status_code in (200, 400)
