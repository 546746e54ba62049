"""Literals: texts with their language, dates with their precision, whole numbers, digests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from rdflib import Literal
from rdflib.term import Node

from .document import Document
from .namespaces import XSD

_YEAR = re.compile(r"[12][0-9]{3}")
_YEAR_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Not allowed in XML 1.0, so no RDF/XML could be written with them.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: object) -> str | None:
    """A text without blanks at its ends and without characters that XML can not carry; None if nothing is left."""
    if not isinstance(value, str):
        return None
    return _NO_XML.sub("", value).strip() or None


def as_list(value: object) -> list[object]:
    """The values of a field that may hold a list, its JSON text, one value or nothing."""
    if value in (None, "", [], {}):
        return []
    if isinstance(value, (list, tuple)):
        return [item for item in value if item not in (None, "", {}, [])]
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return as_list(json.loads(value))
        except ValueError:
            return [value]
    return [value]


def as_records(value: object) -> list[Mapping[str, object]]:
    """The filled entries of a field with repeating subfields."""
    return [item for item in as_list(value) if isinstance(item, Mapping) and any(item.values())]


def texts(record: Mapping[str, object], key: str, language: str) -> list[Literal]:
    """The literals of a text field, one for each language.

    `<key>_translated` (`{language: text}`, as ckanext-fluent stores it) goes before the plain field.
    """
    translated = record.get(f"{key}_translated")
    value = translated if isinstance(translated, Mapping) and any(translated.values()) else record.get(key)
    if isinstance(value, Mapping):
        pairs = ((str(code), text(words)) for code, words in value.items())
        return [Literal(words, lang=code) for code, words in pairs if words and _LANGUAGE.fullmatch(code)]
    words = text(value)
    return [Literal(words, lang=language)] if words else []


def moment(value: object) -> Literal | None:
    """A date as precise as it is given: xsd:gYear, gYearMonth, date or dateTime; None if it is no date.

    Times are UTC, to the second and without an offset: CKAN's own are, and it is the only form that every
    reader of the national catalogue's line of programs takes.
    """
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    if _YEAR.fullmatch(stripped):
        return Literal(stripped, datatype=XSD.gYear, normalize=False)
    if _YEAR_MONTH.fullmatch(stripped):
        return Literal(stripped, datatype=XSD.gYearMonth, normalize=False)
    try:
        return Literal(date.fromisoformat(stripped).isoformat(), datatype=XSD.date)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(stripped)
        if time.tzinfo is not None:
            time = time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return Literal(time.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def size_bytes(value: object) -> Literal | None:
    """A file's size as xsd:nonNegativeInteger (DCAT-AP 3; DCAT-AP_IT of 2016 had xsd:decimal)."""
    try:
        size = int(str(value))
    except ValueError:
        return None
    return Literal(size, datatype=XSD.nonNegativeInteger) if size > 0 else None


def sha256(value: object) -> Literal | None:
    """A SHA-256 as xsd:hexBinary; None for any other digest, whose algorithm nobody told us."""
    if isinstance(value, str) and _SHA256.fullmatch(value.strip()):
        return Literal(value.strip().lower(), datatype=XSD.hexBinary, normalize=False)
    return None


def add_moment(document: Document, subject: Node, predicate: Node, field_name: str, value: object) -> None:
    """Adds a date, or notes that the field holds none."""
    literal = moment(value)
    document.add(subject, predicate, literal)
    if literal is None and value:
        document.leave_out(field_name, value, "not a date (YYYY-MM-DD)")
