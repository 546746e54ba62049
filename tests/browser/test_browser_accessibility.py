"""Every page type of the portal, for who sees it: WCAG 2.1 A and AA by axe, one heading, headings in order, landmarks,
nothing to scroll sideways at 400 % zoom, nothing asked of anybody else, nothing that the Content-Security-Policy stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from ckan import model
from playwright.sync_api import BrowserContext, Page, expect
from portal_content import VERY_BROKEN_ROW, as_upload, dataset_with_file, good_rows, places
from support.cleaning import empty_everything
from support.datasets import fields_of
from support.people import Person, act, dataset_fields, make_organization, make_person

from ckanext.opencohesion.portal.practice.exercises import EXERCISES
from ckanext.opencohesion.stewardship.questions.model import Question

#: A desktop's window, and the same at 400 % zoom, which is also narrower than any telephone.
WIDTHS = (1280, 320)
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {
        rule: {"enabled": True}
        for rule in (
            "heading-order",
            "page-has-heading-one",
            "landmark-one-main",
            "landmark-unique",
        )
    },
}
#: CKAN's own activity pages write style="…" into themselves (portal/security/headers.py); scripts may stand in no page.
WITH_STYLE_ATTRIBUTES = ("/dataset/activity/pubblico", "/dashboard/")
OPEN_ALL_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"

FOR_CITIZENS = (
    "/",
    "/en/",
    "/dataset/",
    "/dataset/?q=localizazioni&theme=GOVE",
    "/dataset/?q=ferrovie&theme=GOVE&place=18",
    "/dataset/?page=99",
    "/themes",
    "/organization/",
    "/organization/settore-dati",
    "/organization/about/settore-dati",
    "/organization/settore-dati/release-plan",
    "/group/",
    "/group/scuole",
    "/group/about/scuole",
    "/dataset/pubblico",
    "/en/dataset/pubblico",
    "/dataset/pubblico/quality",
    "/dataset/pubblico/ask",
    "/dataset/pubblico/resource/{pubblico}",
    "/en/dataset/pubblico/resource/{pubblico}",
    "/dataset/pubblico/resource/{pubblico}?show=columns",
    "/dataset/pubblico/resource/{pubblico}?show=chart&by=DEN_COMUNE",
    "/dataset/pubblico/resource/{pubblico}?show=map",
    "/dataset/pubblico/resource/{pubblico}?fc=DEN_COMUNE&fo=eq&fv=COSENZA",
    "/dataset/groups/pubblico",
    "/dataset/activity/pubblico",
    "/protected/protetto",
    "/takedowns",
    "/about",
    "/controlli",
    "/metodologia",
    "/domande-frequenti",
    "/licenze",
    "/privacy",
    "/accessibilita",
    "/accessibilita/segnala",
    "/user/login",
    "/user/reset",
)
REFUSED = {"/dataset/?page=0": 400, "/nothing-here": 404, "/dataset/nobody": 404, "/dataset/trattenuto": 404}
FOR_THE_OFFICER = (
    "/dataset/",
    "/publish",
    "/dataset/new",
    "/cohesion/new",
    "/pnrr/new",
    "/series/new",
    "/protected/new",
    "/dataset/trattenuto",
    "/dataset/trattenuto/quality",
    "/dataset/trattenuto/resource/new",
    "/dataset/molti-errori/quality",
    "/dataset/molti-errori/quality/repair/{molti-errori}",
    "/en/dataset/molti-errori/quality",
    "/en/dataset/molti-errori/quality/repair/{molti-errori}",
    "/dataset/in-decisione/quality",
    "/en/dataset/in-decisione/quality/review",
    "/dataset/pubblico/quality/takedown",
    "/dataset/in-modifica",
    "/dataset/in-modifica/quality",
    "/dataset/in-modifica/resource/{in-modifica}/edit",
    "/dataset/senza-file/quality",
    "/dataset/edit/pubblico",
    "/dataset/pubblico/new-release",
    "/dataset/pubblico/schedule",
    "/dataset/resources/pubblico",
    "/series/serie",
    "/organization/settore-dati",
    "/organization/edit/settore-dati",
    "/organization/members/settore-dati",
    "/organization/manage_members/settore-dati",
    "/organization/member_new/settore-dati",
    "/organization/bulk_process/settore-dati",
    "/organization/settore-dati/release-plan",
    "/dashboard/",
    "/dashboard/datasets",
    "/dashboard/organizations",
    "/dashboard/questions",
    "/dashboard/questions/frage",
    "/dashboard/quality?view=all",
    "/dashboard/notices",
    "/dataset/in-modifica/quality/runs",
    "/precheck",
    "/practice",
    "/practice/zeros",
    "/user/me",
    "/user/edit",
    "/user/{officer}/api-tokens",
)
FOR_THE_ADMINISTRATOR = (
    "/ckan-admin/",
    "/ckan-admin/config",
    "/ckan-admin/trash",
    "/ckan-admin/audit",
    "/organization/new",
    "/group/new",
    "/user/",
    "/accessibilita/segnalazioni",
    "/pages/about/it/edit",
)


@dataclass
class Visitor:
    """Somebody's tab, and what the browser complained of and asked for on the page that is open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen to the tab."""
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))


