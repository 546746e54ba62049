"""The dataset's page in a browser: axe, reflow, keyboard, copying; and its examples for programs, run as they stand."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from ckan import model
from playwright.sync_api import BrowserContext, Page, expect
from support.cleaning import empty_everything
from support.datasets import fields_of
from support.people import Person, act, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.stewardship.questions.model import Question, utcnow

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
ROWS = "CUP;comune;importo\nJ51B21001230006;Cosenza;100,00\nJ51B21001230007;Crotone;200,00\n"
MORE = "J51B21001230008;Locri;50,5\n"
NAME = "pagamenti-pnrr-calabria"


@pytest.fixture(scope="module")
def dataset(portal_server: str, _web_application: Any) -> dict[str, Any]:
    """A dataset with all that a page can show: two versions, answered and waiting questions, every metadata."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-pnrr", title="Settore Programmazione unitaria e PNRR")
        fields = fields_of(
            "pnrr",
            office["id"],
            name=NAME,
            title="Pagamenti dei progetti PNRR in Calabria",
            notes="Ogni riga è un **pagamento** a un progetto del Piano nazionale di ripresa e resilienza in Calabria.",
            mission=["M1", "M2"],
            component=["M1C1"],
            measure=["M1C1I1.01"],
            regis_source="Italia Domani, rilascio del 13 giugno 2025",
            territory=["18", "078"],
            temporal_coverage=[{"start": "2021-01-01", "end": "2025-06-30"}],
            provenance="Sistema nazionale di monitoraggio, righe della regione.",
            conforms_to=[{"title": "Tracciato Italia Domani", "identifier": "tracciato-2025"}],
            version="2025-06",
            version_notes="Prima pubblicazione.",
            tag_string="pnrr, opere pubbliche",
            private=False,
        )
        made = act("package_create", **fields)
        values = {
            "name": "Pagamenti, giugno 2025",
            "description": "Un pagamento per riga, in euro.",
            "format": "CSV",
        }
        first = upload(ROWS, "pagamenti pnrr.csv")
        resource = act("resource_create", package_id=made["id"], upload=first, **values)
        act("package_patch", id=made["id"], version_notes="Aggiunti i pagamenti di giugno.")
        act(
            "resource_patch",
            id=resource["id"],
            upload=upload(ROWS + MORE, "pagamenti pnrr.csv"),
        )
        shown = act("package_show", id=made["id"])
        assert shown["quality_live"]
        about = {"package_id": made["id"], "kind": "mistake", "language": "it"}
        text = "Alla riga 2 manca il codice del comune: è voluto?"
        answered = {"status": "answered", "answer": "Sì: il progetto è in più comuni.", "public_text": text}
        model.Session.add(Question(**about, text=text, **answered, published=utcnow(), handled=utcnow()))
        model.Session.add(Question(**about, text="Come si legge la colonna importo?", id="aperta"))
        model.Session.commit()
        return shown


def upload(text: str, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(text.encode()), filename=name)


@pytest.fixture(scope="module")
def officer_window(dataset: dict[str, Any], window: Callable[[], BrowserContext]) -> BrowserContext:
    """The windows of an administrator of the office, logged in."""
    person: Person = make_person(organization="settore-pnrr", role="admin")
    context = window()
    page = context.new_page()
    page.goto("/user/login")
    page.fill("#field-login", person.name)
    page.fill("#field-password", person.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.close()
    return context


def faults(page: Page, width: int) -> list[str]:
    found = [
        f"{width}: {violation['id']} {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in Axe().run(page, options=WCAG).response["violations"]
        for node in violation["nodes"]
    ]
    needed = page.evaluate("document.documentElement.scrollWidth")
    return [*found, f"{width}: the page is {needed} wide"] if needed > width else found


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("OC_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("address", "officer"),
    [
        (f"/dataset/{NAME}", False),
        (f"/en/dataset/{NAME}", False),
        (f"/dataset/{NAME}/ask", False),
        (f"/dataset/{NAME}", True),
        ("/dashboard/questions", True),
        ("/dashboard/questions/aperta", True),
    ],
)
def test_axe_finds_nothing_and_the_page_reflows(
    address: str, officer: bool, officer_window: BrowserContext, window: Callable[[], BrowserContext]
) -> None:
    page = (officer_window if officer else window()).new_page()
    answer = page.goto(address)
    assert answer is not None and answer.status == 200
    found = []
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = false; })")
        if width > 320:
            shoot(page, f"{address.strip('/').replace('/', '_')}{'_officer' if officer else ''}_{width}")
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        if width > 320:
            shoot(page, f"{address.strip('/').replace('/', '_')}{'_officer' if officer else ''}_{width}_open")
        found += faults(page, width)
    page.close()
    assert found == []


def test_by_keyboard_to_the_download_and_a_question(
    dataset: dict[str, Any], window: Callable[[], BrowserContext]
) -> None:
    page = window().new_page()
    page.goto(f"/dataset/{NAME}")
    button = page.get_by_role(
        "link", name=f"Scarica Pagamenti, giugno 2025, CSV, {len(ROWS + MORE)} byte, 3 righe"
    )
    expect(button).to_have_count(1)
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_text().startswith("CUP;")
    page.goto(f"/dataset/{NAME}/ask")
    page.get_by_label("Un errore nei dati").focus()
    page.keyboard.press("Space")
    page.get_by_label("La tua domanda o che cosa non va").focus()
    page.keyboard.type("Alla riga 3 l'importo ha un solo decimale.")
    time.sleep(3)
    page.get_by_role("button", name="Invia").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("l'ufficio ha ricevuto quello che hai scritto")).to_be_visible()
    page.close()


def test_a_citation_is_copied(dataset: dict[str, Any], window: Callable[[], BrowserContext]) -> None:
    context = window()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"/dataset/{NAME}")
    page.locator("#cite").get_by_role("button", name="Copia").first.click()
    expect(page.locator("#cite").get_by_role("status").first).to_have_text("Copiato")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "Regione Calabria. (2026). Pagamenti dei progetti PNRR in Calabria (versione 2025-06)"
    )
    page.close()


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_examples_run_as_they_stand(
    dataset: dict[str, Any], portal_server: str, tmp_path: Path, window: Callable[[], BrowserContext]
) -> None:
    rows = f"{portal_server}/api/3/action/opencohesion_table_rows?id={dataset['resources'][0]['id']}&limit=1"
    until = time.monotonic() + 240
    while requests.get(rows, timeout=30).status_code != 200 and time.monotonic() < until:
        time.sleep(1)  # a worker writes the table after publication
    page = window().new_page()
    page.goto(f"/dataset/{NAME}")
    examples = page.locator(".oc-example").all()
    codes = {
        one.locator("summary").inner_text(): one.locator("code").text_content() or "" for one in examples
    }
    page.close()
    assert set(codes) == {"curl", "Python", "R"}
    shell = run(["bash", "-euc", codes["curl"]], tmp_path)
    assert shell.returncode == 0, shell.stderr
    assert shell.stdout.count('"success": true') == 2
    assert "J51B21001230006" in shell.stdout
    (file,) = tmp_path.iterdir()
    assert file.read_text().endswith("J51B21001230008;Locri;50,5\n")
    python = run([sys.executable, "-c", codes["Python"]], tmp_path)
    assert python.returncode == 0, python.stderr
    assert "Pagamenti dei progetti PNRR in Calabria" in python.stdout
    assert "Locri" in python.stdout
    for part in ("library(jsonlite)", f"package_show?id={dataset['id']}", "data.table::fread"):
        assert part in codes["R"]
