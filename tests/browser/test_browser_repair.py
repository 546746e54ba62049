"""An officer mends a held-back file with the keyboard alone, in Chromium, on a live portal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from browser_keys import Keyboard
from playwright.sync_api import BrowserContext, Page, expect
from portal_content import dataset_with_file, places
from support.people import make_organization, make_person
from test_browser_accessibility import RULES

ROW = '"1CAL{number:05d}";"{region}";"{name}";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"'
DAMAGED = [ROW.format(number=n, region="18" if n % 2 else "18,00", name="CALABRIA") for n in range(1, 41)]
WIDTHS = (1280, 360)


def look(page: Page, name: str) -> None:
    """Ask axe at a desktop's width and a telephone's; keep pictures where OC_PICTURES names a folder."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options=RULES).response["violations"]
        assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways at {width}"
        if folder := os.environ.get("OC_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_officer_mends_a_held_back_file_by_keyboard(
    clean_db: None, window: Callable[[], BrowserContext]
) -> None:
    office = make_organization(title="Settore Programmazione unitaria")
    anna = make_person(organization=office["id"])
    dataset = dataset_with_file(office, places(*DAMAGED, *[";" * 9] * 3), title="Luoghi dei progetti")
    assert dataset["quality_status"] == "failed"
    page = window().new_page()
    keys = Keyboard(page)
    page.goto("/user/login")
    keys.type("#field-login", anna.name)
    keys.type("#field-password", anna.password)
    with page.expect_navigation():
        keys.press("Enter")

    page.goto(f"/dataset/{dataset['name']}/quality")
    keys.open("a:text-is('Vedi che cosa può correggere il portale')")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Correggi «luoghi.csv»")
    expect(page.locator("del", has_text="18,00").first).to_be_visible()
    expect(page.locator("ins", has_text="018").first).to_be_visible()
    look(page, "repair")

    keys.reach("#oc-repair-empty-rows")
    keys.press("Space")
    keys.open("button:text-is('Mostra che cosa cambierebbe')")
    expect(page.get_by_role("button", name="Effettua queste 40 modifiche")).to_be_visible()
    keys.reach("#oc-repair-empty-rows")
    keys.press("Space")
    keys.open("button:text-is('Mostra che cosa cambierebbe')")
    keys.open("button:text-is('Effettua queste 43 modifiche')")

    expect(page.locator("body")).to_contain_text("Il file è stato corretto (43 modifiche)")
    expect(page.locator("body")).to_contain_text("I dati hanno superato tutti i controlli.")
    citizen = window().new_page()
    citizen.goto(f"/dataset/{dataset['name']}")
    expect(citizen.locator("body")).to_contain_text("Corretto prima della pubblicazione: 43 modifiche.")
    with citizen.expect_download() as download:
        citizen.get_by_role("link", name="Elenco delle modifiche alla versione 1 (CSV)").click()
    assert "018" in download.value.path().read_text(encoding="utf-8-sig")
    page.goto(f"/en/dataset/{dataset['name']}/quality/repair/{dataset['resources'][0]['id']}")
    expect(page.locator("body")).to_contain_text("What was mended so far")
    look(page, "repaired")
