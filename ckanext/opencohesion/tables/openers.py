"""Opening a file as what it claims to be, to its end and within limits: one small function per format."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from . import workbook
from .archive import check_archive
from .encoding import detect_encoding
from .errors import NotOpenableError, UnreadableTableError
from .identify import identify
from .limits import DEFAULT_LIMITS, KIB, MIB, Limits

_GEOJSON_TYPES = (
    "FeatureCollection",
    "Feature",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def open_ok(path: Path, code: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Open the file as format ``code`` (EU file-type code), to its end.

    Raises NotOpenableError: it is something else (``is-not-what-it-claims``), it is broken
    (``does-not-open``), or what UnreadableTableError tells. A code that no function here opens is held against
    what the content is; where that can not be told, ``format-unknown``: nothing is known of the file.
    """
    opener = _OPENERS.get(code)
    try:
        if opener is not None:
            opener(path, limits)
            return
    except UnreadableTableError as error:
        raise NotOpenableError(error.code, **error.params) from error
    _must_be(path, code, limits)


def can_open(code: str) -> bool:
    """Return whether files of this format are opened, not only recognised."""
    return code in _OPENERS


def _broken(code: str, detail: object = "") -> NotOpenableError:
    return NotOpenableError("does-not-open", declared=code, detail=str(detail)[:200])


def _something_else(path: Path, code: str, limits: Limits) -> NotOpenableError:
    measured = identify(path, path.name, limits)
    if measured is None:
        return NotOpenableError("format-unknown", declared=code)
    if measured.code == "ENCRYPTED":
        return NotOpenableError("encrypted")
    return NotOpenableError("is-not-what-it-claims", declared=code, found=measured.code)


def _must_be(path: Path, code: str, limits: Limits) -> None:
    measured = identify(path, path.name, limits)
    if measured is None or measured.code != code:
        raise _something_else(path, code, limits)


def _check_size(path: Path, limits: Limits) -> None:
    if path.stat().st_size > limits.document_bytes:
        raise NotOpenableError("too-large-to-open", limit_mb=limits.document_bytes // MIB)


def _text(path: Path, limits: Limits) -> None:
    detect_encoding(path)


def _load_json(path: Path, code: str, limits: Limits) -> object:
    _check_size(path, limits)
    try:
        # RFC 8259: JSON that travels is UTF-8. NaN and Infinity are Python's, not JSON's.
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _broken(code, error) from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _json(path: Path, limits: Limits) -> None:
    _load_json(path, "JSON", limits)


def _json_ld(path: Path, limits: Limits) -> None:
    _load_json(path, "JSON_LD", limits)


def _geojson(path: Path, limits: Limits) -> None:
    document = _load_json(path, "GEOJSON", limits)
    if not isinstance(document, dict) or document.get("type") not in _GEOJSON_TYPES:
        raise NotOpenableError("is-not-what-it-claims", declared="GEOJSON", found="JSON")
    if document["type"] == "FeatureCollection" and not isinstance(document.get("features"), list):
        raise _broken("GEOJSON", "features")


def _xml_as(code: str) -> Callable[[Path, Limits], None]:
    def opener(path: Path, limits: Limits) -> None:
        _check_size(path, limits)
        try:
            with path.open("rb") as file:
                for _, element in iterparse(file, events=("end",), forbid_dtd=code not in ("XML", "SVG")):
                    element.clear()
        except DefusedXmlException as error:
            raise NotOpenableError("xml-entities") from error
        except (ParseError, ValueError) as error:
            raise _broken(code, error) from error
        if code != "XML":
            _must_be(path, code, limits)

    return opener


def _pdf(path: Path, limits: Limits) -> None:
    _must_be(path, "PDF", limits)
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2 * KIB))
        if b"%%EOF" not in file.read():
            raise _broken("PDF", "%%EOF")


def _archive(path: Path, limits: Limits) -> None:
    check_archive(path, limits)


def _office_as(code: str) -> Callable[[Path, Limits], None]:
    def opener(path: Path, limits: Limits) -> None:
        _must_be(path, code, limits)
        check_archive(path, limits)

    return opener


def _xlsx(path: Path, limits: Limits) -> None:
    _office_as("XLSX")(path, limits)
    workbook.check_workbook(path, limits)
    for sheet in workbook.sheet_names(path, limits):
        for _ in workbook.read_sheet(path, sheet, limits):
            pass


def _xls(path: Path, limits: Limits) -> None:
    _must_be(path, "XLS", limits)


