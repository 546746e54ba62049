"""One file in, what was found out: formats other than tables, and what no table row holds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from check_world import (
    PARTIES,
    check,
    codes,
    parties,
    write,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.tax_codes import MARIO

from ckanext.opencohesion.quality.judging import scan

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
    path, piece = tmp_path / "a.json", 4096
    path.write_text("\n" * (piece - before_end) + f" {code} " + " " * 200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_PIECE", piece)
        (hit,) = scan.scan_file(path, most_bytes=1 << 30)
    assert (hit.count, hit.first_line) == (1, piece - before_end + 1)


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
