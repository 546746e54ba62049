"""E-mail addresses, telephone numbers and IBANs in text (rule P6). Plain strings in, places out.

Telephone numbers look like any number, so a number counts as one only where something says so: the prefix of Italy, a
word before it, the grouping in which mobile numbers are written, or the header of its column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
# 00 39 needs a mark behind it: the VAT numbers of bodies may begin with 0039.
_PHONE = re.compile(
    r"(?<![A-Za-z0-9+])(?:"
    r"\+39[ ./-]?\d[\d ./-]{5,12}\d"
    r"|0039[ ./-]\d[\d ./-]{5,12}\d"
    r"|3\d\d[ /-]\d{3}[ /-]?\d{4}"
    r"|(?:[Tt][Ee][Ll]|[Tt]elefono|TELEFONO|[Cc][Ee][Ll][Ll]|[Cc]ellulare|CELLULARE|[Ff][Aa][Xx]|[Pp]hone|[Mm]obile)"
    r"[.:° n]{0,4}\+?\d[\d ./-]{5,13}\d"
    r")(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")

_SHORTEST_IBAN = 15

#: True of every text in which ``contacts`` could find something. Read by Python and by DuckDB (RE2).
HINT_PATTERN = (
    r"@[A-Za-z0-9]|\+39|0039[ ./-]|3[0-9][0-9][ /-][0-9]{3}"
    r"|(?:[Tt][Ee][Ll]|[Tt]elefono|TELEFONO|[Cc][Ee][Ll][Ll]|[Cc]ellulare|CELLULARE|[Ff][Aa][Xx]|[Pp]hone|[Mm]obile)"
    r"[.:° n]{0,4}\+?[0-9]"
    r"|(?:^|[^A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2} ?[A-Z0-9]{3}"
)
# The same for Python in pieces: texts are looked through for each piece faster than for all of them at once.
_MARKS = ("@", "+39", "0039")
_WORDS = ("tel", "cell", "fax", "phone", "mobile")
_MOBILE_HINT = re.compile(r"3[0-9][0-9][ /-][0-9]{3}")
_WORD_HINT = re.compile(r"(?:tel|telefono|cell|cellulare|fax|phone|mobile)[.:° n]{0,4}\+?[0-9]")
_IBAN_HINT = re.compile(r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2} ?[A-Z0-9]{3}")

#: Fewer digits than this are no telephone number, also in a column that is called so.
PHONE_DIGITS = 6


def may_hold_contact(text: str) -> bool:
    """Whether it is worth looking for contacts in ``text``: quick, and true wherever ``contacts`` finds one."""
    if any(mark in text for mark in _MARKS) or _MOBILE_HINT.search(text) or _IBAN_HINT.search(text):
        return True
    lowered = text.lower()
    return any(word in lowered for word in _WORDS) and _WORD_HINT.search(lowered) is not None


def contacts(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every e-mail address, telephone number and valid IBAN (ISO 13616) in ``text``."""
    if not may_hold_contact(text):
        return
    for pattern in (_EMAIL, _PHONE):
        for found in pattern.finditer(text):
            yield found.span()
    for found in _IBAN.finditer(text):
        # the groups of an IBAN may run into the next word: the longest part that is valid counts
        code = found.group()
        for end in range(len(code), _SHORTEST_IBAN - 1, -1):
            if len(code[:end].replace(" ", "")) >= _SHORTEST_IBAN and iban.is_valid(
                code[:end], check_country=False
            ):
                yield found.start(), found.start() + end
                break


def told_contacts(text: str) -> Iterator[tuple[int, int]]:
    """Yield those that are told as such: in what is no cell, digits in groups are coordinates more often than numbers."""
    for start, end in contacts(text):
        if any(character.isalpha() or character == "+" for character in text[start:end]):
            yield start, end


def holds_contact(text: str) -> bool:
    """Whether an e-mail address, a telephone number or an IBAN stands anywhere in ``text``."""
    return next(contacts(text), None) is not None
