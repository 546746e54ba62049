"""What the home page costs who opens it, on a phone, and its menu by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Response, expect
from portal_content import dataset_with_file, good_rows, places
from support.cleaning import empty_everything
from support.people import make_organization

BUDGET_BYTES = 300_000
PHONE = {"width": 360, "height": 740}


def test_home_is_light_and_asks_nobody_else(
    portal_server: str, _web_application: Any, window: Callable[[], BrowserContext]
) -> None:
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-dati", title="Settore Programmazione unitaria")
        for name in ("uno", "due", "tre"):
            dataset_with_file(office, places(*good_rows()), name=name)
    page = window().new_page()
    page.set_viewport_size(PHONE)
    answers: list[Response] = []
    # Playwright can not listen with a built-in function
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    page.goto("/", wait_until="networkidle")
    expect(page.locator(".oc-cards > li")).to_have_count(3)
    assert {urlsplit(each.url).netloc for each in answers} == {urlsplit(portal_server).netloc}
    assert [each.url for each in answers if each.status >= 400] == []
    sizes = [each.request.sizes() for each in answers]
    transferred = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
    assert 20_000 < transferred < BUDGET_BYTES
    assert page.evaluate("document.fonts.check('16px \"Titillium Web\"')")


def test_the_menu_opens_and_closes_by_keyboard(window: Callable[[], BrowserContext]) -> None:
    page = window().new_page()
    page.set_viewport_size(PHONE)
    page.goto("/themes")
    menu = page.get_by_role("button", name="Menu")
    expect(page.get_by_role("navigation", name="Principale")).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("link", name="Come proviamo i dati").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="Principale").get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Principale")).to_be_hidden()
    expect(menu).to_be_focused()