def _shapefile(path: Path, limits: Limits) -> None:
    """Open a ZIP with at least one shapefile: its three parts under one name (ESRI Shapefile, July 1998)."""
    check_archive(path, limits)
    with zipfile.ZipFile(path) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        shapes = [name for name in names if name.endswith(".shp")]
        if not shapes:
            raise NotOpenableError("is-not-what-it-claims", declared="SHP", found="ZIP")
        for shape in shapes:
            base = str(PurePosixPath(shape).with_suffix(""))
            missing = [part for part in (".shx", ".dbf") if base + part not in names]
            if missing:
                raise _broken("SHP", ", ".join(base + part for part in missing))
            with archive.open(names[shape]) as stream:
                # Main file header: file code 9994, big-endian.
                if struct.unpack(">i", stream.read(4).ljust(4, b"\0"))[0] != 9994:
                    raise _broken("SHP", shape)


def _geopackage(path: Path, limits: Limits) -> None:
    _must_be(path, "GPKG", limits)
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.execute("select table_name from gpkg_contents").fetchall()
            if connection.execute("pragma quick_check(1)").fetchone()[0] != "ok":
                raise _broken("GPKG", "quick_check")
    except sqlite3.Error as error:
        raise _broken("GPKG", error) from error


def _parquet(path: Path, limits: Limits) -> None:
    """Check both marks and that the footer fits (Apache Parquet format, "File format")."""
    _must_be(path, "PARQUET", limits)
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        tail = file.read()
    if size < 12 or not tail.endswith(b"PAR1") or struct.unpack("<I", tail[:4])[0] > size - 12:
        raise _broken("PARQUET", "footer")


def _png(path: Path, limits: Limits) -> None:
    _must_be(path, "PNG", limits)
    with path.open("rb") as file:
        file.seek(8)
        while True:
            header = file.read(8)
            if len(header) < 8:
                raise _broken("PNG", "IEND")
            length, kind = struct.unpack(">I4s", header)
            if length > limits.document_bytes:
                raise _broken("PNG", kind.decode("ascii", "replace"))
            data, check = file.read(length), file.read(4)
            if len(check) < 4 or zlib.crc32(kind + data) != struct.unpack(">I", check)[0]:
                raise _broken("PNG", kind.decode("ascii", "replace"))
            if kind == b"IHDR" and _pixels(data) > limits.image_pixels:
                raise NotOpenableError("image-too-large", limit=limits.image_pixels)
            if kind == b"IEND":
                return


def _pixels(header: bytes) -> int:
    width, height = struct.unpack(">II", header[:8].ljust(8, b"\0"))
    return width * height


def _image_as(code: str, end: bytes = b"") -> Callable[[Path, Limits], None]:
    def opener(path: Path, limits: Limits) -> None:
        _must_be(path, code, limits)
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - KIB))
            if end not in file.read():
                raise _broken(code, "end")

    return opener


def _rdf_as(code: str, syntax: str) -> Callable[[Path, Limits], None]:
    def opener(path: Path, limits: Limits) -> None:
        # Imported here: rdflib is slow to load and few files are RDF.
        from rdflib import Dataset

        _check_size(path, limits)
        try:
            Dataset().parse(data=path.read_bytes(), format=syntax)
        except Exception as error:  # rdflib's parsers share no base class
            # Not their message: it repeats what stands in the file, which may be personal data.
            raise _broken(code, type(error).__name__) from error

    return opener


_OPENERS: dict[str, Callable[[Path, Limits], None]] = {
    "CSV": _text,
    "TSV": _text,
    "TXT": _text,
    "JSON": _json,
    "JSON_LD": _json_ld,
    "GEOJSON": _geojson,
    "XML": _xml_as("XML"),
    "GML": _xml_as("GML"),
    "KML": _xml_as("KML"),
    "SVG": _xml_as("SVG"),
    "GPX": _xml_as("GPX"),
    "RDF_XML": _xml_as("RDF_XML"),
    "RDF_TURTLE": _rdf_as("RDF_TURTLE", "turtle"),
    "RDF_N_TRIPLES": _rdf_as("RDF_N_TRIPLES", "nt"),
    "RDF_TRIG": _rdf_as("RDF_TRIG", "trig"),
    "PDF": _pdf,
    "ZIP": _archive,
    "KMZ": _office_as("KMZ"),
    "XLSX": _xlsx,
    "XLS": _xls,
    "DOCX": _office_as("DOCX"),
    "ODS": _office_as("ODS"),
    "ODT": _office_as("ODT"),
    "SHP": _shapefile,
    "GPKG": _geopackage,
    "PARQUET": _parquet,
    "PNG": _png,
    "JPEG": _image_as("JPEG", b"\xff\xd9"),
    "GIF": _image_as("GIF", b";"),
    "TIFF": _image_as("TIFF"),
    "WEBP": _image_as("WEBP"),
}
