"""Bad files: each is a report line that says what is wrong and what to do, never an exception."""

from __future__ import annotations

import json
import resource
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.quality.wording.messages import explain

PARTIES = "italiadomani/pnrr_soggetti"
HEADER = b"CUP;Codice Locale Progetto;Denominazione\r\n"
ROW = b"B11C22000180006;PRJ_1;ACME SRL\r\n"


def check(
    path: Path, schema: str | None = None, declared: str | None = "CSV", name: str | None = None
) -> FileCheck:
    found = check_file(path, filename=name or path.name, declared_format=declared, table_schema=schema)
    for finding in found.findings():
        told = explain(finding)
        assert told.title and told.detail and told.remedy
        assert "–" not in told.sentence, f"a sentence with a gap: {told.sentence}"
        assert "{" not in told.sentence
    json.dumps(found.to_dict())
    return found


def codes(found: FileCheck) -> set[str]:
    return {explain(finding).code for finding in found.findings()}


def file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("schema", [PARTIES, None])
@pytest.mark.parametrize(
    ("content", "verdict", "code"),
    [
        (b"", "unreadable", "empty-file"),
        (b"\xef\xbb\xbf", "unreadable", "empty-file"),
        (b"   \r\n \r\n", "unreadable", "empty-file"),
        (HEADER, "failed", "no-rows"),
        (HEADER + ROW * 3 + "B1;P;Città ".encode() * 9 + b"\xe8\r\n", "unreadable", "broken-utf8"),
        (HEADER + b"B1;P;\x81\x8d\r\n", "unreadable", "unknown-encoding"),
        (HEADER + b"B1;P;a\0b\r\n", "unreadable", "nul-bytes"),
        (HEADER.decode().encode("utf-16"), "unreadable", "utf-16"),
        (HEADER + ROW + b"B11C22000180006;PRJ_1\r\n", "failed", "missing-cell"),
        (HEADER + ROW + b"B11C22000180006;PRJ_1;X;Y;Z\r\n", "failed", "extra-cell"),
        (HEADER + ROW + b"\r\n;;\r\n", "failed", "blank-row"),
        (b"<!DOCTYPE html><html><body>Accesso negato</body></html>", "failed", "format-mismatch"),
        (b'{"detail": "Request was throttled."}', "failed", "format-mismatch"),
        (b"%PDF-1.7\n%%EOF", "failed", "format-mismatch"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "unreadable", "does-not-open"),
        (bytes(range(1, 256)) * 100, "unreadable", "not-text"),
        (b"PK\x03\x04" + b"\0" * 100, "unreadable", "broken-archive"),
    ],
)
def test_each_is_told_with_its_remedy(
    tmp_path: Path, content: bytes, verdict: str, code: str, schema: str | None
) -> None:
    found = check(file(tmp_path / "dati.csv", content), schema)
    assert found.verdict == verdict
    assert code in codes(found)


def test_windows_1252_is_read_and_told(tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", HEADER + "B11C22000180006;PRJ_1;Società di Città\r\n".encode("cp1252"))
    assert codes(check(path, PARTIES)) >= {"wrong-encoding"}
    assert codes(check(path)) == {"not-utf8"}


def test_another_delimiter_than_the_tables_is_told(tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", (HEADER + ROW).replace(b";", b","))
    found = check(path, PARTIES)
    assert (found.verdict, "wrong-delimiter" in codes(found)) == ("failed", True)


def test_a_delimiter_that_nobody_uses(tmp_path: Path) -> None:
    found = check(file(tmp_path / "a.csv", (HEADER + ROW).replace(b";", b"^")), PARTIES)
    assert (found.verdict, codes(found)) == ("failed", {"foreign-header"})


def test_one_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(HEADER)
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
    started = time.monotonic()
    found = check(path, PARTIES)
    assert (found.verdict, "record-too-long" in codes(found)) == ("unreadable", True)
    assert time.monotonic() - started < 30
    assert len(json.dumps(found.to_dict())) < 20_000


def test_the_only_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    found = check(file(tmp_path / "a.csv", b"a;b;" * 25_000_000))
    assert (found.verdict, codes(found)) == ("unreadable", {"record-too-long"})


def test_a_quotation_mark_that_never_closes(tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv", HEADER + ROW * 200 + b'B11C22000180006;"PRJ_1;X\r\n' + ROW * 300_000)
    found = check(path, PARTIES)
    assert (found.verdict, "record-too-long" in codes(found)) == ("unreadable", True)


def test_a_gigabyte_of_zeros_zipped_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(1024):
                member.write(bytes(1 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    found = check(path, declared="XLSX")
    assert (found.verdict, codes(found)) == ("unreadable", {"archive-bomb"})
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_workbook_with_formulas_never_computed(tmp_path: Path) -> None:
    found = check(workbook(tmp_path / "a.xlsx", ["a", "b"], [1, "=A2*2"]), declared="XLSX")
    assert found.verdict == "failed"
    assert "formula-without-value" in codes(found)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_workbook_cut_short(tmp_path: Path, share: float) -> None:
    path = workbook(tmp_path / "a.xlsx", *[[f"x{i}", i] for i in range(500)])
    content = path.read_bytes()
    found = check(file(path, content[: int(len(content) * share)]), declared="XLSX")
    assert (found.verdict, codes(found)) == ("unreadable", {"broken-archive"})


def test_a_workbook_with_a_broken_sheet(tmp_path: Path) -> None:
    good, path = workbook(tmp_path / "good.xlsx", ["a", "b"], ["1", "2"]), tmp_path / "a.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info, content[:150] if info.filename.endswith("sheet1.xml") else content)
    found = check(path, declared="XLSX")
    assert found.verdict == "unreadable"
    assert codes(found) <= {"broken-workbook", "empty-workbook"}


def test_a_web_page_named_csv_without_a_declared_format(tmp_path: Path) -> None:
    path = file(tmp_path / "dati.csv", b"<!DOCTYPE html><html><body>Login</body></html>")
    found = check(path, PARTIES, declared=None)
    assert found.verdict == "failed"
    assert found.format == "HTML"


def test_names_of_files_are_only_text(tmp_path: Path) -> None:
    path = file(tmp_path / "a", HEADER + ROW)
    for name in ("/etc/passwd.csv", "http://127.0.0.1/a.csv", "a\n{b}.csv", "$HOME.csv", "../a.csv", ""):
        assert check(path, PARTIES, name=name).verdict == "passed"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=200).map(lambda tail: HEADER + ROW + tail),
        st.binary(max_size=100).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(max_size=200).map(str.encode),
    ),
    schema=st.sampled_from([PARTIES, None]),
    declared=st.sampled_from(["CSV", "XLSX", "JSON", "ZIP", None]),
    suffix=st.sampled_from([".csv", ".xlsx", ".json", ".zip", ".geojson", ".xml", ""]),
)
def test_no_bytes_lead_to_an_exception(
    tmp_path: Path, content: bytes, schema: str | None, declared: str | None, suffix: str
) -> None:
    path = file(tmp_path / "a", content)
    found = check_file(path, filename=f"a{suffix}", declared_format=declared, table_schema=schema)
    assert found.verdict in {"passed", "failed", "unreadable"}
    assert found.verdict == "passed" or found.findings()
    json.dumps(found.to_dict())
