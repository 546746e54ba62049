"""ISTAT codes of places, with their history: plain functions on the digits that columns put together give.

Publishers write a place as one code or as several columns, with the region's and province's digits before it; what
counts are the last six digits of a municipality, the last three of a province, the last two of a region.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from ...vocabularies import Term, vocabulary

PlaceState = Literal["current", "former", "whole", "abroad", "unknown"]

# ReGiS and OpenCoesione: 000 or 900 for the whole province or region; ReGiS: 997 several regions, 998 European
# countries, 999 no place.
WHOLE = frozenset({"000", "900"})
ABROAD = frozenset({"997", "998", "999"})


@cache
def municipalities() -> frozenset[str]:
    """Return today's codes of municipalities, six digits."""
    return frozenset(vocabulary("istat-municipalities").by_code)


def former_municipality(code: str) -> Term | None:
    """Return the municipality that had this code: suppressed, merged, moved to another province or recoded."""
    return vocabulary("istat-municipalities-former").by_code.get(code)


@cache
def provinces() -> frozenset[str]:
    """Return the codes of provinces: today's, their statistical ones (201 for Torino) and those that were."""
    terms = vocabulary("istat-provinces").terms
    former = {term.code[:3] for term in vocabulary("istat-municipalities-former").terms}
    return frozenset({term.code for term in terms} | {term.fields["uts_code"] for term in terms} | former) - {
        ""
    }


@cache
def regions() -> frozenset[str]:
    """Return the codes of regions, two digits."""
    return frozenset(vocabulary("istat-regions").by_code)


def municipality(digits: str) -> PlaceState:
    """Say what the code of a municipality is, given the columns' digits put together."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 6:
        return "unknown"
    code = digits[-6:]
    if code in municipalities():
        return "current"
    if former_municipality(code):
        return "former"
    if code[:3] in ABROAD:
        return "abroad"
    if code[3:] in WHOLE and (code[:3] in WHOLE or code[:3] in provinces()):
        return "whole"
    return "unknown"


def province(digits: str) -> PlaceState:
    """Say what the code of a province is, given the columns' digits put together."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 3:
        return "unknown"
    code = digits[-3:]
    if code in provinces():
        return "current"
    return "whole" if code in WHOLE else "abroad" if code in ABROAD else "unknown"


def region(digits: str) -> PlaceState:
    """Say what the code of a region is: two digits, or three with a zero before them (``018``)."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (2, 3):
        return "unknown"
    if len(digits) == 3 and digits in WHOLE | ABROAD:
        return "whole" if digits in WHOLE else "abroad"
    return "current" if digits[-2:] in regions() and digits[:-2] in ("", "0") else "unknown"
