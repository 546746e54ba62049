"""A citizen on a telephone finds and downloads data; the search field by keyboard; axe and reflow of the search pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, Page, expect
from support.cleaning import empty_everything
from support.people import act, dataset_fields, make_organization
from werkzeug.datastructures import FileStorage

PHONE, DESKTOP = 360, 1280
#: A window of 1280 at 400 % is so wide.
ZOOMED = 320
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
PAYMENTS = b"CUP;importo\nJ51B21001230006;100,00\nJ51B21001230007;200,00\n"
ADDRESSES = (
    "/dataset/",
    "/en/dataset/?q=payments&theme=ECON",
    "/dataset/?q=pagamneti",
    "/dataset/?q=ferrovie&theme=ECON&place=18",
    "/organization/settore-dati",
)


@pytest.fixture(scope="module", autouse=True)
def portal(portal_server: str, _web_application: Any) -> None:
    """A portal with the region's payments of the recovery plan, and other data."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-dati", title="Settore Programmazione unitaria")
        titles = ("Pagamenti PNRR in Calabria", *(f"Progetti del ciclo {year}" for year in range(2000, 2024)))
        for number, title in enumerate(titles):
            theme = (
                f"http://publications.europa.eu/resource/authority/data-theme/{'GOVE' if number else 'ECON'}"
            )
            fields = dataset_fields(office["id"], title=title, theme=[theme], private=False)
            made = act("package_create", **{**fields, "type": "dataset" if number else "pnrr"})
            file = FileStorage(io.BytesIO(PAYMENTS), filename="pagamenti.csv")
            act("resource_create", package_id=made["id"], upload=file, name="Pagamenti")


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
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "1 dataset per «Pagamenti PNRR in Calabria»"
    )
    page.go_back()
    expect(page.get_by_role("heading", level=2).first).to_have_text("25 dataset")


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
    expect(page.locator(".dataset-heading a")).to_have_text("Pagamenti PNRR in Calabria")
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(address)
    for width in (DESKTOP, PHONE, ZOOMED):
        page.set_viewport_size({"width": width, "height": 900})
        if width == PHONE:
            page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
