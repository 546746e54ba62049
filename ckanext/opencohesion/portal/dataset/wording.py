"""Sizes and formats as people read them. Plain module."""

from __future__ import annotations

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.vocabularies import vocabulary

_UNITS = ("byte", "kB", "MB", "GB", "TB")

#: What a format is good for, for who does not know its name.
_FORMATS = {
    "CSV": N_("table as text, opens in any spreadsheet"),
    "TSV": N_("table as text, opens in any spreadsheet"),
    "XLSX": N_("Excel spreadsheet"),
    "XLS": N_("old Excel spreadsheet"),
    "ODS": N_("spreadsheet in an open format"),
    "JSON": N_("structured data for programs"),
    "JSONL": N_("structured data for programs"),
    "NDJSON": N_("structured data for programs"),
    "JSON_LD": N_("linked data for programs"),
    "GEOJSON": N_("map data"),
    "GPKG": N_("map data"),
    "SHP": N_("map data"),
    "KML": N_("map data"),
    "XML": N_("structured data for programs"),
    "RDF_XML": N_("linked data for programs"),
    "RDF_TURTLE": N_("linked data for programs"),
    "PARQUET": N_("table for data analysis programs"),
    "ZIP": N_("compressed archive"),
    "PDF": N_("document to read or print"),
    "TXT": N_("plain text"),
    "HTML": N_("web page"),
}


def format_name(code: str | None, lang: str) -> str:
    """Return a format's short name: ``CSV``, ``GeoJSON``; the code itself where the list does not have it."""
    return vocabulary("file-type").label(code, lang) if code else ""


def format_words(code: str | None) -> str | None:
    """Return what kind of thing a format is, as a message to translate; None where nothing is known."""
    return _FORMATS.get(code or "")


def file_size(size_bytes: int, lang: str) -> str:
    """Return a size in decimal units, as operating systems and browsers show it: ``2,3 MB``, ``845 kB``."""
    size = float(size_bytes)
    unit = 0
    # 999,95 kB would be written 1000 kB
    while size >= 999.95 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    text = f"{size:.0f}" if unit == 0 or size >= 100 else f"{size:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if lang == 'it' else text} {_UNITS[unit]}"
