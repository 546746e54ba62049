"""A file is what its content is, and it opens to its end or the reason is told."""

from __future__ import annotations

import sqlite3
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import PAYMENTS, header, write_xlsx

from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.formats import NotOpenableError, can_open, identify, open_ok
from ckanext.opencohesion.tables.limits import Limits
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.reading import read_rows

PNG_BEGIN = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 1, height: int = 1) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG_BEGIN + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")


def parquet() -> bytes:
    footer = b"\x15\x02"
    return b"PAR1" + b"data" + footer + struct.pack("<I", len(footer)) + b"PAR1"


RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
TEXTS: list[tuple[str, str, str]] = [
    ("a.csv", "a;b\n1;2\n", "CSV"),
    ("noname", "a;b\n1;2\n", "CSV"),
    ("one.csv", "CUP\nB11\n", "CSV"),
    ("a.tsv", "a\tb\n1\t2\n", "TSV"),
    ("leggimi.txt", "Questo testo spiega i dati.\nE null'altro.\n", "TXT"),
    ("a.json", '{"a": [1, 2]}', "JSON"),
    ("a", '[{"a": 1}]', "JSON"),
    ("a.json", '{"type": "FeatureCollection", "features": []}', "GEOJSON"),
    ("a.json", '{"@context": {}, "@id": "urn:x"}', "JSON_LD"),
    ("a.xml", '<?xml version="1.0"?><righe><riga/></righe>', "XML"),
    ("a.xml", RDF, "RDF_XML"),
    ("a.xml", '<kml xmlns="http://www.opengis.net/kml/2.2"/>', "KML"),
    ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    ("a.gml", '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"/>', "GML"),
    ("a.ttl", "<urn:a> <urn:b> <urn:c> .", "RDF_TURTLE"),
    ("a", "@prefix x: <urn:x> .\nx:a x:b x:c .", "RDF_TURTLE"),
    ("a.nt", "<urn:a> <urn:b> <urn:c> .", "RDF_N_TRIPLES"),
]


@pytest.mark.parametrize(("name", "text", "code"), TEXTS)
def test_texts_are_told_apart_and_open(tmp_path: Path, name: str, text: str, code: str) -> None:
    path = tmp_path / "x"
    path.write_text(text, encoding="utf-8")
    measured = identify(path, name)

    assert measured is not None and measured.code == code
    assert "/" in measured.media_type
    open_ok(path, code)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _geopackage(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("pragma application_id = 0x47504B47")
        connection.execute("create table gpkg_contents (table_name text)")
    connection.close()
    return path


def _binary(folder: Path, code: str) -> Path:
    path = folder / "x"
    contents = {
        "PDF": b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n",
        "PNG": png(),
        "JPEG": b"\xff\xd8\xff\xe0data\xff\xd9",
        "GIF": b"GIF89adata;",
        "TIFF": b"II*\0data",
        "WEBP": b"RIFF\x04\0\0\0WEBPdata",
        "PARQUET": parquet(),
        "XLS": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
    }
    archives: dict[str, dict[str, bytes]] = {
        "ZIP": {"a.csv": b"a;b"},
        "SHP": {"a/x.shp": struct.pack(">i", 9994), "a/x.shx": b"", "a/x.dbf": b""},
        "ODS": {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"},
        "ODT": {"mimetype": b"application/vnd.oasis.opendocument.text"},
        "DOCX": {"word/document.xml": b"<a/>"},
        "KMZ": {"doc.kml": b"<kml/>"},
    }
    if code == "GPKG":
        return _geopackage(path)
    if code == "XLSX":
        return write_xlsx(path, [header(PAYMENTS)])
    if code in archives:
        return _zip(path, archives[code])
    path.write_bytes(contents[code])
    return path


BINARIES = [
    "PDF", "PNG", "JPEG", "GIF", "TIFF", "WEBP", "PARQUET", "XLS", "ZIP", "SHP", "ODS", "ODT", "DOCX", "KMZ",
    "GPKG", "XLSX",
]  # fmt: skip


@pytest.mark.parametrize("code", BINARIES)
def test_binary_formats_are_told_whatever_the_name_and_open(tmp_path: Path, code: str) -> None:
    path = _binary(tmp_path, code)
    measured = identify(path, "dati.csv")

    assert measured is not None and measured.code == code
    open_ok(path, code)


@pytest.mark.parametrize("claimed", [code for code in BINARIES if code not in ("ZIP",)] + ["JSON", "XML"])
def test_nothing_opens_as_what_it_is_not(tmp_path: Path, claimed: str) -> None:
    actual = "SHP" if claimed != "SHP" else "DOCX"

    with pytest.raises(NotOpenableError) as caught:
        open_ok(_binary(tmp_path, actual), claimed)
    assert caught.value.code in ("is-not-what-it-claims", "does-not-open", "format-unknown")


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("JSON", b'{"a": '),
        ("JSON", b'{"a": NaN}'),
        ("JSON", b"[" * 100_000),
        ("JSON", b'{"a": "citt\xe0"}'),
        ("GEOJSON", b'{"type": "FeatureCollection", "features": 3}'),
        ("GEOJSON", b'{"type": "Other"}'),
        ("XML", b"<a><b></a>"),
        ("KML", b"<a/>"),
        ("RDF_TURTLE", b"@prefix x: <urn:x> . x:a x:b"),
        ("PDF", b"%PDF-1.7\ncut"),
        ("PNG", png()[:-8]),
        ("PNG", png().replace(b"IDAT", b"IDAX")),
        ("PARQUET", b"PAR1xxxx\xff\xff\xff\x7fPAR1"),
        ("JPEG", b"\xff\xd8\xff\xe0cut"),
        ("ZIP", b"PK\x03\x04cut"),
        ("GPKG", b"SQLite format 3\0" + b"\0" * 200),
        ("CSV", b"a;b\n\x00"),
        ("SHP", b"PK\x05\x06" + b"\0" * 18),
    ],
)
def test_what_is_broken_does_not_open(tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)

    with pytest.raises(NotOpenableError):
        open_ok(path, code)


