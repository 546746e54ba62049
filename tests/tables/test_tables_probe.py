"""Probing finds how a file is written, and says clearly why it can not be read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import COHESION, PAYMENTS, PLACES, csv_bytes, header, payment, write_csv

from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.limits import Limits
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids
from ckanext.opencohesion.tables.reading import read_rows
from ckanext.opencohesion.tables.source import TableSource

# What both encodings of our dialects can write; blanks, quotes, delimiters and line breaks included.
CELL = st.text(
    alphabet=st.characters(codec="cp1252", exclude_categories=("Cc",)) | st.sampled_from(";,\t|\"'\n"),
    max_size=20,
)


def probed(path: Path, profile_id: str | None = None, limits: Limits | None = None) -> TableSource:
    profile = load_profile(profile_id) if profile_id else None
    return probe(path, filename=path.name, profile=profile, limits=limits or Limits())


def refused(path: Path, profile_id: str | None = None, limits: Limits | None = None) -> UnreadableTableError:
    with pytest.raises(UnreadableTableError) as caught:
        probed(path, profile_id, limits)
    return caught.value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_a_file_of_our_dialects_is_read_back_as_it_was_written(tmp_path: Path, data: st.DataObject) -> None:
    profile_id = data.draw(st.sampled_from(profile_ids()))
    labels = header(profile_id, data.draw(st.sampled_from(load_profile(profile_id).releases)))
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(labels), max_size=len(labels)), max_size=4))
    delimiter = data.draw(st.sampled_from(";,\t|"))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
    end = data.draw(st.sampled_from(["\r\n", "\n"]))
    path = write_csv(tmp_path / "x.csv", [labels, *rows], delimiter=delimiter, encoding=encoding, end=end)

    try:
        source = probed(path, profile_id)
    except UnreadableTableError as error:
        # Accents that happen to spell well-formed UTF-8 are the one thing that bytes can not tell apart.
        assert encoding == "cp1252" and error.code in ("broken-utf8", "unknown-encoding")
        return

    assert source.delimiter == delimiter
    assert source.has_bom == (encoding == "utf-8-sig")
    assert list(source.labels) == labels
    assert source.header is not None and None not in source.header.canonical
    if encoding != "cp1252" or source.encoding == "windows-1252":
        assert list(read_rows(source)) == [labels, *rows]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_without_a_profile_the_most_regular_delimiter_wins(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "nome, cognome", "importo"], ["1", "a, b", "1.5"], ["2", "c; d", "7"]]
    source = probed(write_csv(tmp_path / "x.csv", rows, delimiter=delimiter))

    assert source.delimiter == delimiter
    assert source.labels == ("id", "nome, cognome", "importo")


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    source = probed(write_csv(tmp_path / "x.csv", [["CUP"], ["B11C22000180006"]]))

    assert source.labels == ("CUP",)


def test_the_wrong_delimiter_is_named_beside_the_right_one(tmp_path: Path) -> None:
    source = probed(write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment()], delimiter=","), PAYMENTS)

    (note,) = source.notes
    assert (note.code, note.severity) == ("wrong-delimiter", "error")
    assert note.params == {"found": ",", "expected": ";"}
    assert source.header is not None and source.header.missing_required == ()


def test_windows_1252_is_right_for_the_release_that_was_written_so(tmp_path: Path) -> None:
    row = ["M1C1I1.02.00", "Società", "B11C22000180006", "1", "18", "CALABRIA", *[""] * 7]
    old = write_csv(tmp_path / "a.csv", [header(PLACES, "2023-universo"), row], encoding="cp1252")
    new = write_csv(tmp_path / "b.csv", [header(PLACES, "2023-validati"), row], encoding="cp1252")

    assert probed(old, PLACES).encoding == "windows-1252"
    assert probed(old, PLACES).notes == ()
    (note,) = probed(new, PLACES).notes
    assert (note.code, note.severity) == ("wrong-encoding", "error")
    assert note.params == {"found": "windows-1252", "expected": "utf-8"}


def test_windows_1252_is_advised_against_where_no_profile_says_what_is_right(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [["città", "note"], ["Cosenza", "perché"]], encoding="cp1252")

    assert [(note.code, note.severity) for note in probed(path).notes] == [("not-utf8", "warning")]


def test_one_damaged_byte_does_not_turn_utf8_into_windows_1252(tmp_path: Path) -> None:
    lines = [["città", "x"], ["perché", "à"], ["più", "è"]]
    content = csv_bytes(lines, encoding="utf-8").replace("più".encode(), b"pi\xf9")
    path = tmp_path / "x.csv"
    path.write_bytes(content)

    error = refused(path)
    assert error.code == "broken-utf8"
    assert error.params == {"line": 3, "count": 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b"\r\n \r\n", "empty-file"),
        (b";;\r\n;;\r\n", "empty-file"),
        ("a;b\n1;2\n".encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF32_LE + "a;b\n".encode("utf-32-le"), "utf-16"),
        ("CUP;Comune\nB11;Cosenza\n".encode("utf-16-le"), "utf-16"),
        (b"a;b\n1;\x00\n", "nul-bytes"),
        (b"citt\xe0;b\n1;\x00\n", "nul-bytes"),
        (b"citt\xe0;\x81\n", "unknown-encoding"),
        (bytes(range(1, 32)) * 8, "not-text"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "is-html"),
        (b'{"detail": "Request was throttled."}', "is-json"),
        (b"%PDF-1.7\n", "not-a-table-format"),
        (b"<?xml version='1.0'?><rows/>", "not-a-table-format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "broken-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)

    assert refused(path, PAYMENTS).code == code
    assert refused(path).code == code


def test_nul_bytes_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a;b\n1;2\n3;\x00\n")

    assert refused(path).params == {"line": 3}


def test_a_header_without_rows_is_readable(tmp_path: Path) -> None:
    source = probed(write_csv(tmp_path / "x.csv", [header(PAYMENTS)]), PAYMENTS)

    assert len(source.labels) == 22
    assert list(read_rows(source)) == [header(PAYMENTS)]


def test_titles_above_the_header_are_found_and_told(tmp_path: Path) -> None:
    rows = [["Pagamenti dei progetti"], [], header(PAYMENTS), payment()]
    source = probed(write_csv(tmp_path / "x.csv", rows), PAYMENTS)

    assert source.header_row == 3
    (note,) = source.notes
    assert (note.code, note.severity, note.row) == ("lines-above-header", "error", 3)
    assert note.params == {"row": 3, "count": 2}


def test_labels_keep_what_a_reader_does_not_see(tmp_path: Path) -> None:
    labels = header(COHESION)
    labels[1] = "CUP \n"
    labels[12] = "\ufeff" + labels[12]
    source = probed(write_csv(tmp_path / "x.csv", [labels]), COHESION)

    assert source.labels[1] == "CUP \n"
    assert source.header is not None
    assert source.header.with_bom == (12,)


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a;b\n1;2\n3;"never closed\n' + "4;5\n" * 5_000)
    limits = Limits(record_chars=10_000)

    with pytest.raises(UnreadableTableError) as caught:
        list(read_rows(probed(path, limits=limits), limits))
    assert caught.value.code == "record-too-long"
    assert caught.value.params["line"] > 3


def test_one_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n" + "1" * 200_000)
    limits = Limits(record_chars=100_000)

    with pytest.raises(UnreadableTableError, match="record-too-long"):
        list(read_rows(probed(path, limits=limits), limits))


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [[f"c{number}" for number in range(3_000)]])

    assert refused(path).code == "too-many-columns"
