"""What the codes of public projects look like: plain functions on texts, with the source of each rule.

Every function takes a text without blanks at its edges. Nothing here says what is done about a code that is wrong.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from stdnum.it import codicefiscale, iva

from ...vocabularies import vocabulary

# -- CUP and CIG -------------------------------------------------------------------------------------------------------

CUP = "[A-Z][0-9]{2}[A-Z][0-9]{11}"
_CUP = re.compile(CUP)

CIG = "[0-9]{7}[0-9A-F]{3}"
SMART_CIG = "[XYZ][0-9A-F]{9}"
PCP_CIG = "[A-W][0-9A-F]{9}"
_CIG, _SMART_CIG, _PCP_CIG = map(re.compile, (CIG, SMART_CIG, PCP_CIG))
_CIG_FACTOR, _CIG_MODULUS, _SMART_CIG_MODULUS = 211, 4091, 251
NO_CIG = "0000000000"


def is_cup(text: str) -> bool:
    """Say whether ``text`` is a CUP: 15 characters, of which the first and the fourth are letters, upper case.

    L. 3/2003 art. 11 and CIPE resolution 143/2002; there is no public check digit. 127,377 of 127,377 CUPs of the PNRR's
    payments have this form.
    """
    return bool(_CUP.fullmatch(text))


def is_cig(text: str) -> bool:
    """Say whether ``text`` is a CIG, a SmartCIG or a CIG of the platform in use since 2024 (PCP), upper case.

    CIG: seven digits, and three hexadecimal digits that are seven digits x 211 mod 4091. SmartCIG: X, Y or Z, two
    hexadecimal digits that are the other seven x 211 mod 251. PCP: A-W and nine hexadecimal digits, no known check.
    (ANAC; measured on 52,843, 7,871 and 51,423 published codes.) Ten zeros pass the arithmetic and are no tender: that
    is how some write that there is no CIG.
    """
    if _CIG.fullmatch(text):
        return text != NO_CIG and int(text[:7]) * _CIG_FACTOR % _CIG_MODULUS == int(text[7:], 16)
    if _SMART_CIG.fullmatch(text):
        return int(text[3:], 16) * _CIG_FACTOR % _SMART_CIG_MODULUS == int(text[1:3], 16)
    return bool(_PCP_CIG.fullmatch(text))


# -- Tax codes ---------------------------------------------------------------------------------------------------------

TaxCode = Literal["valid", "masked", "foreign", "zeros-lost", "wrong"]

BODY_DIGITS = 11
MASKED = r"\*+|\*[^*]+\*|X{11,16}"
_MASKED = re.compile(MASKED)
# With or without the prefix of a VAT number.
_DIGITS_OF_BODY = re.compile(r"(?:IT\s*)?([0-9]+)")
# Of zeros alone nobody knows what they are.
_CAP_WITHOUT_ZERO = re.compile("(?!0000)[0-9]{4}")
# A foreign identifier begins with its country (VAT prefixes, and those of the winners' table: CHE, SM, US).
_FOREIGN = re.compile(r"(?=.*[0-9])[A-Z]{2,3}[ .-]?[0-9A-Z.\- ]{2,20}")
_PERSON = re.compile("[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
# ISO 3166-1 alpha-2 of the countries whose identifiers were met or are members or neighbours; EL is Greece's VAT prefix.
COUNTRIES = frozenset(
    re.findall(
        "[A-Z]{2}",
        "AD AE AL AR AT AU BA BE BG BR BY CA CH CL CN CO CY CZ DE DK DZ EE EG EL ES FI FO FR GB GI GR HK HR HU "
        "IE IL IN IS JO JP KE KR KW LB LI LT LU LV LY MA MC MD ME MK MT MX MY NG NL NO NZ PE PH PK PL PT QA RO "
        "RS RU SA SE SG SI SK SM SN TH TN TR TW UA UK US UY VA VE VN XI XK ZA",
    )
)


def tax_code(text: str) -> TaxCode:
    """Say what ``text`` is as an Italian tax code (codice fiscale of a person or body, or partita IVA).

    Checked with python-stdnum: D.M. 23/12/1976 (check letter, omocodia), D.P.R. 633/1972 art. 35 (Luhn digit). Masked
    codes are how a person's is published (``****************``, ``*CODICE FISCALE*``, ``XXXXXXXXXXX``); foreign
    identifiers are known by their country and not judged further. Fewer digits than eleven that are right once filled
    with zeros were a number in a spreadsheet: 40,853 of 52,534 in a table of 2023.
    """
    code = text.upper()
    if _MASKED.fullmatch(code):
        return "masked"
    if bare := _DIGITS_OF_BODY.fullmatch(code):
        digits = bare.group(1)
        if len(digits) < BODY_DIGITS:
            return "zeros-lost" if iva.is_valid(digits.zfill(BODY_DIGITS)) and digits.strip("0") else "wrong"
        return "valid" if len(digits) == BODY_DIGITS and iva.is_valid(digits) else "wrong"
    if _PERSON.fullmatch(code):
        return "valid" if codicefiscale.is_valid(code) else "wrong"
    if _FOREIGN.fullmatch(code) and code[:2] in COUNTRIES:
        return "foreign"
    return "wrong"


def tax_code_with_zeros(text: str) -> str | None:
    """Return the eleven digits of a tax code that lost the zeros at its beginning; None for any other text."""
    bare = _DIGITS_OF_BODY.fullmatch(text.upper())
    return bare.group(1).zfill(BODY_DIGITS) if bare and tax_code(text) == "zeros-lost" else None


def postcode_with_zeros(text: str) -> str | None:
    """Return the Italian postcode (CAP, five digits) of four digits that lost their zero; None for any other text."""
    return text.zfill(5) if _CAP_WITHOUT_ZERO.fullmatch(text) else None


# -- Classifications ---------------------------------------------------------------------------------------------------

ATECO_SUFFIX = re.compile(r"_(20[0-9]{2})$")
# The letter at the end is of ATECO 1991 and 2002 (74.20.F).
_ATECO_FORM = re.compile(r"[A-Z]|[0-9]{2}(?:\.[0-9]{1,2}(?:\.(?:[0-9]{1,2}|[A-Z]))?)?")
# Replaced by the update of 2021, still right in what was written before.
_ATECO_REPLACED = frozenset({"01.13.20", "01.19.20"})
NUTS_FORM = "[A-Z]{2}[0-9A-Z]{0,3}"
_NUTS_FORM = re.compile(NUTS_FORM)
_LEGAL_FORM = re.compile(r"[0-9]\.[0-9](?:\.[0-9]{2})?\.?|[0-9]{4}")
_REGIS_LEGAL_FORM = re.compile("[0-9]{2}")

Known = Literal["known", "unknown", "wrong"]


@cache
def ateco_codes() -> frozenset[str]:
    """Return every code of ATECO 2007, update of 2021."""
    return frozenset(vocabulary("ateco-2007").by_code) | _ATECO_REPLACED


def ateco(text: str) -> Known:
    """Say whether ``text`` is a code of ATECO 2007, also with OpenCoesione's suffix (``62.01.00_2007``) or without points.

    A code of another version (suffix ``_2025``), or in the right form but not in the list of 2007, is ``unknown``: ATECO
    2025 is in force since January 2025 and its list is not here, so it can be neither confirmed nor called wrong.
    """
    suffix = ATECO_SUFFIX.search(text)
    code = text[: suffix.start()] if suffix else text
    if code.isascii() and code.isdigit() and len(code) > 2:
        code = ".".join(code[place : place + 2] for place in range(0, len(code), 2))
    if not _ATECO_FORM.fullmatch(code):
        return "wrong"
    if suffix and suffix.group(1) != "2007":
        return "unknown"
    return "known" if code in ateco_codes() else "unknown"


@cache
def nuts_codes() -> frozenset[str]:
    """Return Italy's NUTS codes (2024, the same as 2021)."""
    return frozenset(vocabulary("nuts").by_code)


def nuts(text: str) -> Known:
    """Say whether ``text`` is a NUTS code: Italy's are looked up, other countries' are known by their form.

    Reg. (EC) 1059/2003 and its amendments. Codes of Italy before 2010 (ITD, ITE) are ``unknown``.
    """
    if not _NUTS_FORM.fullmatch(text) or text[:2] not in COUNTRIES | {"IT"}:
        return "wrong"
    return "known" if text in nuts_codes() or not text.startswith("IT") else "unknown"


@cache
def legal_forms() -> frozenset[str]:
    """Return the codes of the legal forms of ISTAT without their points, and ``9999``: not stated."""
    return frozenset(code.replace(".", "") for code in vocabulary("legal-forms").by_code) | {"9999"}


def legal_form(text: str) -> Known:
    """Say whether ``text`` is one of ISTAT's legal forms (``1.3.20``; PNC writes ``1320``).

    Two digits without a point are ReGiS's own list, which is not published: known by their form.
    """
    if _REGIS_LEGAL_FORM.fullmatch(text):
        return "known"
    if not _LEGAL_FORM.fullmatch(text):
        return "wrong"
    return "known" if text.replace(".", "") in legal_forms() else "unknown"
