"""An officer's whole way with the keyboard alone, in Chromium, on a live portal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, Page, expect
from portal_content import BROKEN_ROW, dataset_with_file, good_rows, places
from support.people import Person, make_organization, make_person

Written = Callable[[bytes], Path]

# Rows of a file that a background worker checks for some seconds: long enough to be seen at it.
MANY = 300_000


@pytest.fixture
def office(clean_db: None) -> dict[str, Any]:
    """An office that publishes."""
    return make_organization(title="Settore Programmazione unitaria")


@pytest.fixture
def anna(office: dict[str, Any]) -> Person:
    """An officer of that office."""
    return make_person(organization=office["id"])


@pytest.fixture
def page(window: Callable[[], BrowserContext]) -> Page:
    """The officer's window."""
    return window().new_page()


@pytest.fixture
def citizen(window: Callable[[], BrowserContext]) -> Page:
    """The window of somebody who has no account."""
    return window().new_page()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    """Call it with the content of a file to have it on the officer's disk."""

    def write(content: bytes) -> Path:
        file = tmp_path / "luoghi.csv"
        file.write_bytes(content)
        return file

    return write


def log_in(page: Page, person: Person) -> Keyboard:
    """Log a person in, from the login page on."""
    keys = Keyboard(page)
    page.goto("/user/login")
    keys.type("#field-login", person.name)
    keys.type("#field-password", person.password)
    with page.expect_navigation():
        keys.press("Enter")
    return keys


def begin_with(keys: Keyboard, page: Page, file: Path) -> None:
    """Begin with the file: the form that follows is filled with what it tells."""
    page.goto("/publish")
    keys.attach("#field-upload", file)
    keys.open("#publish-begin button[name=save][value=file]")


def describe(keys: Keyboard, title: str) -> None:
    """Write what neither the file nor the organization tells, and publish."""
    keys.type("#field-title", title)
    keys.choose("#field-frequency", "annuale")
    keys.tick("input[name=programming_cycle][value='2021-2027']")
    keys.tick("input[name=fund][value=FESR]")
    keys.open("#dataset-edit .oc-buttons button[value=publish]")


def replace_file(keys: Keyboard, file: Path) -> None:
    """In the form of a file that is there: ask for another one, choose it, send."""
    keys.attach("#field-upload", file)
    keys.open("#resource-edit button[type=submit][name=save]")


def public_status(page: Page, address: str) -> int:
    """What a visitor is answered."""
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def test_from_a_broken_file_to_a_live_dataset(
    page: Page, citizen: Page, anna: Person, written: Written
) -> None:
    keys = log_in(page, anna)
    begin_with(keys, page, written(places(*good_rows(), BROKEN_ROW)))
    expect(page.locator("#oc-first-look")).to_contain_text("1 errore")
    describe(keys, "Luoghi dei progetti di coesione in Calabria")
    assert page.url.endswith("/publish/luoghi-dei-progetti-di-coesione-in-calabria/done")
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text("Non è ancora pubblico")

    keys.open(".oc-next a[href^='/cohesion/luoghi']:not([href*=resource])")
    address = page.url
    assert address.endswith("/cohesion/luoghi-dei-progetti-di-coesione-in-calabria")
    expect(page.locator(".oc-standing")).to_contain_text("Questo dataset è trattenuto")
    assert public_status(citizen, address) == 404
    report = address.replace("/cohesion/", "/dataset/") + "/quality"
    assert public_status(citizen, report) == 404

    keys.open(".oc-standing a")
    assert page.url == report
    expect(page.locator(".oc-verdict")).to_contain_text("1 errore da correggere")
    cause = page.locator(".oc-cause.oc-error")
    expect(cause.locator("summary")).to_contain_text("COD_LOCALE_PROGETTO")
    expect(cause).to_contain_text("Inserisci il valore")
    expect(cause.locator("tbody tr td").first).to_have_text("5")
    keys.reach(".oc-cause.oc-error summary")

    keys.open(".oc-file a[href*='/resource/']")
    replace_file(keys, written(places(*good_rows())))
    page.goto(address)
    expect(page.locator("a[href='#quality']")).to_contain_text("Qualità controllata")

    keys.reach(".account-masthead summary")
    keys.press("Enter")
    keys.open(".account-masthead form button")
    page.goto(address)
    expect(page.locator(".account-masthead")).not_to_contain_text(anna.name)
    expect(page.locator("h1").first).to_contain_text("Luoghi dei progetti di coesione in Calabria")
    assert public_status(citizen, address) == 200


def test_a_large_file_is_checked_while_the_officer_waits(
    page: Page, citizen: Page, anna: Person, written: Written
) -> None:
    keys = log_in(page, anna)
    begin_with(keys, page, written(places(*good_rows(MANY))))
    expect(page.locator("#oc-first-look")).to_contain_text("Il file è in esame")
    describe(keys, "Tutti i luoghi dei progetti")
    address = page.url.replace("/publish/", "/cohesion/").removesuffix("/done")
    page.goto(address)
    expect(page.locator(".oc-standing")).to_contain_text("in fase di controllo")
    assert public_status(citizen, address) == 404

    keys.open(".oc-standing a")
    expect(page.locator("[data-oc-progress]")).to_contain_text("Il controllo è in corso")
    expect(page.locator(".oc-verdict")).to_contain_text("superato tutti i controlli", timeout=120_000)
    expect(page.locator("[data-oc-progress]")).to_have_count(0)
    assert public_status(citizen, address) == 200


def test_a_broken_file_in_a_live_dataset_changes_nothing_that_is_public(
    page: Page, citizen: Page, anna: Person, office: dict[str, Any], written: Written
) -> None:
    good = places(*good_rows())
    dataset = dataset_with_file(office, good)
    keys = log_in(page, anna)
    page.goto(f"/dataset/{dataset['name']}/resource/{dataset['resources'][0]['id']}/edit")
    replace_file(keys, written(places(*good_rows(), BROKEN_ROW)))

    page.goto(f"/dataset/{dataset['name']}")
    expect(page.locator(".oc-standing")).to_contain_text("La versione pubblica non è cambiata")
    keys.open(".oc-standing a")
    expect(page.locator(".oc-verdict")).to_contain_text("La versione pubblica resta")

    citizen.goto(f"/dataset/{dataset['name']}")
    expect(citizen.locator(".oc-standing")).to_have_count(0)
    link = citizen.locator("a[href$='.csv']").first.get_attribute("href")
    assert link is not None
    assert citizen.request.get(link).body() == good
