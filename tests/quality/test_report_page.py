"""The report as a person works with it: short list, filter, meanings, downloads, earlier runs, what changed since."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

from ckan.plugins import toolkit as tk
from openpyxl import load_workbook
from support.people import Person, dataset_fields
from support.tax_codes import MARIO
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.reports import files as report_files
from ckanext.opencohesion.quality.reports import findings_table
from ckanext.opencohesion.quality.reports.comparison import compare
from ckanext.opencohesion.quality.wording.meanings import meaning

HEADER = "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;OC_TERRITORIO_PROG\n"
TWO_KINDS = "\ufeff" + HEADER + '"=1+1";"18";"CALABRIA";"R"\n"1CAL0002";"018";"CALABRIA";"XX"\n'
ONE_KIND = "\ufeff" + HEADER + '"1CAL0001";"18";"CALABRIA";"R"\n"1CAL0002";"8";"CALABRIA";"R"\n'
PERSONAL = "\ufeff" + HEADER + f'"1CAL0001";"018";"{MARIO}";"R"\n'


def saved(app: Any, officer: Person, organization: dict[str, Any], content: str) -> dict[str, Any]:
    """Save a dataset with one file; left again before pages are asked for, which would be answered as for its user."""
    context: Any = dict(officer.context)
    with app.flask_app.test_request_context():
        dataset = tk.get_action("package_create")(context, dataset_fields(organization["id"]))
        values = {"format": "CSV", "table_schema": "opencoesione/localizzazioni", "name": "Luoghi"}
        resource = tk.get_action("resource_create")(
            dict(officer.context),  # pyright: ignore[reportArgumentType]
            {"package_id": dataset["id"], "upload": _upload(content), **values},
        )
        return {**dataset, "resource": resource["id"]}


def _upload(content: str) -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename="luoghi.csv")


def replaced(app: Any, officer: Person, dataset: dict[str, Any], content: str) -> None:
    context: Any = dict(officer.context)
    with app.flask_app.test_request_context():
        tk.get_action("resource_patch")(context, {"id": dataset["resource"], "upload": _upload(content)})


def one(code: str, label: str, column: int, total: int, severity: str = "error") -> dict[str, Any]:
    """Return a resource of a report with one finding."""
    rule = {"code": code, "severity": severity, "row": 2, "column": column, "params": {"label": label}}
    causes = [{"code": code, "column": column, "total": total}]
    resource = {"resource_id": "r", "name": "Luoghi", "verdict": "failed", "basis": "whole_file"}
    return {
        **resource,
        "format": "CSV",
        "rows": 9,
        "report": {"causes": causes, "tasks": []},
        "rules": [rule],
    }


def test_a_cause_is_the_same_where_its_column_only_moved() -> None:
    before = report_files.with_causes([one("unknown-column", "A", 3, 5)], str)
    moved = report_files.with_causes([one("unknown-column", "A", 4, 2)], str)
    other = report_files.with_causes([one("unknown-column", "B", 3, 1)], str)
    found = compare(before, moved)
    assert [(change.before, change.now) for change in found.still] == [(5, 2)]
    assert not found.new and not found.gone
    found = compare(before, other)
    assert [change.label for change in found.new] == ["B"]
    assert [(change.label, change.before) for change in found.gone] == [("A", 5)]
    assert not found.still


def test_a_column_s_meaning_is_found_by_any_of_its_names() -> None:
    by_name = meaning("opencoesione/localizzazioni", None, "COD_REGIONE", "it")
    by_label = meaning("opencoesione/localizzazioni", " COD_REGIONE ", None, "it")
    assert by_name is not None and by_name == by_label and (by_name.title or by_name.description)
    assert meaning("opencoesione/localizzazioni", "COD_REGIONE", None, "en") != by_name
    assert meaning("opencoesione/localizzazioni", "CHE_COSA", None, "it") is None
    assert meaning("no/such", "COD_REGIONE", None, "it") is None
    assert meaning(None, "COD_REGIONE", None, "it") is None


def test_no_form_of_the_list_runs_a_formula() -> None:
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\x01b"]
    row = {
        "file": "f",
        "severity": "error",
        "row": 2,
        "column": "c",
        "finding": "",
        "remedy": "",
        "code": "x",
    }
    rows = [{**row, "value": value} for value in bad]
    text = findings_table.as_csv(rows, str).decode("utf-8-sig")
    values = [line["Value"] for line in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")]
    assert values[:6] == [f"'{value}" for value in bad[:6]]
    sheet = load_workbook(io.BytesIO(findings_table.as_xlsx(rows, str))).active
    assert sheet is not None
    cells = [sheet.cell(number, 5) for number in range(2, 9)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).startswith("'") for cell in cells[:6]) and cells[6].value == "ab"
    assert [one["value"] for one in json.loads(findings_table.as_json(rows))["findings"]] == bad


def test_the_page_leads_to_each_finding_filters_them_and_tells_what_a_column_holds(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, TWO_KINDS)
    address = f"/dataset/{dataset['name']}/quality"
    page = app.get(address, headers=officer.headers).body
    for part in page.split('href="#f1-')[1:]:
        assert f'id="f1-{part.split(chr(34))[0]}"' in page
    assert "In breve" in page and page.count("oc-cause oc-error") == 2
    assert "Che cosa contiene questa colonna:" in page
    assert f"/quality/repair/{dataset['resource']}?repair=" in page
    filtered = app.get(f"{address}?column=COD_REGIONE", headers=officer.headers).body
    assert filtered.count("oc-cause oc-error") == 1
    assert "2 errori da correggere" in filtered
    none = app.get(f"{address}?severity=info&file=x", headers=officer.headers).body
    assert none.count("oc-cause ") == 0
    rows = json.loads(app.get(f"{address}.json", headers=officer.headers).data)["findings"]
    assert [(row["row"], row["column"]) for row in rows if row["severity"] == "error"] == [
        (2, "COD_REGIONE"),
        (3, "OC_TERRITORIO_PROG"),
    ]
    book = load_workbook(io.BytesIO(app.get(f"{address}.xlsx", headers=officer.headers).data))
    assert book.active is not None and book.active["C2"].value == 2
    app.get(f"{address}.pdf", headers=officer.headers, status=404)


def test_runs_are_kept_and_compared_for_editors_only(
    officer: Person, outsider: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, TWO_KINDS)
    replaced(app, officer, dataset, ONE_KIND)
    address = f"/dataset/{dataset['name']}/quality"
    page = app.get(address, headers=officer.headers).body
    assert "Dal controllo precedente" in page
    assert "Risolti" in page and "prima 1, adesso 2" in page
    context: Any = dict(officer.context)
    runs = tk.get_action("opencohesion_quality_history")(context, {"id": dataset["id"]})
    assert [(run["verdict"], run["errors"]) for run in runs["results"][:2]] == [("failed", 2), ("failed", 2)]
    assert app.get(f"{address}/runs", headers=officer.headers).body.count("?check=") == runs["count"]
    earlier = app.get(f"{address}?check={runs['results'][1]['id']}", headers=officer.headers).body
    assert "Questo è un controllo precedente" in earlier and "OC_TERRITORIO_PROG" in earlier
    app.get(f"{address}?check=nothing", headers=officer.headers, status=404)

    replaced(app, officer, dataset, ONE_KIND.replace('"18"', '"018"').replace('"8"', '"018"'))
    page = app.get(address).body
    assert "Dal controllo precedente" not in page and "Tutti i controlli" not in page
    for path in (f"{address}/runs", f"{address}?check={runs['results'][0]['id']}"):
        app.get(path, status=404)
        app.get(path, headers=outsider.headers, status=404)


def test_no_form_of_the_report_repeats_a_personal_code(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, PERSONAL)
    address = f"/dataset/{dataset['name']}/quality"
    assert "DEN_REGIONE" in app.get(address, headers=officer.headers).body
    for path in (address, f"{address}.csv", f"{address}.json", f"{address}/runs"):
        assert MARIO.encode() not in app.get(path, headers=officer.headers).data
    book = load_workbook(io.BytesIO(app.get(f"{address}.xlsx", headers=officer.headers).data))
    assert book.active is not None
    assert not any(MARIO in str(cell) for row in book.active.values for cell in row)


def test_everyone_reads_in_short_what_was_proven_of_what_is_live(
    officer: Person, outsider: Person, organization: dict[str, Any], app: Any
) -> None:
    good = ONE_KIND.replace('"18"', '"018"').replace('"8"', '"018"')
    dataset = saved(app, officer, organization, good)
    address = f"/dataset/{dataset['name']}/quality"
    found = app.get(f"{address}/summary.json").json
    assert (found["live"], found["status"], found["basis"]) == (True, "passed", "whole_file")
    [file] = found["files"]
    assert (file["table_schema"], file["rows"], file["errors"]) == ("opencoesione/localizzazioni", 2, 0)
    assert file["sha256"] and file["ruleset"] and file["checked"] and found["repairs"] == []
    badge = app.get(f"{address}/badge.svg")
    assert badge.mimetype == "image/svg+xml"
    assert "controllata" in badge.body and "<script" not in badge.body
    ElementTree.fromstring(badge.data)
    page = app.get(f"/dataset/{dataset['name']}").body
    assert "opencoesione/localizzazioni" in page and "Regole:" in page and f"{address}/summary.json" in page

    held = saved(app, officer, organization, ONE_KIND)
    for path in ("summary.json", "badge.svg"):
        app.get(f"/dataset/{held['name']}/quality/{path}", status=404)
        app.get(f"/dataset/{held['name']}/quality/{path}", headers=outsider.headers, status=404)
    assert (
        "non ancora pubblica"
        in app.get(f"/dataset/{held['name']}/quality/badge.svg", headers=officer.headers).body
    )
