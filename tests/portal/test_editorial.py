"""The editorial pages: whole in both languages, and a part of them the office's own."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from support.people import Person

from ckanext.opencohesion.portal.editorial import pages
from ckanext.opencohesion.stewardship.questions import guard

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("slug", pages.SLUGS)
def test_both_languages_tell_the_same(slug: str) -> None:
    italian, english = (pages.load(slug, language) for language in pages.LANGUAGES)
    assert (italian.version, italian.updated) == (english.version, english.updated)
    assert [(one.place, one.required) for one in italian.sections] == [
        (one.place, one.required) for one in english.sections
    ]

    def shape(page: pages.Page) -> list[str]:
        html = "".join(section.html for section in page.sections)
        return re.findall(r"<(?:h\d|table|tr|td|li)\b|href=\"[^\"]*\"", html)

    assert shape(italian) == shape(english), "headings, tables, list items or links differ"
    assert italian.title != english.title or slug == "privacy"


def test_every_link_inside_leads_somewhere(app: Any) -> None:
    for slug in pages.SLUGS:
        for prefix in ("", "/en"):
            page = app.get(f"{prefix}/{slug}")
            assert page.status_code == 200
            assert 'href="page:' not in page.body
            assert 'href="path:' not in page.body
            assert "$portal" not in page.body
    article = re.search(r"<article.*?</article>", app.get("/en/about").body, re.S)
    assert article
    for address in re.findall(r'href="(/[^"]*)"', article[0]):
        assert address.startswith("/en/")
        assert app.get(address).status_code == 200


def test_a_page_nobody_wrote_is_not_found(app: Any) -> None:
    with pytest.raises(KeyError):
        pages.load("../../etc/passwd", "it")
    assert app.get("/pages/nessuna/it/edit").status_code in (403, 404)


def test_what_the_office_has_not_written_is_said_to_be_missing(app: Any) -> None:
    assert "non ha ancora scritto questa parte" in app.get("/privacy").body
    assert "indirizzo della propria dichiarazione" in app.get("/accessibilita").body


def test_the_statement_is_linked(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    option = "ckanext.opencohesion.portal.accessibility_statement_url"
    monkeypatch.setitem(tk.config, option, "https://form.agid.gov.it/view/x")
    assert 'href="https://form.agid.gov.it/view/x"' in app.get("/accessibilita").body


def test_the_office_writes_its_part_and_no_script_comes_with_it(
    app: Any, administrator: Person, manager: Person
) -> None:
    address = "/pages/privacy/it/edit"
    assert app.get(address).status_code == 403
    assert app.get(address, headers=manager.headers).status_code == 403
    assert app.get("/pages/privacy/fr/edit", headers=administrator.headers).status_code == 404
    for text in ("Titolare: *Regione*. " + SCRIPT, "Titolare: **Regione Calabria**"):
        answer = app.post(address, headers=administrator.headers, data={"text": text}, follow_redirects=False)
        assert answer.status_code == 302
        page = app.get("/privacy").body
        assert "Titolare" in page
        assert "<script>alert" not in page
        assert "onerror" not in page
    assert "<strong>Regione Calabria</strong>" in page
    assert "non ha ancora scritto questa parte" not in page
    assert "<strong>Regione Calabria</strong>" in app.get("/en/privacy").body, (
        "Italian where there is no English"
    )
    history = app.get(address, headers=administrator.headers).body
    assert "&lt;script&gt;" in history, "the earlier version is kept, as text"
    too_long = app.post(address, headers=administrator.headers, data={"text": "a" * 20_001})
    assert "20000" in too_long.body


def test_nobody_but_an_administrator_may_write(manager: Person) -> None:
    data = {"page": "privacy", "language": "it", "text": "x"}
    for action in ("opencohesion_page_part_update", "opencohesion_page_part_history"):
        for context in (manager.context, {"user": "", "ignore_auth": False}):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)(context, data)


def opened(app: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Open the form, as a person who then takes the time to write; return its token."""
    monkeypatch.setattr(guard, "LEAST_SECONDS", 0)
    page = app.get("/accessibilita/segnala").body
    return str(re.findall(r'name="form_token" value="([^"]+)"', page)[0])


def test_a_visitor_reports_a_barrier_and_the_administrator_closes_it(
    app: Any, administrator: Person, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, listed = "/accessibilita/segnala", "/accessibilita/segnalazioni"
    report = {"text": "Il menu non si apre. " + SCRIPT, "place": "ricerca", "email": "io@example.org"}
    assert app.post(address, data=report).status_code == 400, "no form was opened"
    report["form_token"] = opened(app, monkeypatch)
    trapped = app.post(address, data={**report, "website": "https://spam.example"})
    short = app.post(address, data={**report, "text": "no"})
    assert (trapped.status_code, short.status_code) == (400, 400)
    assert "io@example.org" in short.body, "what was written is not lost"
    assert app.post(address, data=report, follow_redirects=False).status_code == 302
    assert app.post(address, data=report).status_code == 400, "a form serves once"
    for headers in ({}, manager.headers):
        assert app.get(listed, headers=headers).status_code == 403
    page = app.get(listed, headers=administrator.headers).body
    assert page.count("Il menu non si apre") == 1
    assert "io@example.org" in page
    assert "<script>alert" not in page
    number = re.findall(r'name="id" value="(\d+)"', page)[0]
    assert app.post(listed, headers=manager.headers, data={"id": number}).status_code == 403
    for wrong in ("", "x", "9" * 30):
        assert app.post(listed, headers=administrator.headers, data={"id": wrong}).status_code in (400, 404)
    closed = app.post(listed, headers=administrator.headers, data={"id": number}).body
    assert "Il menu non si apre" in closed
    assert "io@example.org" not in closed
