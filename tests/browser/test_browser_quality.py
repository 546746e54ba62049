"""The officer's desk, a tried file, an exercise, a decision and a take-down with the keyboard alone; how far a check is, and
what it comes to, is said politely."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, Page, expect
from portal_content import BROKEN_ROW, as_upload, dataset_with_file, good_rows, places
from support.people import act, dataset_fields, make_organization, make_person

from ckanext.opencohesion.portal.practice.exercises import EXERCISES

# Rows of a file that a background worker checks: the desk is open before it has ended.
MANY = 150_000


@pytest.fixture
def office(clean_db: None) -> dict[str, Any]:
    """An office that publishes."""
    return make_organization(title="Settore Programmazione unitaria")


@pytest.fixture
def page(office: dict[str, Any], window: Callable[[], BrowserContext]) -> Page:
    """The window of an officer of that office, logged in."""
    anna = make_person(organization=office["id"])
    page = window().new_page()
    page.goto("/user/login")
    page.fill("#field-login", anna.name)
    page.fill("#field-password", anna.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def test_the_desk_says_when_a_check_has_ended_and_leads_to_the_finding(
    page: Page, office: dict[str, Any]
) -> None:
    dataset = dataset_with_file(office, places(*good_rows(), BROKEN_ROW), title="Luoghi rotti")
    waiting = dataset_with_file(office, places(*good_rows()), title="Tutti i luoghi")
    act("resource_patch", id=waiting["resources"][0]["id"], upload=as_upload(places(*good_rows(MANY))))
    page.goto("/dashboard/quality?view=all")
    row = page.locator(f"#oc-row-{waiting['id']}")
    expect(row.locator(".oc-desk-state")).to_contain_text("ontrollo")
    expect(row.locator(".oc-desk-state")).to_contain_text("Superato", timeout=120_000)
    expect(page.locator("[data-oc-desk-said]")).to_contain_text("Tutti i luoghi: Superato")

    keys = Keyboard(page)
    keys.open(f"#oc-row-{dataset['id']} .oc-desk-next a")
    expect(page.locator(".oc-verdict")).to_contain_text("1 errore da correggere")
    link = page.locator(".oc-contents a").first
    place = link.get_attribute("href") or ""
    keys.reach(f".oc-contents a[href='{place}']")
    keys.press("Enter")
    expect(page.locator(place)).to_be_visible()
    expect(page.locator(place)).to_contain_text("Che cosa contiene questa colonna")


def test_a_file_is_tried_and_an_exercise_solved_by_keyboard(page: Page, tmp_path: Path) -> None:
    one = EXERCISES[0]
    file = tmp_path / one.filename
    file.write_bytes(one.broken())
    keys = Keyboard(page)
    page.goto("/precheck")
    keys.attach("#field-upload", file)
    keys.open("#precheck button[type=submit]")
    expect(page.locator("#oc-verdict")).to_contain_text("lo tratterrebbero")
    expect(page.locator(".oc-cause").first).to_contain_text("Che cosa fare")

    page.goto(f"/practice/{one.name}")
    file.write_bytes(one.mended())
    keys.attach("#field-upload", file)
    keys.open(".oc-publish form button[type=submit]")
    expect(page.locator(".oc-verdict-good")).to_contain_text("Fatto")


def test_how_far_a_check_is_is_read_out_and_it_ends_at_the_verdict(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "luoghi.csv"
    file.write_bytes(places(*good_rows(MANY), BROKEN_ROW))
    keys = Keyboard(page)
    page.goto("/precheck")
    keys.attach("#field-upload", file)
    keys.open("#precheck button[type=submit]")
    status = page.get_by_role("main").get_by_role("status")
    expect(status).to_contain_text(re.compile("turno|righe"), timeout=60_000)
    expect(page.locator("#oc-verdict")).to_contain_text("1 errore", timeout=120_000)
    expect(page.locator("#oc-verdict")).to_be_focused()


def test_a_decision_and_a_take_down_by_keyboard(
    page: Page, office: dict[str, Any], window: Callable[[], BrowserContext]
) -> None:
    contacts = act("package_create", **dataset_fields(office["id"], title="Recapiti", private=False))
    upload = as_upload(b"codice;ente;contatto\nA1;Comune di prova;ufficio@example.org\nA2;Provincia;\n")
    act("resource_create", package_id=contacts["id"], upload=upload, name="Recapiti", format="CSV")
    manager = make_person(organization=office["id"], role="admin")
    page = window().new_page()
    page.goto("/user/login")
    page.fill("#field-login", manager.name)
    page.fill("#field-password", manager.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys = Keyboard(page)
    address = f"/dataset/{contacts['name']}/quality"

    page.goto(address)
    keys.open("a:text-is('Decidi')")
    keys.choose("#oc-basis", "Recapiti di un ufficio")
    keys.type("#oc-reason", "Sono gli indirizzi degli uffici, non di persone.")
    keys.open("button[value=yes]")
    page.goto(address)
    expect(page.locator(".oc-verdict")).to_contain_text("Il dataset è pubblico")

    keys.open("a:text-is('Rimuovi righe o un file')")
    keys.type("#oc-column", "codice")
    keys.reach("#oc-values")
    page.keyboard.type("A2")
    keys.type("#oc-reason", "La riga non doveva essere pubblicata.")
    keys.open("button:text-is('Vedi che cosa viene rimosso')")
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text("1 riga")
    keys.open("button:text-is('Rimuovi definitivamente')")
    expect(page.locator("body")).to_contain_text("Registro delle rimozioni")
    expect(page.locator("body")).to_contain_text("La riga non doveva essere pubblicata.")
