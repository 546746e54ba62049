"""A file's page: its rows, columns, chart and map, in both languages, as its address asks; and nothing that is not live."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from ckan import model
from explore_files import FREE, PLACES, as_person, make_file, write_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cleaning import empty_everything
from support.people import Person, make_organization, make_person
from support.tax_codes import MARIO
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.model import ResourceFile
from ckanext.opencohesion.quality.publication import table_files
from ckanext.opencohesion.tables.description import NotShown

AMOUNT = "Importo (euro)"
HOSTILE = (
    '"><script>alert(1)</script>',
    'a"; DROP TABLE rows; --',
    "x' OR '1'='1",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
    "c0",
    "read_csv('/etc/passwd')",
)


def hostile_file() -> str:
    """Return a CSV of 199 columns whose names and cells try to be SQL, HTML, a template and a formula."""
    names = [*HOSTILE, *(f"colonna {number}" for number in range(len(HOSTILE), 199))]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    lines = [";".join(quoted)]
    for row in range(120):
        cells = [*quoted[: len(HOSTILE) - 2], f"cella {row:03}", f"gruppo {row % 3}"]
        lines.append(";".join([*cells, *(f"v{row}" for _ in range(len(HOSTILE), 199))]))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def site(_web_application: Any) -> Any:
    """CKAN's test client on a portal that is filled once: the tests that take it only read."""
    return _web_application


@pytest.fixture(scope="module")
def office(site: Any) -> tuple[Person, dict[str, Any]]:
    empty_everything()
    with site.flask_app.test_request_context():
        organization = make_organization()
        return make_person(organization=organization["id"]), organization


@pytest.fixture(scope="module")
def free(site: Any, office: tuple[Person, dict[str, Any]]) -> dict[str, Any]:
    """A live file without a Table Schema."""
    return make_file(site, *office, FREE)


@pytest.fixture(scope="module")
def projects(site: Any, office: tuple[Person, dict[str, Any]]) -> dict[str, Any]:
    """A live file whose Table Schema tells places and projects."""
    return make_file(site, *office, PLACES, table_schema="opencoesione/localizzazioni")


@pytest.fixture(scope="module")
def wide(site: Any, office: tuple[Person, dict[str, Any]]) -> dict[str, Any]:
    """A live file of 199 columns, made by an attacker."""
    return make_file(site, *office, hostile_file())


def address(resource: dict[str, Any], *pairs: tuple[str, str], **more: str) -> str:
    return f"{resource['page']}?{urlencode([*pairs, *more.items()])}"


def filtered(column: str, operator: str, value: str) -> list[tuple[str, str]]:
    return [("fc", column), ("fo", operator), ("fv", value)]


