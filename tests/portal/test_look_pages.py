"""The frame, the home page and the error pages as a visitor and an officer meet them."""

from __future__ import annotations

import io
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage


def page(app: Any, address: str, person: Person | None = None, status: int = 200) -> BeautifulSoup:
    """Get a page and check its status."""
    answer = app.get(address, headers=person.headers if person else {}, status=status)
    return BeautifulSoup(answer.body, "html.parser")


def live_dataset(office: str, **fields: Any) -> dict[str, Any]:
    """A dataset with a table of two rows that has passed."""
    made = act("package_create", **dataset_fields(office, private=False, **fields))
    file = FileStorage(io.BytesIO(b"nome;valore\nuno;1\ndue;2\n"), filename="tabella.csv")
    act("resource_create", package_id=made["id"], upload=file, name="Tabella")
    assert act("package_show", id=made["id"])["quality_live"]
    return made


def figures(home: BeautifulSoup) -> list[str]:
    return [each.get_text(strip=True) for each in home.select(".oc-figures dd")]


def test_an_empty_portal_helps_instead_of_showing_noughts(app: Any, officer: Person) -> None:
    home = page(app, "/")
    assert home.find(id="oc-empty")
    assert figures(home) == []
    assert home.select_one("#oc-proof")
    assert home.select_one("#oc-empty ~ p a[href$='/user/login']")
    assert page(app, "/", officer).select("section .oc-add a[href$='/pnrr/new']")


def test_the_figures_are_true_and_count_only_what_is_live(
    app: Any, organization: dict[str, Any], officer: Person
) -> None:
    with app.flask_app.test_request_context():
        live_dataset(organization["id"], title="Scuole", name="scuole")
        live_dataset(organization["id"], title="Strade", name="strade")
        act(
            "package_create",
            **dataset_fields(organization["id"], title="Zibibbo", name="zibibbo", private=False),
        )
    home = page(app, "/")
    assert figures(home)[:3] == ["2", "4", "1"]
    assert "Zibibbo" not in home.get_text()
    assert [each.get_text(strip=True) for each in home.select("#oc-newest ~ ul h3")] == ["Strade", "Scuole"]
    # the officer, who sees more, reads the same figures as everybody
    assert figures(page(app, "/", officer)) == figures(home)
    tiles = home.select(".oc-themes a")
    assert tiles
    for tile in tiles:
        assert page(app, tile["href"]).select(".dataset-item"), tile["href"]


@pytest.mark.parametrize("address", ["/", "/themes", "/organization", "/user/login", "/nothing-here"])
def test_every_page_has_the_frame_in_both_languages(app: Any, address: str) -> None:
    status = 404 if address == "/nothing-here" else 200
    for language, words in (("it", "Vai al contenuto"), ("en", "Skip to main content")):
        found = page(app, f"/{language}{address}", status=status)
        assert found.html and found.html["lang"] == language
        assert words in found.select_one(".skiplinks").get_text()
        assert len(found.select("h1")) == 1
        assert {each["hreflang"] for each in found.select(".oc-languages a")} == {"it", "en"}
        assert found.select_one(".it-header-wrapper nav a[href$='/controlli']")
        assert found.select_one("footer a[href$='/privacy']")
        assert not found.select("[style], [onclick], style, script:not([src]):not([type='application/json'])")
        elsewhere = [
            each.get("src") or each.get("href") for each in found.select("img, script, link[rel=stylesheet]")
        ]
        assert [each for each in elsewhere if each and "//" in each] == []


def test_the_officer_reaches_every_form_and_the_visitor_none(
    app: Any, organization: dict[str, Any], officer: Person
) -> None:
    kinds = [each for each in tk.h.scheming_dataset_schemas() if each != "harvest"]
    assert {"dataset", "cohesion", "pnrr"} <= set(kinds)
    for address in ("/themes", f"/organization/{organization['name']}"):
        menu = page(app, address, officer).select_one(".oc-add")
        for kind in kinds:
            entry = menu.select_one(f"a[href*='/{kind}/new']")
            assert entry.select_one("strong").get_text()
            assert entry.select_one("span").get_text(), "a sentence says what it is for"
        assert not page(app, address).select(".oc-add")
    for kind in kinds:
        assert page(app, f"/{kind}/new", officer).select_one("form")


def test_breadcrumbs_name_things_as_people_do(app: Any, organization: dict[str, Any]) -> None:
    with app.flask_app.test_request_context():
        made = live_dataset(organization["id"], title="Progetti PNRR", name="progetti-pnrr", type="dataset")
    crumbs = [
        each.get_text(strip=True) for each in page(app, f"/dataset/{made['name']}").select(".breadcrumb li")
    ]
    assert crumbs == ["Home", "Dataset", organization["title"], "Progetti PNRR"]


def test_error_pages_say_what_to_do_and_nothing_of_the_machine(app: Any, outsider: Person) -> None:
    missing = page(app, "/dataset/<script>alert(1)</script>", status=404)
    assert missing.select_one("h1").get_text() == "Questa pagina non esiste"
    assert not missing.select("main script, .oc-error script")
    refused = page(app, "/ckan-admin/", outsider, status=403)
    assert refused.select_one("#error-content form[role=search]")


def test_the_identity_s_colours_come_as_a_style_sheet_that_may_be_kept(app: Any) -> None:
    address = page(app, "/").select("link[rel=stylesheet]")[-1]["href"]
    answer = app.get(address)
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--it-color-background-primary:#00598a" in answer.body
    assert app.get("/look/0123456789ab.css").status_code == 404


@pytest.mark.ckan_config("ckanext.opencohesion.region", "09")
@pytest.mark.ckan_config("ckanext.opencohesion.portal.owner_name", "Ente <b>di prova</b>")
@pytest.mark.ckan_config("ckanext.opencohesion.portal.colour", "not a colour")
@pytest.mark.ckan_config(
    "ckanext.opencohesion.portal.footer_links",
    "https://example.it/note Note\njavascript:alert(1) Male\nhttps://x",
)
def test_the_configuration_names_the_owner_and_the_links(app: Any) -> None:
    home = page(app, "/")
    assert home.select_one(".it-brand-tagline").get_text() == "Ente <b>di prova</b>"
    assert home.select_one(".it-brand-wrapper img")["src"].endswith("/marks/09.svg")
    assert "#9b2335" in app.get(home.select("link[rel=stylesheet]")[-1]["href"]).body
    links = [each["href"] for each in home.select(".oc-legal a")]
    assert "https://example.it/note" in links
    assert not [each for each in links if each.startswith("javascript")]
