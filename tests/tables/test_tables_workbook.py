"""XLSX: typed cells are judged as values, and no workbook can hurt who opens it."""

from __future__ import annotations

import resource
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from table_files import PAYMENTS, PLACES, cells_of, errors_of, header, judge, payment, write_xlsx

from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.limits import MIB, Limits
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.reading import read_rows
from ckanext.opencohesion.tables.source import Note, TableSource


def probed(path: Path, **options: object) -> TableSource:
    return probe(path, filename=path.name, profile=load_profile(PAYMENTS), **options)  # pyright: ignore[reportArgumentType]


def refused(path: Path, **options: object) -> UnreadableTableError:
    with pytest.raises(UnreadableTableError) as caught:
        probed(path, **options)
    return caught.value


def replaced(path: Path, member: str, content: bytes) -> Path:
    """Return a copy of the workbook with one part replaced or added."""
    copy = path.with_name(f"copy-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != member:
                new.writestr(info, old.read(info))
        new.writestr(member, content)
    return copy


def test_native_numbers_and_dates_are_values(tmp_path: Path) -> None:
    row = payment(Pagamento_Totale=12.5, Finanziamento_Totale=7, Data_di_Estrazione=datetime(2026, 6, 13))

    assert judge(write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), row]), PAYMENTS).valid


def test_native_values_of_the_wrong_kind_fail(tmp_path: Path) -> None:
    rows = [
        header(PAYMENTS),
        payment(Data_di_Estrazione=46186),
        payment(Pagamento_Totale=True),
        payment(Data_di_Estrazione=datetime(2026, 6, 13, 10, 30)),
        payment(Pagamento_Totale=-1),
    ]
    report = judge(write_xlsx(tmp_path / "x.xlsx", rows), PAYMENTS)

    assert [(row, field) for row, field, _ in cells_of(report)] == [
        (2, "Data di Estrazione"),
        (3, "Pagamento Totale"),
        (4, "Data di Estrazione"),
        (5, "Pagamento Totale"),
    ]


def test_a_code_typed_as_a_number_is_judged_as_it_reads(tmp_path: Path) -> None:
    row = ["M1C1I1.02.00", None, "B11C22000180006", 17.0, 18, None, 78, None, 102, None, None, 87036, None]
    report = judge(write_xlsx(tmp_path / "x.xlsx", [header(PLACES, "2023-validati"), row]), PLACES)

    assert cells_of(report) == [(2, "Codice Provincia", "78")]


def test_formatted_emptiness_around_the_table_is_no_data(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet["AZ40"].number_format = "0.00"
    book.save(path)

    assert judge(path, PAYMENTS).valid
    assert len(list(read_rows(probed(path)))) == 2


def test_an_empty_row_in_the_middle_is_told(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment(), [None] * 22, payment()])

    assert errors_of(judge(path, PAYMENTS)) == {("blank-row", None): 1}


def test_the_first_filled_sheet_is_read_and_others_are_told(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [], Dati=[header(PAYMENTS), payment()], Note=[["x"]])

    source = probed(path)
    assert source.sheet == "Dati"
    assert source.notes == (Note("other-sheets", "warning", params={"sheet": "Dati", "others": "Note"}),)
    assert probed(path, sheet="Note").labels == ("x",)
    assert refused(path, sheet="Altro").params == {"sheet": "Altro", "sheets": "Dati, Note"}


def test_a_workbook_without_values_is_refused(tmp_path: Path) -> None:
    assert refused(write_xlsx(tmp_path / "x.xlsx", [])).code == "empty-workbook"


def test_formulas_that_were_never_computed_are_told_with_their_cells(tmp_path: Path) -> None:
    rows = [header(PAYMENTS), payment(Pagamento_Totale="=1+1"), payment(), payment(Pagamento_Totale="=G2")]
    notes = probed(write_xlsx(tmp_path / "x.xlsx", rows)).notes

    assert notes == (
        Note("formula-without-value", "error", 2, 7, {"count": 2, "cells": "G2, G4"}),
        Note("formulas", "info", params={"count": 2}),
    )


def test_a_computed_formula_counts_as_its_value_and_an_error_as_none(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment(Pagamento_Totale="=1+1"), payment()])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    good = replaced(
        path, "xl/worksheets/sheet1.xml", sheet.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    )
    assert judge(good, PAYMENTS).valid
    assert [note.code for note in probed(good).notes] == ["formulas"]

    broken = sheet.replace(b'<c r="G2"><f>1+1</f><v></v>', b'<c r="G2" t="e"><f>1+1</f><v>#REF!</v>')
    assert broken != sheet
    bad = replaced(path, "xl/worksheets/sheet1.xml", broken)
    assert [note.code for note in probed(bad).notes] == ["formula-with-error", "formulas"]


def test_a_gigabyte_of_zeros_is_refused_in_no_time_and_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(1024):
                member.write(bytes(MIB))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    assert refused(path).code == "archive-bomb"
    assert time.monotonic() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_size_that_lies_is_not_believed(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    start = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    assert content[start + 24 : start + 28] == real
    content[start + 24 : start + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)

    assert refused(path).code == "broken-archive"


def test_many_bytes_that_really_come_out_are_counted(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])

    assert refused(path, limits=Limits(inflated_bytes=1_000)).code == "archive-bomb"


def test_a_document_type_is_refused_before_anything_is_parsed(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'

    for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
        assert refused(replaced(path, part, evil)).code == "xml-entities"


def test_broken_workbooks_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(path.read_bytes()[:-400])

    assert refused(cut).code in ("broken-archive", "not-a-table-format")
    assert (
        refused(replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")).code
        == "broken-workbook"
    )
    assert refused(replaced(path, "xl/workbook.xml", b"<workbook")).code == "broken-workbook"


def test_a_sheet_that_declares_a_huge_size_costs_nothing(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    huge = sheet.replace(b'<dimension ref="A1:V2"', b'<dimension ref="A1:XFD1048576"')
    assert huge != sheet
    started = time.monotonic()

    assert judge(replaced(path, "xl/worksheets/sheet1.xml", huge), PAYMENTS).valid
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("cell", "code"), [(b'<row r="9000000"><c r="A9000000"><v>1</v></c></row>', "too-many-rows")]
)
def test_a_row_number_beyond_the_format_is_refused(tmp_path: Path, cell: bytes, code: str) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", [header(PAYMENTS), payment()])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = replaced(path, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", cell + b"</sheetData>"))

    with pytest.raises(UnreadableTableError, match=code):
        list(read_rows(probed(far)))
