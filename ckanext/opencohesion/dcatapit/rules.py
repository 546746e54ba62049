"""What a single value of a form must look like. Each function returns the value as it is kept, or raises BadValueError.

Plain functions: `validators.py` puts them into CKAN's forms and API.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.vocabularies import Term, vocabulary

DEFAULT_LICENCE = "A21_CCBY40"
#: The terms of data given on request: ADMS's class of licences with other restrictive clauses, which is in no list of
#: open licences.
RESTRICTIVE_TERMS = "OtherRestrictiveClauses"

_CUP = re.compile(r"[A-Z]\d{2}[A-Z]\d{11}")
_IPA_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{1,59}")
# Letters stand for digits where two persons would have the same code (omocodia).
_PERSONAL_TAX_CODE = re.compile(r"[a-z]{6}[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]")
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ./()-]{3,30}")
_URL_FORBIDDEN = re.compile(r"[\s<>\"{}|\\^`]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._~-]{0,254}")
_MILESTONE = re.compile(r"M\dC\d-\d{1,3}([A-Z]+|-ITA-\d{1,3})?")
_SCHEMA_ID = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)+")

# How people and programs write formats whose EU code is spelt otherwise.
_FORMAT_ALIASES = {
    "JSONLD": "JSON_LD",
    "TTL": "RDF_TURTLE",
    "TURTLE": "RDF_TURTLE",
    "RDF": "RDF_XML",
    "NT": "RDF_N_TRIPLES",
    "HTM": "HTML",
    "JPG": "JPEG",
    "TIF": "TIFF",
    "WMS": "WMS_SRVC",
    "WFS": "WFS_SRVC",
}


class BadValueError(ValueError):
    """A value that can not be kept: a sentence for a person, with its parameters."""

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


def clean_cup(value: str) -> str:
    """Return a CUP (project code: letter, two digits, letter, eleven digits) in capitals, without spaces."""
    cup = re.sub(r"\s", "", value).upper()
    if not _CUP.fullmatch(cup):
        raise BadValueError(
            N_("“{value}” is not a CUP: write 15 characters such as J64E21000520006."), value=value
        )
    return cup


def clean_agent_identifier(value: str) -> str:
    """Return the IPA code in lower case, or the 11 digits of a body's tax code.

    IPA codes are compared without regard to case; a person's tax code (16 characters) is personal data
    and is refused.
    """
    code = value.strip().lower()
    if _PERSONAL_TAX_CODE.fullmatch(code):
        raise BadValueError(
            N_("This is a person's tax code, which must not be published: write the body's IPA code.")
        )
    if not _IPA_CODE.fullmatch(code):
        raise BadValueError(
            N_(
                "“{value}” is neither an IPA code nor an 11-digit tax code: look the body up on indicepa.gov.it."
            ),
            value=value,
        )
    return code


def clean_email(value: str) -> str:
    """Return one e-mail address; a leading ``mailto:`` is dropped."""
    email = value.strip().removeprefix("mailto:")
    if not _EMAIL.fullmatch(email):
        raise BadValueError(
            N_("“{value}” is not one e-mail address: write it as office@body.it."), value=value
        )
    return email


def clean_telephone(value: str) -> str:
    """Return a telephone number of digits, spaces and the usual signs; a leading ``tel:`` is dropped."""
    number = value.strip().removeprefix("tel:")
    if not _TELEPHONE.fullmatch(number):
        raise BadValueError(
            N_("“{value}” is not a telephone number: write only digits, as in +39 0961 123456."), value=value
        )
    return number


def clean_url(value: str) -> str:
    """Return an absolute http(s) address without characters that break links and RDF."""
    url = value.strip()
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises on a port that is no number)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or _URL_FORBIDDEN.search(url):
        raise BadValueError(
            N_("“{value}” is not a web address: it begins with https:// and has no spaces."), value=value
        )
    return url


def clean_date(value: str | datetime.date) -> str:
    """Return the day as YYYY-MM-DD; of a date with time only the day is kept.

    data.europa.eu and dati.gov.it want a date, and so does the form's date input.
    """
    text = value.isoformat() if isinstance(value, datetime.date) else value.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.date.fromisoformat(text).isoformat()
        if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", text):
            return datetime.datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        pass
    raise BadValueError(
        N_("“{value}” is not a day of the calendar: write year, month and day as in 2026-05-31."), value=text
    )


def clean_milestone(value: str) -> str:
    """Return the code of a PNRR milestone or target (M1C1-1, M1C1-6BIS, M1C1-00-ITA-2) in capitals."""
    code = value.strip().upper()
    if not _MILESTONE.fullmatch(code):
        raise BadValueError(
            N_("“{value}” is not the code of a milestone or target: write it as M1C1-1 or M1C1-00-ITA-2."),
            value=value,
        )
    return code


def clean_geojson(value: str) -> str:
    """Return the text of a GeoJSON geometry (RFC 7946) unchanged."""
    try:
        geometry = json.loads(value)
    except ValueError:
        geometry = None
    if not isinstance(geometry, dict) or "coordinates" not in geometry or "type" not in geometry:
        raise BadValueError(
            N_(
                "This is not a GeoJSON geometry: paste an object with “type” and “coordinates”, or leave it empty."
            )
        )
    return value


def clean_identifier(value: str) -> str:
    """Return a dataset's identifier.

    Harvesters build addresses from it (data.europa.eu: lower case, ``:`` and ``.`` become ``-``), so spaces,
    slashes and web addresses are refused.
    """
    identifier = value.strip()
    if not _IDENTIFIER.fullmatch(identifier):
        raise BadValueError(
            N_(
                "“{value}” can not be an identifier: use letters, digits and : . _ - only, as in regcal:projects,"
                " or leave it empty. An identifier used elsewhere goes into “Other identifiers”."
            ),
            value=value,
        )
    return identifier


def clean_table_schema(value: str, known: Iterable[str] | None) -> str:
    """Return the id of a table schema; ``known`` lists the ids, None where the room that knows them is absent."""
    if value not in known if known is not None else not _SCHEMA_ID.fullmatch(value):
        raise BadValueError(
            N_("No table structure is called “{value}”: choose one of the list, or leave it empty."),
            value=value,
        )
    return value


def clean_file_type(value: str) -> str:
    """Return the EU file-type code of a format given as code, extension, media type or name."""
    formats = vocabulary("file-type")
    code = value.strip().lstrip(".").upper().replace("-", "_")
    code = _FORMAT_ALIASES.get(code, code)
    if code in formats.by_code:
        return code
    wanted = value.strip().lower()
    for term in formats.terms:
        if wanted in (
            term.uri.lower(),
            term.fields["media_type"].lower(),
            *map(str.lower, term.labels.values()),
        ):
            return term.code
    raise BadValueError(
        N_("“{value}” is not in the European list of file types: choose one of the list, or leave it empty."),
        value=value,
    )


def file_type_of(address: str) -> str | None:
    """Return the EU file-type code that the extension of a file name or address tells, or None."""
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    if "." not in name:
        return None
    try:
        return clean_file_type(name.rsplit(".", 1)[1])
    except BadValueError:
        return None


def clean_term(name: str, value: str, *, kept: str, refused: Iterable[str] = ()) -> str:
    """Return the code or URI (``kept``: 'code' or 'uri') of the entry of list ``name`` given by either."""
    term = vocabulary(name).find(value)
    if term is None or term.code in refused:
        raise BadValueError(
            N_("“{value}” is not one of the choices: choose from the list."),
            value=value,
        )
    return term.uri if kept == "uri" else term.code


def clean_licence(value: str, *, kept: str) -> str:
    """Return the code or URI of an open licence of the Italian list, given by code, URI or the licence's own address.

    AgID's open data guidelines, requirement 19: no licence that forbids commercial use or changes.
    """
    for term in open_licences():
        if value in (term.code, term.uri, term.fields["reference_uri"]):
            return term.uri if kept == "uri" else term.code
    raise BadValueError(
        N_(
            "“{value}” is not an open licence of the Italian list: choose one of the list, CC BY 4.0 if you can."
        ),
        value=value,
    )


def open_licences() -> list[Term]:
    """Return the licences (not the classes of licences) of the Italian list under which open data may be published."""
    return [
        t for t in vocabulary("licences-it").terms if t.fields["level"] == "3" and t.fields["open"] == "yes"
    ]


def territory(code: str) -> Term | None:
    """Return the region (2 digits), province (3) or municipality (6) of an ISTAT code, or None."""
    lists = {2: "istat-regions", 3: "istat-provinces", 6: "istat-municipalities"}
    return vocabulary(lists[len(code)]).by_code.get(code) if len(code) in lists else None


def clean_territory(value: str) -> str:
    """Return the ISTAT code of a region, province or municipality."""
    code = value.strip()
    if territory(code) is None:
        raise BadValueError(
            N_(
                "“{value}” is not the ISTAT code of a region (2 digits), province (3) or municipality (6):"
                " choose the place from the list."
            ),
            value=value,
        )
    return code


def split_lines(value: object) -> list[str]:
    """Return the entries of a list, or the lines of a text, trimmed, without blanks and repetitions.

    Raises:
        BadValueError: neither a text nor a list of texts.
    """
    entries = value.splitlines() if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise BadValueError(N_("A list of texts is expected here."))
    return list(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))
