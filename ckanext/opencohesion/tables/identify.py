"""What a file is, measured from its content alone where that can tell: the name decides only between texts."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ..vocabularies.reader import vocabulary
from .archive import ARCHIVE_ERRORS, check_directory
from .errors import UnreadableTableError
from .limits import DEFAULT_LIMITS, KIB, Limits

_HEAD_BYTES = 64 * KIB
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PAR1", "PARQUET"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
)
_OFFICE_PARTS = (
    ("xl/workbook.xml", "XLSX"),
    ("xl/workbook.bin", "XLSB"),
    ("word/document.xml", "DOCX"),
    ("ppt/presentation.xml", "PPTX"),
)
_ROOTS = {
    "RDF": "RDF_XML",
    "kml": "KML",
    "svg": "SVG",
    "gpx": "GPX",
    "html": "HTML",
}
_TEXT_NAMES = {
    ".csv": "CSV",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".ttl": "RDF_TURTLE",
    ".nt": "RDF_N_TRIPLES",
    ".trig": "RDF_TRIG",
}
_GEOJSON = re.compile(
    rb'"type"\s*:\s*"(?:FeatureCollection|Feature|Point|MultiPoint|LineString|MultiLineString|Polygon'
    rb'|MultiPolygon|GeometryCollection)"'
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_TURTLE = re.compile(rb"^\s*(?:@prefix|@base|PREFIX|BASE)\s", re.MULTILINE)


@dataclass(frozen=True)
class MeasuredFormat:
    """``code`` is the code of the EU file-type authority table, or one that it lacks: ``ENCRYPTED`` for a protected
    Office file, ``JSONL`` for JSON Lines.
    """

    code: str
    media_type: str


def identify(path: Path, filename: str, limits: Limits = DEFAULT_LIMITS) -> MeasuredFormat | None:
    """Return what the content is; ``filename`` only decides between texts that look alike. None if unknown or empty.

    Cheap: reads the beginning (and a ZIP's directory), so that a file which begins well may still not open.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    suffix = PurePosixPath(filename).suffix.lower()
    code = _binary(path, head, suffix, limits) or _text(path, head, suffix)
    if code is None:
        return None
    return MeasuredFormat(code, _media_type(code))


def _media_type(code: str) -> str:
    if code == "JSONL":  # the authority table has no code for it
        return "application/jsonl"
    term = vocabulary("file-type").by_code.get(code)
    return term.fields["media_type"] if term else "application/octet-stream"


def _binary(path: Path, head: bytes, suffix: str, limits: Limits) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path, limits)
    if head.startswith(_OLE):
        return _ole(path) or ("XLS" if suffix == ".xls" else None)
    for magic, code in _MAGIC:
        if head.startswith(magic):
            return code
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    # GeoPackage 1.3, 1.1.1: an SQLite file whose application id is "GPKG".
    if head.startswith(b"SQLite format 3\0") and head[68:72] == b"GPKG":
        return "GPKG"
    # ISO 32000-1, 7.5.2 and its implementation note: readers look for the mark in the first 1,024 bytes.
    if b"%PDF-" in head[:1024]:
        return "PDF"
    return None


def _zip(path: Path, limits: Limits) -> str:
    try:
        check_directory(path, limits)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < KIB:
                declared = archive.read("mimetype").decode("ascii", "replace").strip()
                for code in ("ODS", "ODT", "ODP", "EPUB"):
                    if _media_type(code) == declared:
                        return code
            macros = "xl/vbaProject.bin" in names
    except (UnreadableTableError, *ARCHIVE_ERRORS):
        return "ZIP"
    for part, code in _OFFICE_PARTS:
        if part in names:
            return "XLSM" if macros and code == "XLSX" else code
    suffixes = {PurePosixPath(name).suffix.lower() for name in names}
    if {".shp", ".shx", ".dbf"} <= suffixes:
        return "SHP"
    if "doc.kml" in names:
        return "KMZ"
    return "ZIP"


def _ole(path: Path) -> str | None:
    """Tell the Compound File formats apart by the names in their directory (UTF-16, [MS-CFB] 2.6.1)."""
    with path.open("rb") as file:
        content = file.read(64 * 1024 * KIB)
    for name, code in (("EncryptedPackage", "ENCRYPTED"), ("Workbook", "XLS"), ("WordDocument", "DOC")):
        if name.encode("utf-16-le") in content:
            return code
    return None


def _text(path: Path, head: bytes, suffix: str) -> str | None:
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin:
        return None
    if begin.startswith(b"<"):
        return _markup(path, begin, suffix)
    if begin.startswith((b"{", b"[")) and _looks_like_json(begin, suffix):
        if _is_json_lines(begin, suffix):
            return "JSONL"
        if b'"@context"' in begin:
            return "JSON_LD"
        return "GEOJSON" if _GEOJSON.search(begin) else "JSON"
    if suffix in _TEXT_NAMES:
        return _TEXT_NAMES[suffix]
    if _TURTLE.match(begin):
        return "RDF_TURTLE"
    if b"\0" in head:
        return None
    lines = begin.splitlines()[:2]
    return (
        "CSV"
        if len(lines) > 1 and any(all(d in line for line in lines) for d in (b";", b"\t", b","))
        else "TXT"
    )


def _looks_like_json(begin: bytes, suffix: str) -> bool:
    return suffix in (".json", ".geojson", ".jsonld") or begin[1:].lstrip()[:1] in (
        b'"',
        b"{",
        b"[",
        b"}",
        b"]",
    )


def _is_json_lines(begin: bytes, suffix: str) -> bool:
    """JSON Lines: each line is a value by itself; one that goes on beyond what was read is told by its name only."""
    first, line_end, rest = begin.partition(b"\n")
    if not line_end or not rest.strip():
        return suffix in (".jsonl", ".ndjson")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _markup(path: Path, begin: bytes, suffix: str) -> str:
    if _HTML.search(begin[: 4 * KIB]):
        return "HTML"
    try:
        with path.open("rb") as file:
            _, root = next(iter(iterparse(file, events=("start",))))
    except DefusedXmlException:
        return "XML"
    except (ParseError, StopIteration, ValueError):
        # A Turtle that begins with a full address looks like markup; a broken XML is still meant as one.
        return _TEXT_NAMES.get(suffix, "XML")
    namespace, _, name = root.tag.rpartition("}")
    if "opengis.net/gml" in namespace or "opengis.net/wfs" in namespace:
        return "GML"
    return _ROOTS.get(name, "XML")