@pytest.fixture(scope="module")
def portal(portal_server: str, _web_application: Any) -> dict[str, str]:
    """A portal with a dataset in each state; the resources of the datasets by name, and the officer's name."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        office = make_organization(name="settore-dati", title="Settore Programmazione unitaria")
        act("group_create", name="scuole", title="Scuole e asili", description="Dati **sulle scuole**.")
        broken = places(*good_rows(), VERY_BROKEN_ROW)
        made = [
            dataset_with_file(office, broken, name="trattenuto"),
            dataset_with_file(office, places(*[VERY_BROKEN_ROW] * 300), name="molti-errori"),
            dataset_with_file(
                office, places(*good_rows(60)), name="pubblico", groups=[{"name": "scuole"}], version="1"
            ),
            dataset_with_file(office, places(*good_rows()), name="in-modifica"),
        ]
        resources = {dataset["name"]: dataset["resources"][0]["id"] for dataset in made}
        act("resource_patch", id=resources["in-modifica"], upload=as_upload(broken))
        act("package_create", **dataset_fields(office["id"], name="senza-file", private=False))
        contacts = act("package_create", **dataset_fields(office["id"], name="in-decisione", private=False))
        upload = as_upload(b"ente;contatto\nComune di prova;ufficio@example.org\n")
        act("resource_create", package_id=contacts["id"], upload=upload, name="Recapiti", format="CSV")
        act("package_create", **fields_of("series", office["id"], name="serie", private=False))
        act(
            "package_create",
            **dataset_fields(
                office["id"],
                type="protected",
                name="protetto",
                license_id=None,
                access_rights=None,
                protection_reason=["STATISTICAL_CONFIDENTIALITY"],
                request_conditions="Per ricerca scientifica.",
                request_how="Con il modulo dell'ufficio.",
                private=False,
            ),
        )
        text = "Alla riga 2 manca il codice del comune: è voluto?"
        model.Session.add(
            Question(package_id=made[2]["id"], kind="mistake", language="it", text=text, id="frage")
        )
        model.Session.commit()
        officer = make_person(organization="settore-dati", role="admin")
    _wait_for_the_table(portal_server, resources["pubblico"])
    return {**resources, "officer": officer.name, "password": officer.password}


def _wait_for_the_table(portal_server: str, resource: str) -> None:
    """A worker writes the table that the file's page shows, after publication."""
    rows = f"{portal_server}/api/3/action/opencohesion_table_rows?id={resource}&limit=1"
    until = time.monotonic() + 180
    while requests.get(rows, timeout=30).status_code != 200:
        assert time.monotonic() < until, "no worker wrote the table"
        time.sleep(0.5)


