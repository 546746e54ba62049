"""What the rows of a known table tell about the dataset they make: places, days, programmes. Plain module.

Only what stands in the cells, and only where the known table says which column it is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ...tables.errors import UnreadableTableError
from ...tables.profiles import TableProfile
from ...tables.reading import read_rows
from ...tables.source import TableSource
from ...vocabularies import vocabulary
from .known import KnownTable

#: Where reading ends: proposals must be there while the officer waits. The checks read every row.
MOST_ROWS = 200_000
MOST_SECONDS = 6.0

_CYCLE = re.compile(r"\d{4}-\d{4}")
_SOURCE_CODE = re.compile(r"([A-Z+]+)\d{4}")
_COMPONENT = re.compile(r"(M\d)(C\d)")
_LIST = ":::"
_DAY_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")


@dataclass
class Facts:
    """What was seen. ``places`` are ISTAT codes by level; "" stands for rows whose place is no single one of that level."""

    rows: int = 0
    whole: bool = True
    places: dict[str, set[str]] = field(
        default_factory=lambda: {"region": set(), "province": set(), "municipality": set()}
    )
    cycles: set[str] = field(default_factory=set)
    funds: set[str] = field(default_factory=set)
    programmes: dict[str, str] = field(default_factory=dict)
    missions: set[str] = field(default_factory=set)
    components: set[str] = field(default_factory=set)
    extracted: set[str] = field(default_factory=set)
    first_day: str = ""
    last_day: str = ""


def collect(source: TableSource, profile: TableProfile, known: KnownTable) -> Facts:
    """Return what the rows of a table tell; a table that breaks off is told as far as it could be read."""
    facts = Facts()
    columns = _Columns(source, profile, known)
    until = time.monotonic() + MOST_SECONDS
    try:
        for number, row in enumerate(read_rows(source), start=1):
            if number <= source.header_row or not any(row):
                continue
            if facts.rows >= MOST_ROWS or time.monotonic() > until:
                facts.whole = False
                break
            facts.rows += 1
            columns.note(row, facts)
    except UnreadableTableError:
        facts.whole = False
    return facts


class _Columns:
    """Where in a row the facts stand."""

    def __init__(self, source: TableSource, profile: TableProfile, known: KnownTable) -> None:
        canonical = source.header.canonical if source.header else ()
        self._at = {name: position for position, name in enumerate(canonical) if name is not None}
        self._known: Mapping[str, tuple[str, ...]] = known.columns
        self._places = profile.places

    def note(self, row: Sequence[Any], facts: Facts) -> None:
        """Add what one row tells."""
        self._note_places(row, facts)
        for text in self._texts(row, "cycle"):
            facts.cycles |= {
                cycle for cycle in _CYCLE.findall(text) if cycle in vocabulary("programming-cycles").by_code
            }
        for text in self._texts(row, "fund"):
            facts.funds |= _fund(text)
        codes, names = self._texts(row, "programme_code"), self._texts(row, "programme_name")
        for position, code in enumerate(codes):
            facts.programmes.setdefault(code, names[position] if len(names) == len(codes) else "")
        for text in self._texts(row, "measure"):
            self._note_measure(text, facts)
        facts.extracted |= set(self._days(row, "extracted"))
        facts.first_day = min([*filter(None, [facts.first_day]), *self._days(row, "first_days")], default="")
        facts.last_day = max([facts.last_day, *self._days(row, "last_days")])

    def _note_places(self, row: Sequence[Any], facts: Facts) -> None:
        if self._places is None:
            return
        for level, digits, names in (
            ("region", 2, self._places.region),
            ("province", 3, self._places.province),
            ("municipality", 6, self._places.municipality),
        ):
            if not names or any(name not in self._at for name in names):
                continue
            cells = [_text(row, self._at[name]) for name in names]
            separator = self._places.separator
            groups = zip(*(cell.split(separator) for cell in cells), strict=False) if separator else [cells]
            for group in groups:
                facts.places[level].add(_place("".join(group), digits))

    @staticmethod
    def _note_measure(text: str, facts: Facts) -> None:
        found = _COMPONENT.match(text)
        if found and found[1] in vocabulary("pnrr-missions").by_code:
            facts.missions.add(found[1])
            if found[0] in vocabulary("pnrr-components").by_code:
                facts.components.add(found[0])

    def _texts(self, row: Sequence[Any], fact: str) -> list[str]:
        texts: list[str] = []
        for name in self._known.get(fact, ()):
            if name in self._at:
                texts += [part.strip() for part in _text(row, self._at[name]).split(_LIST)]
        return [text for text in texts if text]

    def _days(self, row: Sequence[Any], fact: str) -> Iterable[str]:
        for name in self._known.get(fact, ()):
            if name in self._at:
                day = _day(row[self._at[name]] if self._at[name] < len(row) else None)
                if day:
                    yield day


def _text(row: Sequence[Any], position: int) -> str:
    value = row[position] if position < len(row) else None
    return "" if value is None else str(value).strip()


def _place(code: str, digits: int) -> str:
    """Return the ISTAT code that the last digits are, or "" where they are none (whole country, abroad, damaged)."""
    lists = {2: "istat-regions", 3: "istat-provinces", 6: "istat-municipalities"}
    wanted = code[-digits:]
    return wanted if code.isdigit() and wanted in vocabulary(lists[digits]).by_code else ""


def _fund(text: str) -> set[str]:
    """Return the fund that a cell names by its code, or by OpenCoesione's code of fund and cycle (FSC2127)."""
    code = text.upper()
    found = _SOURCE_CODE.fullmatch(code)
    code = found[1] if found else code
    return {code} & set(vocabulary("funds").by_code)


def _day(value: Any) -> str:
    """Return a cell as YYYY-MM-DD, "" where it is no day; 31/12/9999 is how sources say that there is none."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    text = "" if value is None else str(value).strip()
    for form in _DAY_FORMATS:
        try:
            day = datetime.strptime(text, form)
        except ValueError:
            continue
        return day.strftime("%Y-%m-%d") if day.year < 2100 else ""
    return ""
