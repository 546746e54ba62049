"""The page of a dataset: what a citizen finds on it, what it gives to programs, and that nobody's text runs in it."""

from __future__ import annotations

import io
import json
import re
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from support import people
from support.datasets import fields_of
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.portal.dataset.page import dataset_page

BODY = b"codice;comune;importo\n001;Cosenza;1500,00\n002;Crotone;2500,50\n"
XSS = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def upload(body: bytes = BODY, name: str = "pagamenti.csv") -> FileStorage:
    return FileStorage(io.BytesIO(body), filename=name)


@pytest.fixture
def make(app: Any, organization: dict[str, Any]) -> Any:
    """Call it for a dataset with a file: live, unless `private`."""

    def made(kind: str = "dataset", files: int = 1, **fields: Any) -> dict[str, Any]:
        with app.flask_app.test_request_context():
            dataset = people.act("package_create", **fields_of(kind, organization["id"], **fields))
            for number in range(files):
                people.act(
                    "resource_create",
                    package_id=dataset["id"],
                    name=f"Pagamenti {number + 1}",
                    upload=upload(BODY + b"003;Locri;%d\n" % number),
                    url="",
                )
            return people.act("package_show", id=dataset["id"])

    return made


def soup(app: Any, path: str, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(app.get(path, **options).body, "html.parser")


def words(node: Any) -> str:
    return " ".join(node.get_text().split())


def test_the_page_tells_a_citizen_all_in_words(app: Any, make: Any) -> None:
    dataset = make(
        "pnrr",
        mission=["M1"],
        temporal_coverage=[{"start": "2021-01-01", "end": "2025-06-30"}],
        version_notes="Prima versione.",
    )
    page = soup(app, f"/dataset/{dataset['name']}")
    button = page.select_one("a.oc-download")
    assert words(button) == "Scarica Pagamenti 1, CSV, 74 byte, 3 righe"
    assert app.get(button["href"]).data.startswith(BODY)
    facts = words(page.select_one(".oc-facts"))
    for told in (
        "Regione Calabria",
        "dal 1 gennaio 2021 al 30 giugno 2025",
        "Calabria",
        "annuale",
        "31 gennaio 2026",
    ):
        assert told in facts
    assert "Governo e settore pubblico" in facts
    assert "citare la fonte" in words(page.select_one("#licence"))
    assert "M1 · Digitalizzazione" in words(page.select_one("#pnrr"))
    assert "una volta all'anno" in words(page.select_one("#method"))
    assert "Prima versione." in words(page.select_one("#versions"))
    assert "la struttura della tabella è stata controllata" in words(page.select_one("#quality"))
    assert page.select_one(f'a[href="/dataset/{dataset["name"]}/quality"]')
    headings = [int(h.name[1]) for h in page.select_one("#content").select("h1,h2,h3,h4,h5,h6")]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids)), "every id once"
    english = words(soup(app, f"/en/dataset/{dataset['name']}"))
    assert "Download Pagamenti 1, CSV, 74 byte, 3 rows" in english
    assert "name the source" in english


@pytest.mark.parametrize("kind", ["dataset", "cohesion", "pnrr"])
def test_the_page_opens_for_every_type_with_and_without_files(
    app: Any, make: Any, officer: Any, kind: str
) -> None:
    for files in (0, 2):
        dataset = make(kind, files=files)
        page = soup(app, f"/dataset/{dataset['name']}", headers=officer.headers)
        assert len(page.select(".oc-file-card")) == files
        assert page.select_one("h1") and page.select_one("#metadata table")


def test_search_engines_read_it_and_a_script_in_a_title_does_not_leave_its_place(app: Any, make: Any) -> None:
    dataset = make(title="Pagamenti </script><script>alert(1)</script>")
    page = soup(app, f"/dataset/{dataset['name']}")
    (block,) = page.select('script[type="application/ld+json"]')
    told = json.loads(block.string)
    assert told["@type"] == "Dataset"
    assert told["name"] == dataset["title"]
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["creator"] == [{"@type": "Organization", "name": "Regione Calabria"}]
    (download,) = told["distribution"]
    assert download["contentUrl"] == dataset["resources"][0]["url"]
    assert download["sha256"] == dataset["resources"][0]["hash"]
    assert "alert(1)" not in [script.string for script in page.select("script")]


def test_nobody_s_text_runs_as_html(app: Any, make: Any, organization: dict[str, Any]) -> None:
    dataset = make(
        title=XSS,
        notes=XSS,
        version_notes=XSS,
        legal_basis=XSS,
        methodology=XSS,
        license_reason=XSS,
        rights_holder=[{"name": XSS, "identifier": "regcal"}],
        conforms_to=[{"title": XSS, "identifier": XSS}],
    )
    with app.flask_app.test_request_context():
        people.act("resource_patch", id=dataset["resources"][0]["id"], name=XSS, description=XSS)
        people.act(
            "resource_create",
            package_id=dataset["id"],
            name=XSS,
            upload=upload(name="<img src=x onerror=alert(1)>.csv"),
            url="",
        )
    for path in ("", "/ask", "/quality"):
        for language in ("", "/en"):
            page = soup(app, f"{language}/dataset/{dataset['name']}{path}")
            assert not page.select("[onerror]")
            scripts = page.select('script:not([type="application/ld+json"])')
            assert not [script for script in scripts if "alert(1)" in (script.string or "")]


def test_citations_are_right_in_text_and_bibtex(app: Any, make: Any) -> None:
    dataset = make(title="Spese & {pagamenti} 100%", version="2026-01")
    page = soup(app, f"/dataset/{dataset['name']}")
    address = page.select_one("#cite .oc-citation").get_text()
    assert address.startswith(
        "Regione Calabria. (2026). Spese & {pagamenti} 100% (versione 2026-01) [Insieme di dati]."
    )
    url = re.search(r"https?://\S+", address)
    assert url and app.get(urlsplit(url[0]).path, status=200)
    entry = app.get(f"/dataset/{dataset['id']}/citation.bib").body
    assert r"title = {{Spese \& \{pagamenti\} 100\%}}" in entry
    assert f"url = {{{url[0]}}}" in entry
    resource_id = dataset["resources"][0]["id"]
    release = app.get(f"/dataset/{dataset['id']}/resource/{resource_id}/release/1/citation.bib").body
    assert dataset["resources"][0]["hash"] in release
    app.get(f"/dataset/{dataset['id']}/resource/{resource_id}/release/9/citation.bib", status=404)


def test_a_dataset_that_is_not_live_gives_nothing_to_the_public(app: Any, make: Any, officer: Any) -> None:
    dataset = make(private=True)
    for path in (
        "",
        "/citation.bib",
        "/ask",
        f"/resource/{dataset['resources'][0]['id']}/release/1/citation.bib",
    ):
        app.get(f"/dataset/{dataset['name']}{path}", status=404)
    page = soup(app, f"/dataset/{dataset['name']}", headers=officer.headers)
    assert not page.select('script[type="application/ld+json"]')


def test_queries_do_not_grow_with_the_files(app: Any, make: Any) -> None:
    counts = []
    for files in (1, 4):
        dataset = make(files=files)
        with app.flask_app.test_request_context():
            seen: list[str] = []
            engine = model.ensure_engine()

            def note(_c: Any, _cur: Any, statement: str, *_rest: Any, seen: list[str] = seen) -> None:
                seen.append(statement)

            sa.event.listen(engine, "before_cursor_execute", note)
            assert len(dataset_page(dataset).files) == files
            sa.event.remove(engine, "before_cursor_execute", note)
            counts.append(len(seen))
    assert counts[0] == counts[1]