def soup(site: Any, path: str, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(site.get(path, **options).body, "html.parser")


def words(node: Any) -> str:
    return " ".join(node.get_text().split())


def cells(page: Tag, table: str = ".oc-rows") -> list[list[str]]:
    return [[words(cell) for cell in row.select("td, th")] for row in page.select(f"{table} tbody tr")]


def column(page: Tag, position: int) -> list[str]:
    return [row[position] for row in cells(page)]


def test_rows_stand_there_as_people_write_them_in_both_languages(site: Any, free: dict[str, Any]) -> None:
    page = soup(site, free["page"])
    assert cells(page)[0] == ["078045", "Cosenza", "Scuola", "1.234,50", "31/12/2024", "2024", "007", "prima"]
    assert words(page.select_one(".oc-count")) == "Righe 1–4 di 4"
    assert words(page.select_one(".oc-extent")) == "4 righe × 8 colonne"
    button = page.select_one(".oc-download a.btn-primary")
    assert button and words(button) == "Scarica il file CSV 291 byte"
    assert "078045;Cosenza;Scuola" in site.get(button["href"]).body
    english = cells(soup(site, f"/en{free['page']}"))[0]
    assert english == ["078045", "Cosenza", "Scuola", "1,234.50", "31 Dec 2024", "2024", "007", "prima"]


def test_rows_are_sorted_filtered_searched_and_chosen_by_the_address(site: Any, free: dict[str, Any]) -> None:
    descending = soup(site, address(free, sort=f"-{AMOUNT}"))
    assert column(descending, 3) == ["20.000,00", "1.234,50", "100,25", ""]
    head = descending.select_one("th[aria-sort]")
    assert head and (head["aria-sort"], words(head).startswith(AMOUNT)) == ("descending", True)
    assert column(soup(site, address(free, sort=f"+{AMOUNT}")), 3)[0] == "100,25"
    for value in ("1.234,50", "1234.5", "1 234,5"):
        assert column(soup(site, address(free, *filtered(AMOUNT, "ge", value))), 1) == [
            "Cosenza",
            "Catanzaro",
        ]
    both = [*filtered("Settore", "eq", "Scuola"), *filtered("Data", "le", "30/06/2024")]
    page = soup(site, address(free, *both))
    assert column(page, 4) == ["15/06/2024"]
    assert "Settore è Scuola" in words(page.select_one(".oc-chips"))
    kept = page.select_one(".oc-chips a")
    assert kept and column(soup(site, kept["href"]), 4) == ["01/02/2023", "15/06/2024"], (
        "one filter is gone, the other stays"
    )
    assert column(soup(site, address(free, q="QUARTA")), 1) == ["Reggio di Calabria"]
    assert column(soup(site, address(free, *filtered("Nota", "empty", ""))), 6) == ["100"]
    chosen = soup(site, address(free, ("c", "Comune"), ("c", "Nota")))
    assert cells(chosen)[0] == ["Cosenza", "prima"]
    nothing = soup(site, address(free, q="nessuno"))
    assert "Nessuna riga" in words(nothing.select_one(".oc-count")) and not nothing.select(".oc-rows")


def test_pages_of_a_wide_table_and_beyond_its_end(site: Any, wide: dict[str, Any]) -> None:
    first = soup(site, wide["page"])
    assert len(first.select(".oc-rows thead th")) == 10, "a wide table shows a few columns first"
    assert "10 su 199" in words(first.select_one(".oc-choose summary"))
    every = soup(site, address(wide, c="*", size="100", page="2"))
    assert len(every.select(".oc-rows thead th")) == 199 and len(cells(every)) == 20
    assert words(every.select_one(".oc-count")) == "Righe 101–120 di 120"
    assert every.select_one('.oc-pages a[rel="prev"]') and not every.select('.oc-pages a[rel="next"]')
    beyond = soup(site, address(wide, page="1000000"))
    assert "120" in words(beyond.select_one(".oc-count")) and not beyond.select(".oc-rows")
    back = beyond.select_one('.oc-pages a[rel="prev"]')
    assert back and len(cells(soup(site, back["href"]))) == 20


def test_names_and_cells_are_text_whatever_they_try_to_be(site: Any, wide: dict[str, Any]) -> None:
    for part in ("table", "columns", "chart"):
        for more in (
            [],
            [("c", "*"), *filtered(HOSTILE[1], "contains", "DROP")],
            [("sort", f"-{HOSTILE[0]}")],
        ):
            if part == "columns" and more:
                continue
            body = site.get(address(wide, ("show", part), *more), status=200).body
            page = BeautifulSoup(body, "html.parser")
            assert HOSTILE[0] in page.get_text() and HOSTILE[3] in page.get_text()
            assert not [one for one in page.select("script") if "alert(1)" in (one.string or "")]
    by_attack = soup(site, address(wide, ("show", "chart"), ("by", HOSTILE[6])))
    assert ["gruppo 0", "40"] in cells(by_attack, ".oc-bars")
    rows = f"/resource/{wide['id']}/rows"
    spreadsheet = site.get(f"{rows}/spreadsheet").body
    assert "'=cmd" in spreadsheet and not re.search(r'(^|;)"?=', spreadsheet, re.MULTILINE)
    program = site.get(f"{rows}/csv?{urlencode([('c', HOSTILE[4])])}").body
    assert program.splitlines()[:2] == [HOSTILE[4], HOSTILE[4]]
    given = json.loads(site.get(f"{rows}/json").body)
    assert len(given) == 120 and given[0][HOSTILE[0]] == HOSTILE[0]


BAD = [
    "show=niente",
    "page=0",
    "page=-1",
    "page=1e9",
    "size=26",
    "size=٢٥",
    "top=7&show=chart",
    "sort=-nessuna",
    "c=nessuna",
    "fc=nessuna&fo=eq&fv=1",
    "fc=Settore&fo=ge&fv=1",
    "fc=Settore&fo=%3D&fv=1",
    "fc=Settore&fo=eq",
    "fc=Settore&fo=contains&fv=",
    "fc=Data&fo=ge&fv=32%2F13%2F2024",
    "fc=Anno&fo=eq&fv=%C2%B2",
    f"q={'x' * 201}",
    "show=chart&by=nessuna",
    "show=chart&value=Settore",
    "show=chart&function=median",
    "show=chart&function=sum",
    "show=map&level=village",
    "show=map&value=Settore",
    "&".join(["fc=Anno&fo=ge&fv=1"] * 21),
]


@pytest.mark.parametrize("query", BAD)
def test_what_makes_no_sense_is_answered_with_a_sentence(site: Any, free: dict[str, Any], query: str) -> None:
    answer = site.get(f"{free['page']}?{query}")
    assert answer.status_code == 400
    told = BeautifulSoup(answer.body, "html.parser").select_one("#explore [role=alert]")
    assert told and words(told.p).endswith((".", "”.")), "a sentence"
    assert told.a and site.get(told.a["href"].split("#")[0]).status_code == 200, "and a way on"


_ANY = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "0",
        "-1",
        "1e5",
        "' OR 1=1 --",
        "<script>",
        "Settore",
        AMOUNT,
        "*",
        "é",
        "%s",
        "\x00",
        "9" * 40,
        "null",
        "{}",
    ]
)
_NAMES = (
    "show",
    "c",
    "q",
    "fc",
    "fo",
    "fv",
    "sort",
    "page",
    "size",
    "by",
    "value",
    "function",
    "top",
    "level",
    "view_id",
)


