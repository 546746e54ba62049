"""What the form proposes from a file, each value with where it comes from. Plain module.

Nothing is invented: what the file and its known table do not tell is not proposed.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from ...i18n_marks import N_
from ...vocabularies import vocabulary
from .facts import Facts
from .known import KnownTable, known_tables
from .recognise import Recognised

_FROM_TABLE = N_("From the file: it has the columns of “{table}”.")
_FROM_COLUMN = N_("From the file: column “{column}”.")
_FROM_FIRST_ROWS = N_("From the first {rows} rows of the file: column “{column}”.")
_FROM_NAME = N_("From the name of the file: rewrite it in words that a citizen uses.")
_FROM_CONTENT = N_("From the content of the file.")

_MOST_PROGRAMMES = 20
_NAME_PARTS = re.compile(r"[_\-.\s]+")


@dataclass(frozen=True)
class Proposal:
    """A value for a field, and a sentence (with parameters) on where it comes from."""

    value: Any
    message: str
    params: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return asdict(self)


def dataset_type(recognised: Recognised | None) -> str:
    """Return the dataset type that the recognised table belongs to; ``dataset`` where none was recognised."""
    known = _known(recognised)
    return known.type if known else "dataset"


def for_file(recognised: Recognised, filename: str) -> dict[str, Proposal]:
    """Return what is proposed for the file's own fields."""
    proposals = {"format": Proposal(recognised.format, _FROM_CONTENT)}
    if recognised.profile:
        title = recognised.profile.title["it"]
        proposals["table_schema"] = Proposal(recognised.profile.id, _FROM_TABLE, {"table": title})
        proposals["name"] = Proposal(title, _FROM_TABLE, {"table": title})
    else:
        proposals["name"] = Proposal(_words(filename), _FROM_NAME)
    return proposals


def for_dataset(recognised: Recognised, facts: Facts | None, filename: str, lang: str) -> dict[str, Proposal]:
    """Return what is proposed for the dataset's fields. ``facts`` only where the table is known."""
    known = _known(recognised)
    if known is None or facts is None or recognised.profile is None:
        return {"title": Proposal(_words(filename), _FROM_NAME)}
    table = {"table": recognised.profile.title.get(lang) or recognised.profile.title["it"]}
    place = _territory(facts)
    themes = [vocabulary("data-theme").by_code[code].uri for code in known.themes]
    values: dict[str, Proposal | None] = {
        "title": Proposal(_title(known, facts, place), _FROM_TABLE, table),
        "notes": Proposal(known.notes, _FROM_TABLE, table),
        "tag_string": Proposal(", ".join(known.tags), _FROM_TABLE, table),
        "theme": Proposal(themes, _FROM_TABLE, table),
        "language": Proposal([vocabulary("language").by_code["ITA"].uri], _FROM_TABLE, table),
    }
    says = _Says(recognised, known, facts)
    if place:
        values["territory"] = says.of_places([place])
    values["temporal_coverage"] = says.of("first_days", _period(facts))
    if known.type == "cohesion":
        values["programming_cycle"] = says.of("cycle", sorted(facts.cycles))
        values["fund"] = says.of("fund", sorted(facts.funds))
        values["programme"] = says.of("programme_code", _programmes(facts))
    if known.type == "pnrr":
        every = len(vocabulary("pnrr-missions").terms)
        some = len(facts.missions) < every  # the form: "leave empty when the file covers all"
        values["mission"] = says.of("measure", sorted(facts.missions) if some else [])
        values["component"] = says.of("measure", sorted(facts.components) if some else [])
        values["regis_source"] = says.of("extracted", _extraction(known, facts))
    return {name: proposal for name, proposal in values.items() if proposal is not None}


class _Says:
    """Names the column, as the file spells it, from which a value was read."""

    def __init__(self, recognised: Recognised, known: KnownTable, facts: Facts) -> None:
        header = recognised.source.header if recognised.source else None
        self._labels = (
            {name: label.strip() for name, label in zip(header.canonical, header.labels, strict=True) if name}
            if header
            else {}
        )
        self._places = recognised.profile.places if recognised.profile else None
        self._known = known
        self._facts = facts

    def of(self, fact: str, value: Any) -> Proposal | None:
        """Return the proposal of a value read from the columns of ``fact``; None where there is no value."""
        return self._proposal(value, self._known.columns.get(fact, ())) if value else None

    def of_places(self, value: list[str]) -> Proposal | None:
        """Return the proposal of a place."""
        if self._places is None:
            return None
        names = {2: self._places.region, 3: self._places.province, 6: self._places.municipality}[
            len(value[0])
        ]
        return self._proposal(value, names)

    def _proposal(self, value: Any, columns: tuple[str, ...]) -> Proposal:
        column = ", ".join(self._labels[name] for name in columns if name in self._labels)
        if self._facts.whole:
            return Proposal(value, _FROM_COLUMN, {"column": column})
        return Proposal(value, _FROM_FIRST_ROWS, {"column": column, "rows": str(self._facts.rows)})


def _known(recognised: Recognised | None) -> KnownTable | None:
    profile = recognised.profile if recognised else None
    return known_tables().get(profile.id) if profile else None


def _territory(facts: Facts) -> str:
    """Return the one place that every row is in: the smallest that is one; "" where there is no such place."""
    regions = facts.places["region"]
    if len(regions) > 1 or regions == {""}:
        return ""
    for level in ("municipality", "province", "region"):
        codes = facts.places[level]
        if len(codes) == 1 and "" not in codes:
            return next(iter(codes))
    return ""


def _place_name(code: str) -> str:
    lists = {2: "istat-regions", 3: "istat-provinces", 6: "istat-municipalities"}
    return vocabulary(lists[len(code)]).label(code)


def _title(known: KnownTable, facts: Facts, place: str) -> str:
    title = f"{known.title} – {_place_name(place)}" if place else known.title
    if len(facts.cycles) == 1:
        title += f", ciclo {next(iter(facts.cycles))}"
    return title


def _period(facts: Facts) -> list[dict[str, str]]:
    """Return the period from the first to the last day that the rows tell; a period needs the day it begins."""
    if not facts.first_day or not facts.whole:
        return []
    period = {"start": facts.first_day}
    end = facts.last_day or max(facts.extracted, default="")
    return [period | {"end": end} if end >= facts.first_day else period]


def _programmes(facts: Facts) -> list[dict[str, str]]:
    if len(facts.programmes) > _MOST_PROGRAMMES:
        return []
    return [
        {"code": code, "name": name} if name else {"code": code}
        for code, name in sorted(facts.programmes.items())
    ]


def _extraction(known: KnownTable, facts: Facts) -> str:
    """Return the extraction of ReGiS that the file is of, where all its rows are of one."""
    if not known.regis or len(facts.extracted) != 1:
        return ""
    year, month, day = next(iter(facts.extracted)).split("-")
    return f"ReGiS, estrazione del {day}/{month}/{year}"


def _words(filename: str) -> str:
    """Return the name of a file as words: ``PNRR_Gare_2025.csv`` is ``PNRR Gare 2025``."""
    words = _NAME_PARTS.sub(" ", PurePath(filename).stem).strip()
    return words[:1].upper() + words[1:]