def test_a_shapefile_needs_its_three_parts(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x", {"a.shp": struct.pack(">i", 9994), "a.dbf": b"", "b.shx": b""})

    with pytest.raises(NotOpenableError) as caught:
        open_ok(path, "SHP")
    assert "a.shx" in str(caught.value.params["detail"])


BILLION = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "ha"><!ENTITY f "&e;&e;">]><a>&f;</a>'


@pytest.mark.parametrize("code", ["XML", "RDF_XML", "KML"])
def test_entities_are_never_expanded(tmp_path: Path, code: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(BILLION)

    with pytest.raises(NotOpenableError, match="xml-entities"):
        open_ok(path, code)


def test_limits_hold(tmp_path: Path) -> None:
    many = _zip(tmp_path / "many", {str(number): b"" for number in range(20)})
    image = tmp_path / "image"
    image.write_bytes(png(width=20_000, height=20_000))
    document = tmp_path / "document"
    document.write_text("[1, 2, 3]")

    for path, code, limits, reason in (
        (many, "ZIP", Limits(archive_members=10), "too-many-members"),
        (many, "ZIP", Limits(archive_directory_bytes=100), "too-many-members"),
        (image, "PNG", Limits(), "image-too-large"),
        (document, "JSON", Limits(document_bytes=5), "too-large-to-open"),
    ):
        with pytest.raises(NotOpenableError, match=reason):
            open_ok(path, code, limits)


def test_an_encrypted_office_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))

    with pytest.raises(NotOpenableError, match="encrypted"):
        open_ok(path, "XLSX")


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x", {"a.csv": b"a;b"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    path.write_bytes(content)

    with pytest.raises(NotOpenableError, match="encrypted"):
        open_ok(path, "ZIP")


def test_a_format_we_only_recognise_is_held_against_its_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x1f\x8b\x08data")

    assert not can_open("GZIP")
    open_ok(path, "GZIP")
    with pytest.raises(NotOpenableError, match="is-not-what-it-claims"):
        open_ok(path, "BZIP2")


def test_what_nobody_knows_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x00\x01\x02\x03" * 10)

    assert identify(path, "x.bin") is None
    with pytest.raises(NotOpenableError, match="format-unknown"):
        open_ok(path, "MDB")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(
    code=st.sampled_from(BINARIES),
    edits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=4
    ),
    cut=st.floats(0, 1),
)
def test_damage_anywhere_is_told_and_never_more(
    tmp_path: Path, code: str, edits: list[tuple[float, bytes]], cut: float
) -> None:
    path = tmp_path / "x"
    path.unlink(missing_ok=True)
    content = bytearray(_binary(tmp_path, code).read_bytes())
    for place, piece in edits:
        start = int(place * len(content))
        content[start : start + len(piece)] = piece
    path.write_bytes(content[: int(cut * len(content)) or None] if cut < 0.5 else content)

    measured = identify(path, "x")
    for claimed in {code, measured.code if measured else code}:
        with suppress(NotOpenableError):
            open_ok(path, claimed)
    with suppress(UnreadableTableError):
        list(read_rows(probe(path, filename="x.csv")))