@given(
    pairs=st.lists(st.tuples(st.sampled_from(_NAMES), _ANY), max_size=8),
    show=st.sampled_from(["table", "chart", "map"]),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_the_page_or_the_download(
    site: Any, free: dict[str, Any], pairs: list[tuple[str, str]], show: str
) -> None:
    query = urlencode([("show", show), *pairs])
    assert site.get(f"{free['page']}?{query}").status_code in (200, 400)
    assert site.get(f"/resource/{free['id']}/rows/csv?{query}").status_code in (200, 400)


def test_the_api_refuses_with_a_sentence_too(site: Any, free: dict[str, Any]) -> None:
    api = "/api/3/action/opencohesion_table"
    for query in (
        "_rows?limit=1001",
        "_rows?offset=-1",
        "_rows?columns=nessuna",
        "_rows?filters={",
        "_rows?filters=7",
        "_rows?sort=-nessuna",
        "_aggregate?by=nessuna",
        "_aggregate?by=Settore&function=drop",
        "_aggregate?by=Settore&function=sum&value=Nota",
    ):
        name, _, rest = query.partition("?")
        answer = site.get(f"{api}{name}?id={free['id']}&{rest}")
        assert answer.status_code == 409, query
        assert any(
            str(told[0]).endswith(".") for key, told in answer.json["error"].items() if key != "__type"
        )
    for body in (
        {"id": ["a"]},
        {"id": {}},
        {},
        {"id": free["id"], "filters": [[1]]},
        {"id": free["id"], "columns": [{}]},
    ):
        assert site.post(f"{api}_rows", json=body).status_code in (400, 409)
    assert site.get(f"{api}_rows?id=nessuno").status_code == 404
    given = site.get(f"{api}_rows?id={free['id']}&columns=Codice,{AMOUNT}&sort=-{AMOUNT}&limit=1").json[
        "result"
    ]
    assert given == {
        "total": 4,
        "offset": 0,
        "columns": ["Codice", AMOUNT],
        "rows": [{"Codice": "012", AMOUNT: 20000}],
    }
    sums = site.get(f"{api}_aggregate?id={free['id']}&by=Settore&function=sum&value={AMOUNT}").json["result"]
    assert sums["groups"][1] == {"key": "Scuola", "value": 1334.75, "rows": 2} and sums["total"] == 21334.75


def test_the_dictionary_tells_what_each_column_means(
    site: Any, free: dict[str, Any], projects: dict[str, Any]
) -> None:
    own = {row[0]: row for row in cells(soup(site, address(free, show="columns")), ".oc-dictionary")}
    assert own[AMOUNT][2:4] == [
        "Importo in euro",
        "100,25 (1 riga)1.234,50 (1 riga)20.000,00 (1 riga) compilata in 3 righe",
    ]
    assert own["Settore"][3] == "Scuola (2 righe)Strade (2 righe)"
    told = {row[0]: row for row in cells(soup(site, address(projects, show="columns")), ".oc-dictionary")}
    assert len(told["COD_COMUNE"][1]) > 20 and told["COD_COMUNE"][1] != "non descritta"
    english = {
        row[0]: row for row in cells(soup(site, f"/en{address(projects, show='columns')}"), ".oc-dictionary")
    }
    assert english["COD_COMUNE"][1] not in ("not described", told["COD_COMUNE"][1])


def test_a_chart_says_in_figures_what_it_draws(site: Any, free: dict[str, Any]) -> None:
    page = soup(site, address(free, show="chart", by="Settore", value=AMOUNT))
    bars = {words(row.th): row for row in page.select(".oc-bars tbody tr")}
    assert [words(bars[name].select_one(".oc-exact")) for name in ("Strade", "Scuola")] == [
        "20.000 €",
        "1.335 €",
    ]
    assert bars["Strade"].rect["width"] == "100.0%" and bars["Scuola"].rect["width"] == "6.7%"
    assert "21.335 €" in words(page.select_one(".oc-chart figcaption"))
    assert cells(soup(site, address(free, show="chart", by="Data")), ".oc-bars") == [
        ["2023", "1"],
        ["2024", "2"],
        ["(vuoto)", "1"],
    ]


def test_a_map_joins_places_by_code_and_has_its_table(
    site: Any, free: dict[str, Any], projects: dict[str, Any]
) -> None:
    page = soup(site, address(free, show="map", value=AMOUNT))
    twin = cells(page, ".oc-twin")
    assert twin == [["Catanzaro", "079023", "20.000 €"], ["Cosenza", "078045", "1.335 €"]]
    drawn = {path["data-place"]: path for path in page.select(".oc-map path")}
    assert len(drawn) == 404, "all municipalities of the region"
    assert drawn["079023"].title.get_text() == "Catanzaro: 20.000 €"
    assert drawn["080063"]["class"] == ["oc-shade-0"], "a municipality without an amount is no zero"
    by_project = soup(site, address(projects, show="map"))
    assert cells(by_project, ".oc-twin") == [["Cosenza", "078045", "2"], ["Catanzaro", "079023", "1"]]
    assert "contato una volta in ciascuno" in words(by_project.select_one(".oc-map figcaption"))
    assert "Fuori da questa mappa: 1" in words(by_project.select_one(".oc-elsewhere"))
    provinces = soup(site, address(projects, show="map", level="province"))
    assert cells(provinces, ".oc-twin") == [["Cosenza", "078", "3"], ["Catanzaro", "079", "1"]]


# -- what is not live --------------------------------------------------------------------------------------------------


def closed(site: Any, resource: dict[str, Any]) -> bool:
    """Say whether nothing of a file's rows is given to a visitor."""
    api = f"/api/3/action/opencohesion_table_%s?id={resource['id']}&by=Settore"
    ways = [api % action for action in ("show", "rows", "aggregate")]
    statuses = {site.get(way).status_code for way in [*ways, f"/resource/{resource['id']}/rows/csv"]}
    assert statuses <= {403, 404} or statuses == {200}, statuses
    return statuses != {200}


def test_nobody_sees_rows_of_what_is_not_live(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    waiting = make_file(app, officer, organization, FREE, private=True)
    held = make_file(app, officer, organization, f"Nome;Codice fiscale\nMario Rossi;{MARIO}\n")
    for resource in (waiting, held):
        assert closed(app, resource)
        assert app.get(resource["page"]).status_code == 404
        seen = app.get(resource["page"], headers=officer.headers)
        assert seen.status_code == 200 and not BeautifulSoup(seen.body, "html.parser").select(".oc-rows")
        assert MARIO not in seen.body
    live = make_file(app, officer, organization, FREE)
    assert not closed(app, live)
    with app.flask_app.test_request_context():
        as_person(officer, "package_patch", id=live["package_id"], private=True)
    assert closed(app, live) and app.get(live["page"]).status_code == 404


def test_a_replaced_file_shows_its_own_rows_and_one_taken_down_is_gone(
    app: Any, officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    resource = make_file(app, officer, organization, FREE)
    shelf, first = table_files.table_shelf(), str(resource["hash"])
    assert first in set(shelf.contents())
    newer = FREE.replace("prima", "corretta")
    with app.flask_app.test_request_context():
        upload = FileStorage(io.BytesIO(newer.encode()), filename="dati.csv")
        as_person(officer, "resource_patch", id=resource["id"], upload=upload)
    assert column(soup(app, resource["page"]), 7)[0] == "corretta", "its table became public with it"
    with app.flask_app.test_request_context():
        as_person(
            manager,
            "opencohesion_quality_release_withdraw",
            id=resource["package_id"],
            resource_id=resource["id"],
            number=1,
            reason="Conteneva dati che non si dovevano pubblicare.",
        )
    assert first not in set(shelf.contents()), "nothing written from the taken-down bytes is left"
    assert column(soup(app, resource["page"]), 7)[0] == "corretta"


def test_a_file_without_a_table_has_a_good_page_all_the_same(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    resource = make_file(app, officer, organization, pdf, "relazione.pdf", format="PDF")
    page = soup(app, resource["page"])
    assert (
        words(page.h1) == "Un file"
        and page.select_one(".oc-download a.btn-primary")
        and not page.select("#explore")
    )
    assert closed(app, resource)
    table = make_file(app, officer, organization, FREE)
    row = model.Session.get(ResourceFile, table["id"])
    assert row is not None
    table_files.table_shelf().put_reason(
        row.sha256, table_files.key_of(table, row.filename), NotShown("row-too-wide", {"row": 7})
    )
    page = soup(app, table["page"])
    assert "riga 7" in words(page.select_one("#explore .alert")).lower()
    assert page.select_one(".oc-download a.btn-primary") and closed(app, table)


def test_tidying_writes_what_is_missing_and_sweeps_what_is_not_public(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    live = make_file(app, officer, organization, FREE)
    private = make_file(app, officer, organization, FREE.replace("prima", "privata"))
    shelf = table_files.table_shelf()
    with app.flask_app.test_request_context():
        as_person(officer, "package_patch", id=private["package_id"], private=True)
        shelf.remove(str(live["hash"]))
        assert not soup(app, live["page"]).select(".oc-rows")
        asked = jobs.submit(
            table_files.TIDY_KIND, "test", {}, timeout_seconds=60, title="Tidy", enqueue=False
        )
        model.Session.commit()
        assert jobs.run_now(asked).result == {"removed": 0, "asked": 1}
        page = soup(app, live["page"])
        assert "ricarica la pagina" in words(page.select_one("#explore .alert"))
        write_tables(private["package_id"])
        write_tables(live["package_id"])
    assert str(private["hash"]) not in set(shelf.contents())
    assert cells(soup(app, live["page"]))
