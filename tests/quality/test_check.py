"""One file in, what was found out: tables, other formats, and that frictionless is the judge."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from frictionless import Report
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.tax_codes import MARIO, personal_tax_codes

from ckanext.opencohesion.quality.judging.check import RULESET, check_file
from ckanext.opencohesion.quality.judging.limits import CheckLimits
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.quality.judging.scan import _PIECE, scan_file
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.reading import file_schema

PARTIES = "italiadomani/pnrr_soggetti"
PAYMENTS = "italiadomani/pnrr_pagamenti"
PROFILE = load_profile(PARTIES)
PARTIES_HEADER = [field.name for field in PROFILE.fields if PROFILE.releases[-1] in field.labels]
GOOD_PARTY = {
    "Descrizione Submisura": "Abilitazione al cloud",
    "CUP": "B11C22000180006",
    "Codice Locale Progetto": "PRJ_1",
    "Ruolo soggetto": "02",
    "Descrizione del ruolo del soggetto": "DESTINATARIO FINALE",
    "Codice fiscale soggetto": "02830270803",
    "Denominazione": "ACME SRL",
    "Forma giuridica": "11",
    "Descrizione forma giuridica": "Società a responsabilità limitata",
    "Codice ATECO": "62.01",
    "Data di aggiornamento": "21/02/2023",
}


def write(path: Path, rows: list[list[str]], *, delimiter: str = ";") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def parties(path: Path, *changes: dict[str, str]) -> Path:
    rows = [[{**GOOD_PARTY, **change}[name] for name in PARTIES_HEADER] for change in changes]
    return write(path, [PARTIES_HEADER, *rows])


def check(path: Path, schema: str | None = None, **options: Any) -> FileCheck:
    return check_file(path, filename=path.name, table_schema=schema, **options)


def codes(found: FileCheck) -> list[str]:
    return [finding.get("code") or finding["type"] for finding in found.findings()]


def places(found: FileCheck) -> list[tuple[str, int | None, int | None]]:
    errors = found.report["tasks"][0]["errors"]
    return [(error["type"], error.get("rowNumber"), error.get("fieldNumber")) for error in errors]


# Tables with a Table Schema


def test_a_sound_table_passes(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}, {"CUP": "B11C22000180007"}), PARTIES)
    assert (found.verdict, found.basis, found.format, found.rows, found.columns) == (
        "passed",
        "whole_file",
        "CSV",
        2,
        11,
    )
    assert found.findings() == []
    assert found.report["valid"]


def test_an_error_is_told_with_row_column_and_cell(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}, {"CUP": "B11C220001"}), PARTIES)
    assert found.verdict == "failed"
    (error,) = found.report["tasks"][0]["errors"]
    column = PARTIES_HEADER.index("CUP") + 1
    assert (error["type"], error["rowNumber"], error["fieldNumber"]) == ("constraint-error", 3, column)
    assert (error["fieldName"], error["cell"]) == ("CUP", "B11C220001")


@pytest.mark.parametrize("value", ["NaN", "1e3", "inf", "-Infinity", "1_000"])
def test_numbers_that_only_python_reads_are_refused(tmp_path: Path, value: str) -> None:
    names = [field.labels["2026"] for field in load_profile(PAYMENTS).fields]
    row = {"CUP": "B11C22000180006", "Codice Locale Progetto": "P", "Finanziamento Totale": value}
    found = check(write(tmp_path / "a.csv", [names, [row.get(name, "") for name in names]]), PAYMENTS)
    assert ("number-form", 2, names.index("Finanziamento Totale") + 1) in places(found)


def test_the_header_of_an_older_release_is_accepted_and_told(tmp_path: Path) -> None:
    profile = load_profile(PAYMENTS)
    fields = [field for field in profile.fields if "2025" in field.labels]
    row = {
        "CUP": "B11C22000180006",
        "Codice Locale Progetto": "P",
        "Codice Univoco Submisura": "M1C1I1.02.00",
    }
    path = write(
        tmp_path / "a.csv",
        [[field.labels["2025"] for field in fields], [row.get(field.name, "") for field in fields]],
    )
    found = check(path, PAYMENTS)
    assert found.verdict == "passed"
    (renamed,) = [item for item in found.rules if item["code"] == "renamed-columns"]
    assert renamed["severity"] == "info"
    assert renamed["params"]["release"] == "2025"


def test_a_required_column_that_is_missing_holds_the_table_back(tmp_path: Path) -> None:
    found = check(write(tmp_path / "a.csv", [["CUP", "Denominazione"], ["B11C22000180006", "X"]]), PARTIES)
    assert found.verdict == "failed"
    missing = {item["params"]["field"] for item in found.rules if item["code"] == "missing-column"}
    assert missing == {field.name for field in load_profile(PARTIES).fields if field.required} - {"CUP"}


def test_unknown_columns_blanks_and_byte_order_marks_in_labels_are_warnings(tmp_path: Path) -> None:
    header = [*PARTIES_HEADER, "Nuova colonna"]
    header[1] = "CUP "
    header[4] = "\ufeff" + header[4]
    rows = [header, [GOOD_PARTY[name] for name in PARTIES_HEADER] + ["x"]]
    found = check(write(tmp_path / "a.csv", rows), PARTIES)
    assert found.verdict == "passed"
    told = {(item["code"], item["column"]) for item in found.rules if item["severity"] == "warning"}
    assert told == {("blank-edged-label", 2), ("bom-in-label", 5), ("unknown-column", 12)}


def test_a_header_of_another_table_is_told_as_such(tmp_path: Path) -> None:
    found = check(write(tmp_path / "a.csv", [["a", "b"], ["1", "2"]]), PARTIES)
    assert (found.verdict, codes(found)) == ("failed", ["foreign-header"])


def test_an_unknown_table_schema_is_told(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}), "../../etc/passwd")
    assert (found.verdict, codes(found)) == ("unreadable", ["unknown-table-schema"])


def test_a_workbook_is_judged_like_its_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(PARTIES_HEADER)
    sheet.append([GOOD_PARTY[name] for name in PARTIES_HEADER])
    sheet.append([{**GOOD_PARTY, "CUP": "short"}[name] for name in PARTIES_HEADER])
    book.save(tmp_path / "a.xlsx")
    found = check(tmp_path / "a.xlsx", PARTIES)
    assert (found.format, found.rows) == ("XLSX", 2)
    assert places(found) == [("constraint-error", 3, 2)]


# Tables without one


def test_without_a_table_schema_the_structure_is_judged(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", [["a", "b", "a", ""], ["1", "2", "3", "4"], ["1"], [], ["1", "2", "3", "4", "5"]]
    )
    found = check(path)
    assert (found.verdict, found.basis) == ("failed", "structure")
    assert {kind for kind, _, _ in places(found)} == {
        "duplicate-label",
        "blank-label",
        "missing-cell",
        "blank-row",
        "extra-cell",
    }


# Other formats

GEOJSON = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"nome": "Cosenza"}, '
    '"geometry": {"type": "Point", "coordinates": [16.25, 39.3]}}]}'
)


def test_a_format_is_held_to_what_was_declared(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GEOJSON)
    assert check(path, declared_format="GEOJSON").verdict == "passed"
    found = check(path, declared_format="CSV")
    assert (found.verdict, codes(found)) == ("failed", ["format-mismatch"])
    assert found.format == "GEOJSON"


@pytest.mark.parametrize(
    ("declared", "content", "verdict"),
    [
        ("JSON", GEOJSON, "passed"),
        ("JSON", '{"type": "FeatureCollection", "features": []}', "unreadable"),
        ("GEOJSON", '{"a": 1}', "failed"),
        ("XML", '<kml xmlns="http://www.opengis.net/kml/2.2"></kml>', "passed"),
        ("KML", "<a/>", "failed"),
        ("TXT", '{"a": 1}', "passed"),
        ("CSV", '{"a": 1}', "failed"),
    ],
)
def test_a_format_is_also_what_it_is_a_kind_of(
    tmp_path: Path, declared: str, content: str, verdict: str
) -> None:
    (tmp_path / "dati").write_text(content)
    assert check(tmp_path / "dati", declared_format=declared).verdict == verdict


def test_the_address_of_a_format_in_the_authority_table_will_do(tmp_path: Path) -> None:
    address = "http://publications.europa.eu/resource/authority/file-type/CSV"
    assert check(parties(tmp_path / "a.csv", {}), PARTIES, declared_format=address).verdict == "passed"


def test_a_table_schema_wants_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1, 2]")
    assert codes(check(path, PARTIES)) == ["not-a-table"]


@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.xml"])
def test_personal_codes_are_found_in_other_formats_too(tmp_path: Path, name: str) -> None:
    contents = {"a.json": f'[1,\n"{MARIO}"]', "a.txt": f"x\n{MARIO}", "a.xml": f"<a>\n<b>{MARIO}</b></a>"}
    (tmp_path / name).write_text(contents[name])
    found = check(tmp_path / name)
    (told,) = found.rules
    assert (found.verdict, told["code"], told["params"]["line"]) == ("failed", "P1-file", 2)


def test_personal_codes_are_found_in_every_member_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a;b\n")
        archive.writestr("b/c.dbf", b"\x03\0\0" + f"   {MARIO}   ".encode())
    found = check(path)
    assert [(told["code"], told["params"]["member"]) for told in found.rules] == [("P1-file", "b/c.dbf")]


@given(st.integers(0, 120), st.sampled_from([MARIO, "RSS MRA 80A01 H501U"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_code_is_found_once_where_two_pieces_meet(tmp_path: Path, before_end: int, code: str) -> None:
    path = tmp_path / "a.json"
    path.write_text("\n" * (_PIECE - before_end) + f" {code} " + " " * 200)
    (hit,) = scan_file(path, most_bytes=1 << 30)
    assert (hit.count, hit.first_line) == (1, _PIECE - before_end + 1)


def test_personal_codes_are_found_in_other_sheets_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", "b"])
    book.worksheets[0].append(["1", "2"])
    hidden = book.create_sheet("Foglio2")
    hidden.sheet_state = "hidden"
    hidden.append(["x", f"di {MARIO}"])
    book.save(tmp_path / "a.xlsx")
    found = check(tmp_path / "a.xlsx")
    assert found.verdict == "failed"
    assert "P1-file" in codes(found)


def test_personal_codes_above_the_header_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["", ""], ["a", "b"], ["1", "2"]])
    path.write_bytes(path.read_bytes().replace(b";", f"{MARIO};".encode(), 1))
    assert check(path).verdict == "failed"


# Frictionless is the judge

_LABELS = ["CUP", "Codice Locale Progetto", "Ruolo soggetto", "Data di aggiornamento", "ignota"]
_CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "B11C22000180006",
            "b11c22000180006",
            "02",
            "2",
            "21/02/2023",
            "31/02/2023",
            "2023-02-21",
            "NaN",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6),
    st.sampled_from(["a;b", 'di "x"', "due\nrighe", "è", "€ 1,00", "1,50"]),
)


def _plain(path: Path, schema: str | None) -> list[tuple[str, int | None, int | None]]:
    """What frictionless alone finds, reading the file itself."""
    profile = load_profile(schema) if schema else None
    source = probe(path, filename=path.name, profile=profile)
    descriptor = {
        "name": "plain",
        "path": path.name,
        "encoding": "utf-8-sig",
        "schema": file_schema(source, profile),
        # what is not told here, frictionless guesses from the first lines: it takes blanks at the start of cells for noise
        "dialect": {
            "headerRows": [source.header_row],
            "csv": {"delimiter": source.delimiter, "skipInitialSpace": False},
        },
    }
    report = TableResource.from_descriptor(descriptor, basepath=str(path.parent)).validate(limit_errors=0)
    return [
        (error.type, getattr(error, "row_number", None), getattr(error, "field_number", None))
        for error in report.tasks[0].errors
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    schema=st.sampled_from([PARTIES, None]),
    labels=st.permutations(_LABELS),
    rows=st.lists(st.lists(_CELLS, max_size=6), min_size=1, max_size=8),
)
def test_the_errors_are_those_of_frictionless_alone(
    tmp_path: Path, schema: str | None, labels: list[str], rows: list[list[str]]
) -> None:
    path = write(tmp_path / "t.csv", [labels, *rows])
    found = places(check(path, schema))
    # a row in which nothing but a date is filled has one finding, in place of one for each required cell
    said = {("constraint-error", row) for code, row, _ in found if code == "only-filled"}
    own = {"P1", "P2", "P3", "number-form", "only-filled"}
    ours = [place for place in found if place[0] not in own]
    assert ours == [place for place in _plain(path, schema) if place[:2] not in said]


# No report repeats what it found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    schema=st.sampled_from([PARTIES, None]),
    codes=st.lists(personal_tax_codes(), min_size=1, max_size=3),
    rows=st.lists(st.lists(_CELLS, min_size=5, max_size=6), min_size=1, max_size=5),
    data=st.data(),
)
def test_no_report_repeats_a_personal_code(
    tmp_path: Path, schema: str | None, codes: list[str], rows: list[list[str]], data: st.DataObject
) -> None:
    table = [list(_LABELS), *rows]
    for code in codes:
        row = data.draw(st.integers(0, len(table) - 1))
        column = data.draw(st.integers(0, len(table[row]) - 1))
        around = data.draw(st.sampled_from(["", "a ", "(", "€"]))
        table[row][column] = f"{around}{code}"
    path = write(tmp_path / "t.csv", table)
    found = check(path, schema)
    assert found.verdict in {"failed", "unreadable"}
    told = json.dumps(found.to_dict(), ensure_ascii=False)
    planted = [cell for row in table for cell in row for code in codes if code in cell]
    assert not [code for code in codes if any(code in cell for cell in planted) and code in told]


def test_no_report_repeats_a_name_beside_a_masked_code(tmp_path: Path) -> None:
    name = "ROSSI MARIO ANTONIO"
    broken = {
        "Denominazione": name,
        "Codice fiscale soggetto": "*CODICE FISCALE*",
        "CUP": name,
        "Ruolo soggetto": name,
    }
    found = check(parties(tmp_path / "a.csv", broken), PARTIES)
    assert ("P2", 2, PARTIES_HEADER.index("Denominazione") + 1) in places(found)
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_a_file_without_header_is_not_quoted_in_column_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["ROSSI MARIO", MARIO, ""], ["VERDI ANNA", "", "x"], ["a"]])
    found = check(path)
    assert "P1-header" in codes(found)
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_a_header_that_is_a_row_of_data_is_not_quoted_in_the_rules_either(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["CUP", "ROSSI MARIO ", MARIO], ["B11C22000180006", "x", "y"]])
    found = check(path, PARTIES)
    assert found.verdict == "failed"
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_long_texts_are_cut_after_they_were_masked(tmp_path: Path) -> None:
    long = "x" * 195 + f" {MARIO} " + "y" * 100_000
    path = write(tmp_path / "a.csv", [["CUP", long, long], [long, "", ""], ["a", "b", "c", long]])
    found = check(path, PARTIES)
    told = json.dumps(found.to_dict())
    assert len(told) < 20_000
    assert MARIO[:5] not in told


def test_a_report_holds_no_path_of_this_machine(tmp_path: Path) -> None:
    found = check_file(
        parties(tmp_path / "stored-9f86", {"CUP": "x"}), filename="dati.csv", table_schema=PARTIES
    )
    told = json.dumps(found.to_dict())
    assert "stored-9f86" not in told
    assert str(tmp_path) not in told


# Limits


def test_every_error_is_counted_and_few_are_shown(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", *[{"CUP": "x", "Ruolo soggetto": "x"}] * 400), PARTIES)
    assert {
        (cause["code"], cause["label"], cause["total"], cause["shown"]) for cause in found.report["causes"]
    } == {
        ("constraint-error:pattern", "CUP", 400, 25),
        ("constraint-error:pattern", "Ruolo soggetto", 400, 25),
    }
    assert found.report["stats"]["errors"] == 800
    assert len(found.report["tasks"][0]["errors"]) == 50
    assert len(json.dumps(found.to_dict())) < 60_000


def test_no_cause_goes_untold_where_one_fills_the_report(tmp_path: Path) -> None:
    limits = CheckLimits(errors_shown=5)
    rows = [{"CUP": "x"}] * 50 + [{"Ruolo soggetto": "x"}] * 2
    found = check(parties(tmp_path / "a.csv", *rows), PARTIES, limits=limits)
    assert {(cause["label"], cause["shown"]) for cause in found.report["causes"]} == {
        ("CUP", 5),
        ("Ruolo soggetto", 1),
    }


def test_a_check_that_takes_too_long_stops_and_says_so(tmp_path: Path) -> None:
    path = parties(tmp_path / "a.csv", *[{"CUP": "x"}] * 50)
    found = check(path, PARTIES, limits=CheckLimits(seconds=0, rows_per_progress=10))
    assert found.verdict == "unreadable"
    assert "check-too-long" in codes(found)
    assert found.report["causes"][0]["total"] == 10


def test_a_table_with_too_many_cells_is_not_judged_to_its_end(tmp_path: Path) -> None:
    path = parties(tmp_path / "a.csv", *[{}] * 50)
    found = check(path, PARTIES, limits=CheckLimits(cells=100, rows_per_progress=5))
    assert (found.verdict, codes(found)) == ("unreadable", ["too-many-cells"])


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}), PARTIES, limits=CheckLimits(file_bytes=100))
    assert (found.verdict, codes(found)) == ("unreadable", ["file-too-large"])


def test_who_called_may_stop_the_check(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    seen = []

    def stop(rows: int) -> None:
        seen.append(rows)
        if rows >= 20:
            raise StopError

    with pytest.raises(StopError):
        check(
            parties(tmp_path / "a.csv", *[{}] * 50),
            PARTIES,
            progress=stop,
            limits=CheckLimits(rows_per_progress=10),
        )
    assert seen == [10, 20]


# What it rests on


def test_the_report_is_a_frictionless_report(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {"Codice fiscale soggetto": MARIO, "CUP": "x"}), PARTIES)
    report = Report.from_descriptor(found.report)
    assert sorted(error.type for error in report.tasks[0].errors) == ["P1", "constraint-error"]
    assert not report.valid
    assert Report.from_descriptor(check(tmp_path / "a.csv", "no/such").report).tasks == []


def test_frictionless_reads_no_other_file(tmp_path: Path) -> None:
    """Cells, labels and names that look like addresses and paths are only text."""
    secret = tmp_path / "secret.csv"
    secret.write_text("top;secret\n1;2\n")
    rows = [[str(secret), f"file://{secret}"], [str(secret), "http://127.0.0.1:9/x.csv"]]
    path = write(tmp_path / "a.csv", rows)
    check(path)  # imports are done
    opened: list[str] = []

    def record(event: str, arguments: tuple[Any, ...]) -> None:
        if recording and (event.startswith("socket.") or event == "open"):
            opened.append(str(arguments[0]))

    recording = True
    sys.addaudithook(record)
    work = tmp_path / "work"
    work.mkdir()
    check_file(path, filename=f"file://{secret}", table_schema=None, work=work)
    recording = False
    assert {name for name in opened if not name.startswith(f"{work}/")} == {str(path)}


def test_the_ruleset_names_the_rules(tmp_path: Path) -> None:
    assert RULESET.startswith("2-")
    assert len(RULESET) < 20