def _logged_in(context: BrowserContext, name: str, password: str) -> Visitor:
    page = context.new_page()
    page.goto("/user/login")
    page.fill("#field-login", name)
    page.fill("#field-password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return Visitor(page)


@pytest.fixture(scope="module")
def officer(portal: dict[str, str], window: Callable[[], BrowserContext]) -> Visitor:
    """An administrator of the office, logged in."""
    return _logged_in(window(), portal["officer"], portal["password"])


@pytest.fixture(scope="module")
def administrator(portal: dict[str, str], window: Callable[[], BrowserContext]) -> Visitor:
    """An administrator of the portal, logged in."""
    person: Person = make_person(sysadmin=True)
    return _logged_in(window(), person.name, person.password)


@pytest.fixture(scope="module")
def citizen(portal: dict[str, str], window: Callable[[], BrowserContext]) -> Iterator[Visitor]:
    """Somebody who has no account."""
    yield Visitor(window().new_page())


def faults_of(
    visitor: Visitor, address: str, status: int = 200, axe_at: tuple[int, ...] = WIDTHS
) -> list[str]:
    """Look at a page at each width, folds open, and return what is wrong with it, a line for each rule and element.

    ``axe_at``: the widths at which axe looks, which takes time.
    """
    visitor.complaints.clear()
    visitor.hosts.clear()
    page = visitor.page
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status
    policy = answer.headers["content-security-policy"]
    if address in WITH_STYLE_ATTRIBUTES:
        policy = policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    found = faults_here(visitor, axe_at)
    # the browser itself tells of the page's own status
    found += [each for each in visitor.complaints if f"status of {status}" not in each]
    return found + sorted(visitor.hosts - {urlsplit(page.url).netloc})


def faults_here(visitor: Visitor, axe_at: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return what is wrong with the page that is open, as ``faults_of`` does."""
    page = visitor.page
    page.evaluate(OPEN_ALL_FOLDS)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        violations = Axe().run(page, options=RULES).response["violations"] if width in axe_at else []
        found += [
            f"{width}: {violation['id']} {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
        needed = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width}: the page is {needed} wide"] if needed > width else []
    headings = page.locator("h1:visible").count()
    return found + ([f"{headings} first headings"] if headings != 1 else [])


@pytest.mark.parametrize("address", FOR_CITIZENS)
def test_the_citizens_pages(address: str, portal: dict[str, str], citizen: Visitor) -> None:
    assert faults_of(citizen, address.format_map(portal)) == []


@pytest.mark.parametrize("address", REFUSED)
def test_pages_that_are_refused(address: str, citizen: Visitor) -> None:
    assert faults_of(citizen, address, REFUSED[address]) == []


@pytest.mark.parametrize("address", FOR_THE_OFFICER)
def test_the_officer_s_pages(address: str, portal: dict[str, str], officer: Visitor) -> None:
    assert faults_of(officer, address.format_map(portal), axe_at=WIDTHS[:1]) == []


def test_what_the_officer_s_forms_answer(portal: dict[str, str], officer: Visitor, tmp_path: Path) -> None:
    page = officer.page

    def answered(address: str, button: str, **sent: str) -> None:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(address)
        for field_id, value in sent.items():
            place = f"#{field_id.replace('_', '-')}"
            if page.locator(place).get_attribute("type") == "file":
                page.set_input_files(place, value)
            else:
                page.fill(place, value)
        with page.expect_navigation():
            page.click(button)

    exercise = EXERCISES[0]
    broken = tmp_path / exercise.filename
    broken.write_bytes(exercise.broken())
    narrow, wide = WIDTHS[1:], WIDTHS[:1]
    answered("/precheck", "#precheck button[type=submit]")
    assert faults_here(officer, wide) == []
    answered("/precheck", "#precheck button[type=submit]", field_upload=str(broken))
    assert faults_here(officer, narrow) == []
    assert faults_of(officer, "/en" + urlsplit(page.url).path, axe_at=wide) == []
    answered(f"/practice/{exercise.name}", ".oc-publish form button[type=submit]", field_upload=str(broken))
    assert faults_here(officer, wide) == []
    answered("/dataset/in-decisione/quality/review", "button[value=yes]")
    assert faults_here(officer, wide) == []
    rows = {"oc_column": "COD_LOCALE_PROGETTO", "oc_values": "1CAL00001"}
    reason = "Richiesta accolta di una persona interessata."
    answered(
        "/dataset/pubblico/quality/takedown", ".oc-takedown button[type=submit]", **rows, oc_reason=reason
    )
    expect(page.get_by_role("button", name="Rimuovi definitivamente")).to_be_visible()
    assert faults_here(officer, wide) == []


@pytest.mark.parametrize("address", FOR_THE_ADMINISTRATOR)
def test_the_administrator_s_pages(address: str, administrator: Visitor) -> None:
    assert faults_of(administrator, address, axe_at=WIDTHS[:1]) == []
