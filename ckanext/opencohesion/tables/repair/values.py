"""What a cell most likely means, where it can mean one thing only; None where it is in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

LIST_SEPARATOR = ":::"

_READ_DATES = (
    *("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"),
)
# Python's %Y takes "21" for the year 21: no publication of ours tells of such days.
_FIRST_YEAR = 1900
_FLOAT_CODE = re.compile(r"([0-9]+)[.,]0+")
_MOST_DIGITS = 30
# Not the second half of a letter that was read wrongly once ("Ã" and a no-break blank are "à").
_BLANKS = re.compile("(?<![ÂÃ])[ \u00a0\u2007\u2009\u202f]+")
_NO_BREAK = re.compile("(?<![ÂÃ])\u00a0")
# The first byte of a western letter in UTF-8, or of ’ “ – €, and those that follow, as windows-1252 shows them. (Not of
# other letters: an È before a no-break blank is an È.)
_NEXT = "".join(re.escape(bytes([byte]).decode("cp1252", "ignore") + chr(byte)) for byte in range(0x80, 0xC0))
_MISREAD = re.compile(f"[ÂÃ][{_NEXT}]|â[{_NEXT}]{{2}}")
_MOST_TIMES_MISREAD = 3
_LABEL_NOISE = re.compile("\ufeff|ï»¿|[\u200b\u200c\u200d\u2060\u00ad]")


def suggested_number(cell: str, decimal_char: str, *, whole: bool = False) -> str | None:
    """Return the number that ``cell`` most likely means, written with ``decimal_char``; None when in doubt.

    Three digits after the only mark may be thousands or thousandths: no suggestion then.
    """
    plain = re.sub(r"(?i)€|eur(?:o)?|[\s\u00a0']", "", cell)
    grouped = re.fullmatch(r"(-?)(\d{1,3})((?:([.,])\d{3})(?:\4\d{3})*)(?:([.,])(\d{1,2}))?", plain)
    simple = re.fullmatch(r"(-?\d+)(?:[.,](\d{1,2}|\d{4,}))?", plain)
    if simple:
        digits, decimals = simple.group(1), simple.group(2)
    elif grouped and grouped.group(5) and grouped.group(5) != grouped.group(4):
        digits = grouped.group(1) + grouped.group(2) + re.sub(r"\D", "", grouped.group(3))
        decimals = grouped.group(6)
    else:
        return None
    if whole:
        return digits if not decimals or not decimals.strip("0") else None
    return f"{digits}{decimal_char}{decimals}" if decimals else digits


def meant_date(cell: str) -> date | None:
    """Return the day that ``cell`` means in the one way that Italian publishers write it, if there is one only."""
    meant = set()
    for form in _READ_DATES:
        try:
            meant.add(datetime.strptime(cell.strip(), form).date())
        except ValueError:
            continue
    sensible = [day for day in meant if day.year >= _FIRST_YEAR]
    return sensible[0] if len(sensible) == 1 else None


def with_zeros(cell: str, fits: Callable[[str], bool]) -> str | None:
    """Return a code of digits with the zeros in front that make it ``fits``; None where several widths do.

    Where every width from one on is allowed (tax codes of eleven digits or more) it is the shortest. Of zeros alone
    nobody knows whether they are a code (``000``, the whole region) or an empty cell.
    """
    text = cell.strip()
    if not re.fullmatch("[0-9]+", text) or not text.strip("0"):
        return None
    widths = [width for width in range(len(text) + 1, _MOST_DIGITS) if fits(text.zfill(width))]
    if not widths or (len(widths) > 1 and widths[-1] != _MOST_DIGITS - 1):
        return None
    return text.zfill(widths[0])


def without_decimals(cell: str, fits: Callable[[str], bool]) -> str | None:
    """Return the code that a spreadsheet turned into ``18,00`` or ``18.0``."""
    found = _FLOAT_CODE.fullmatch(cell.strip())
    if found is None:
        return None
    digits = found.group(1)
    return digits if fits(digits) else with_zeros(digits, fits)


def each(cell: str, mend: Callable[[str], str | None], fits: Callable[[str], bool]) -> str | None:
    """Mend every element of a list (``18:::19``) that does not fit; None where one of them is in doubt."""
    mended = []
    for element in cell.split(LIST_SEPARATOR):
        after = element if not element or fits(element) else mend(element)
        if after is None:
            return None
        mended.append(after)
    return LIST_SEPARATOR.join(mended)


def in_capitals(cell: str, fits: Callable[[str], bool]) -> str | None:
    """Return a code in capitals and without blanks, where that makes it one."""
    text = re.sub(r"\s", "", cell).upper()
    return text if fits(text) else None


def plain_blanks(cell: str) -> str:
    """Return a text with one plain blank where it has no-break or several ones, and none at its edges.

    A cell of nothing but plain blanks is how some publishers write an empty one, and stays.
    """
    text = _BLANKS.sub(" ", cell).strip(" ")
    return text if text or cell.strip(" ") else cell


def without_no_break(cell: str) -> str:
    """Return a code or key with plain blanks in place of no-break ones: what stands between them may matter."""
    return _NO_BREAK.sub(" ", cell)


def mended_letters(cell: str) -> str | None:
    """Return a text in which letters whose UTF-8 was once read as windows-1252 are letters again; None where there are none.

    Accents of the one encoding are by the merest chance well-formed in the other. Some texts went through it twice.
    """
    text = cell
    for _ in range(_MOST_TIMES_MISREAD):
        mended = _MISREAD.sub(_reread, text)
        if mended == text:
            break
        text = mended
    return None if text == cell else text


def _reread(found: re.Match[str]) -> str:
    misread = found.group()
    try:
        return bytes(map(_byte_of, misread)).decode("utf-8")
    except UnicodeError:
        return misread


def _byte_of(character: str) -> int:
    """Return the byte that windows-1252 shows as this character; the five that it does not know as Latin-1 does."""
    encoded = character.encode("cp1252", "ignore")
    return encoded[0] if encoded else ord(character)


def plain_label(label: str) -> str:
    """Return the name of a column without what nobody sees in it."""
    return re.sub(r"\s+", " ", _LABEL_NOISE.sub("", label)).strip()
