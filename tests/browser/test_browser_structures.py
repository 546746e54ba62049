"""The dictionary of the tables, and an office's own structure drafted from a file with the keyboard, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, expect
from support.people import make_organization, make_person
from test_browser_repair import look


def test_an_officer_publishes_a_structure_and_citizens_read_it(
    clean_db: None, window: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    office = make_organization(title="Settore Foreste")
    anna = make_person(organization=office["id"])
    (tmp_path / "Alberi.csv").write_text(
        "codice;specie;altezza;censito\n001;Pino;12,5;31/12/2024\n002;Abete;9;01/02/2023\n"
    )
    page = window().new_page()
    keys = Keyboard(page)
    page.goto("/user/login")
    keys.type("#field-login", anna.name)
    keys.type("#field-password", anna.password)
    with page.expect_navigation():
        keys.press("Enter")

    page.goto("/schemas")
    keys.open("a:text-is('Aggiungi una struttura del tuo ente')")
    look(page, "structure-begin")
    page.set_input_files("#oc-data", tmp_path / "Alberi.csv")
    keys.open("button:text-is('Prosegui')")
    expect(page.locator("#oc-kind-2")).to_have_value("number-comma")
    expect(page.locator("#oc-kind-3")).to_have_value("date-dmy")
    keys.type("#oc-title", "Alberi monumentali")
    keys.type("#oc-pattern-0", "(a+)+")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("non finisce mai")
    look(page, "structure-refused")
    keys.type("#oc-pattern-0", "^[0-9]{3}$")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alberi monumentali")
    look(page, "structure-office")

    citizen = window().new_page()
    for address, name in (
        ("/schemas", "structures"),
        ("/schemas/italiadomani/pnrr_gare", "structure-gare"),
        ("/en/schemas/opencoesione/operazioni_art49", "structure-art49-en"),
        ("/schemas/italiadomani/pnrr_progetti/1.0.0", "structure-older"),
    ):
        citizen.goto(address)
        look(citizen, name)
    citizen.goto(f"/schemas/office/{office['name']}/alberi")
    expect(citizen.locator("body")).to_contain_text("Settore Foreste")
    expect(citizen.locator("tbody")).to_contain_text("^[0-9]{3}$")
