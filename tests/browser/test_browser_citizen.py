"""A citizen on a telephone finds and downloads data; the search field by keyboard and without scripts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, Page, expect
from support.cleaning import empty_everything
from support.people import act, dataset_fields, make_organization
from werkzeug.datastructures import FileStorage

PHONE, DESKTOP = 360, 1280
PAYMENTS = b"CUP;importo\nJ51B21001230006;100,00\nJ51B21001230007;200,00\n"
SCHOOLS = b"codice;comune\nCSIC81300N;Cosenza\nCSIC80600D;Rende\n"
THEME = "http://publications.europa.eu/resource/authority/data-theme/"


@pytest.fixture(scope="module", autouse=True)
def portal(portal_server: str, _web_application: Any) -> None:
    """A portal with the region's payments of the recovery plan, and other data."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-dati", title="Settore Programmazione unitaria")
        titles = ("Pagamenti PNRR in Calabria", *(f"Progetti del ciclo {year}" for year in range(2000, 2003)))
        for number, title in enumerate(titles):
            theme = f"{THEME}{'GOVE' if number else 'ECON'}"
            fields = dataset_fields(office["id"], title=title, theme=[theme], private=False)
            made = act("package_create", **{**fields, "type": "dataset" if number else "pnrr"})
            file = FileStorage(io.BytesIO(PAYMENTS), filename="pagamenti.csv")
            act("resource_create", package_id=made["id"], upload=file, name="Pagamenti")
        for title, place, theme in (
            ("Edilizia scolastica: scuole della provincia di Cosenza", "078", "EDUC"),
            ("Scuole con mensa, provincia di Crotone", "101", "EDUC"),
            ("Strade vicino alle scuole di Cosenza", "078", "TRAN"),
        ):
            fields = dataset_fields(office["id"], title=title, theme=[THEME + theme], territory=[place])
            made = act("package_create", **{**fields, "private": False})
            file = FileStorage(io.BytesIO(SCHOOLS), filename="scuole.csv")
            act("resource_create", package_id=made["id"], upload=file, name="Elenco delle scuole")


@pytest.fixture
def page(window: Callable[[], BrowserContext]) -> Iterator[Page]:
    """A tab of somebody without an account."""
    page = window().new_page()
    yield page
    page.close()


def test_three_clicks_from_the_home_page_to_the_payments_on_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).locator("visible=true").first.fill(
        "pagamenti pnrr"
    )
    page.get_by_role("button", name="Cerca").locator("visible=true").first.click()
    first = page.locator(".dataset-heading a").first
    expect(first).to_have_text("Pagamenti PNRR in Calabria")
    first.click()
    with page.expect_download() as download:
        page.locator("#files").get_by_role("link", name="Scarica").first.click()
    assert download.value.path().read_bytes() == PAYMENTS


def test_schools_in_cosenza_with_a_slip_of_the_finger_and_a_filter_too_many(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.goto("/")
    page.get_by_role("searchbox", name="Che cosa cerchi?").fill("scoule cosenza")
    page.get_by_role("button", name="Cerca").click()
    expect(page.locator(".oc-count h2")).to_have_text("0 dataset per «scoule cosenza»")
    page.locator(".oc-correction").get_by_role("link", name="scuole cosenza").click()
    expect(page.locator(".dataset-heading")).to_have_count(2)
    page.locator(".oc-filters > summary").click()
    page.locator(".oc-value", has_text="Trasporti").click()
    expect(page.locator(".dataset-heading")).to_have_text(["Strade vicino alle scuole di Cosenza"])
    page.locator(".oc-chip", has_text="Trasporti").click()
    expect(page.locator(".dataset-heading")).to_have_count(2)
    page.locator(".dataset-heading a", has_text="Edilizia scolastica").click()
    with page.expect_download() as download:
        page.locator("#files").get_by_role("link", name="Scarica").first.click()
    assert download.value.path().read_bytes() == SCHOOLS


def test_suggestions_by_keyboard(page: Page) -> None:
    page.goto("/dataset/")
    field = page.get_by_role("combobox", name="Che cosa cerchi?")
    keys = Keyboard(page)
    keys.type("#oc-search-words", "pagam")
    expect(page.get_by_role("option").first).to_have_text("pagamenti")
    expect(field).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("pagamenti")
    keys.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert field.input_value() == "pagam"
    keys.type("#oc-search-words", "pagame")
    expect(page.get_by_role("option")).to_have_count(2)
    keys.press("ArrowUp")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".oc-count h2")).to_have_text("1 dataset per «Pagamenti PNRR in Calabria»")
    page.go_back()
    expect(page.locator(".oc-count h2")).to_have_text("7 dataset")


def test_filters_are_folded_up_on_a_telephone_and_open_beside_the_results_on_a_desktop(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.goto("/dataset/")
    filters = page.get_by_role("link", name="Economia e finanze")
    expect(filters).to_be_hidden()
    keys = Keyboard(page)
    keys.reach(".oc-filters > summary")
    keys.press("Enter")
    expect(filters).to_be_visible()
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.goto("/dataset/")
    keys.open(".oc-value[href*='theme=ECON']")
    keys.open(".oc-chip")
    assert page.url.endswith("/dataset/")


def test_the_search_works_without_scripts(chromium: Any, portal_server: str) -> None:
    context = chromium.new_context(base_url=portal_server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/dataset/")
    page.fill("#oc-search-words", "pagamneti")
    page.press("#oc-search-words", "Enter")
    page.locator(".oc-correction a").click()
    expect(page.locator(".dataset-heading a").first).to_have_text("Pagamenti PNRR in Calabria")
    context.close()
