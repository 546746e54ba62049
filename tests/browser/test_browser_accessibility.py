"""WCAG 2.1 A and AA by axe, and nothing to scroll sideways, on the pages that officers and citizens see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page
from portal_content import VERY_BROKEN_ROW, as_upload, dataset_with_file, good_rows, places
from support.cleaning import empty_everything
from support.people import act, dataset_fields, make_organization, make_person

WIDTHS = (1280, 390)
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

FOR_THE_OFFICER = (
    "/dataset/new",
    "/cohesion/new",
    "/pnrr/new",
    "/dataset/trattenuto",
    "/dataset/trattenuto/quality",
    "/dataset/trattenuto/resource/new",
    "/dataset/molti-errori/quality",
    "/dataset/in-modifica",
    "/dataset/in-modifica/quality",
    "/dataset/in-modifica/resource/{in-modifica}/edit",
    "/dataset/senza-file/quality",
    "/organization/edit/settore-dati",
)
FOR_CITIZENS = (
    "/dataset/pubblico",
    "/dataset/pubblico/quality",
    "/dataset/pubblico/resource/{pubblico}",
    "/organization/settore-dati",
)


@pytest.fixture(scope="module")
def portal(portal_server: str, _web_application: Any) -> dict[str, str]:
    """A portal with a dataset in each state, and the resources of the datasets by name."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-dati", title="Settore Programmazione unitaria")
        broken = places(*good_rows(), VERY_BROKEN_ROW)
        made = [
            dataset_with_file(office, broken, name="trattenuto"),
            dataset_with_file(office, places(*[VERY_BROKEN_ROW] * 300), name="molti-errori"),
            dataset_with_file(office, places(*good_rows()), name="pubblico"),
            dataset_with_file(office, places(*good_rows()), name="in-modifica"),
        ]
        resources = {dataset["name"]: dataset["resources"][0]["id"] for dataset in made}
        act("resource_patch", id=resources["in-modifica"], upload=as_upload(broken))
        act("package_create", **dataset_fields(office["id"], name="senza-file", private=False))
    return resources


@pytest.fixture(scope="module")
def officer_window(portal: dict[str, str], window: Callable[[], BrowserContext]) -> BrowserContext:
    """The windows of an administrator of the office, logged in."""
    person = make_person(organization="settore-dati", role="admin")
    context = window()
    page = context.new_page()
    page.goto("/user/login")
    page.fill("#field-login", person.name)
    page.fill("#field-password", person.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.close()
    return context


@pytest.fixture(scope="module")
def citizen_window(portal: dict[str, str], window: Callable[[], BrowserContext]) -> BrowserContext:
    """The windows of somebody who has no account."""
    return window()


def faults(page: Page, width: int) -> list[str]:
    """Return what axe finds on a page, an entry for each rule and element, and whether it is wider than the window."""
    found = [
        f"{width}: {violation['id']} {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in Axe().run(page, options=WCAG).response["violations"]
        for node in violation["nodes"]
    ]
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [*found, f"{width}: the page is {needed} wide"] if needed > width else found


def faults_of(context: BrowserContext, address: str) -> list[str]:
    """Look at a page at each width, folds open."""
    page = context.new_page()
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page, width)
    page.close()
    return found


@pytest.mark.parametrize("address", FOR_THE_OFFICER)
def test_the_officer_s_pages(address: str, portal: dict[str, str], officer_window: BrowserContext) -> None:
    assert faults_of(officer_window, address.format_map(portal)) == []


@pytest.mark.parametrize("address", FOR_CITIZENS)
def test_the_citizens_pages(address: str, portal: dict[str, str], citizen_window: BrowserContext) -> None:
    assert faults_of(citizen_window, address.format_map(portal)) == []
