"""Personal data that a person has to look at: the rules P4 to P8, and all rules on a table's rows together.

A finding of these rules is no error: publication may be right, on a legal basis that a named person states or that the
Table Schema declares for a column. Plain cells in, plain findings out; ``check`` hangs them into frictionless.

P4  a name without the mark of a body (S.r.l., Comune di …) where the legal form is missing; any surname.
P5  title or abstract of a grant or incentive (CUP nature 06, 07): they hold the names of persons.
P6  e-mail addresses, telephone numbers, IBANs.
P7  an address in a row that tells of an individual.
P8  a count of individuals below three, in a column that counts individuals and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .contacts import PHONE_DIGITS, holds_contact, may_hold_contact
from .rules import (
    PersonalHit,
    PersonColumns,
    column_words,
    elements,
    is_individual_form,
    is_name,
    is_stated,
    person_columns,
    row_hits,
    text_of,
)

REVIEW_RULES = ("P4", "P5", "P6", "P7", "P8")

#: The rules that a declaration in a Table Schema answers, by its kind.
ANSWERED_BY_KIND: Mapping[str, frozenset[str]] = {
    "office-contact": frozenset({"P6", "P7"}),
    "published-name": frozenset({"P4", "P5"}),
}

#: The unit of a field that counts individuals.
COUNTS_PERSONS = "persons"
SMALL_COUNT = 3

# Marks of a body in its name; without anchors and look-arounds, so that DuckDB reads the same (RE2).
_FORMS = (
    r"s ?r ?l ?s?|s ?p ?a|s ?a ?s|s ?n ?c|s ?a ?p ?a|s ?c ?a ?r ?l|s ?c ?r ?l|s ?c ?p ?a|s ?c ?s|s ?s ?d|a ?s ?d|a ?p ?s|"
    r"a ?t ?i|a ?t ?s|r ?t ?i|r ?t ?p|g ?m ?b ?h|ltd|limited|inc|llc|plc|b ?v|n ?v|a ?b|k ?g|sarl|s ?a ?r ?l|onlus|odv|ets"
)
_WORDS = (
    r"societ\w*|soc|coop\w*|consorzi\w*|consortile|comun[ei]|comunit\w*|provinci\w*|regione|regional\w*|citt\w*|"
    r"municipi\w*|unione|azienda|a ?s ?l|a ?s ?p|a ?o ?u|usl|ospedal\w*|aziende|universit\w*|politecnico|ateneo|"
    r"istitut\w*|scuol\w*|liceo|convitto|accademia|conservatorio|i ?c|ente|enti|agenzia|autorit\w*|minister\w*|"
    r"dipartimento|prefettura|tribunale|questura|fondazion\w*|associazion\w*|federazion\w*|confederazion\w*|comitato|"
    r"parrocchia|diocesi|arcidiocesi|chiesa|opera|gruppo|holding|camera|ordine|collegio|cnr|inps|anas|rfi|enel|poste|"
    r"banca|bank|cassa|compagnia|group|company|corporation|partners|association|foundation|university|institute|"
    r"protezione|consiglio|corpo|arma|museo|parco|autostrade|ferrovie|aeroporto|porto|zecca|condominio"
)
# One dot or blank may stand between the letters of a form: S.R.L., S. R. L.
BODY_PATTERN = (
    r"(?i)(?:^|[^A-Za-z0-9À-ÿ])(?:"
    + _FORMS.replace(" ?", "[. ]{0,2}")
    + "|"
    + _WORDS.replace(r"\w*", "[A-Za-zÀ-ÿ]*").replace(" ?", "[. ]{0,2}")
    + r")(?:[^A-Za-z0-9À-ÿ]|$)"
)
_BODY = re.compile(BODY_PATTERN)

_SURNAME = re.compile(r" (?:cognome|cognomi|surname|last name|nominativo|nominativi)(?= )")
_NATURE = re.compile(r" (?:natura|nature)(?= )(?! giuridica)")
_TITLE = re.compile(r" (?:titolo|sintesi|title|summary|abstract)(?= )")
_NO_TITLE = re.compile(
    r" (?:procedura|programma|bando|misura|submisura|piano|avviso|procedure|programme|call)(?= )"
)
_GRANT_CODES = frozenset({"6", "7"})
GRANT_PATTERN = r"(?i)contribut|incentiv"
_GRANT = re.compile(GRANT_PATTERN)
_ADDRESS = re.compile(r" (?:indirizzo|residenza|domicilio|address|street)(?= )")
_NO_ADDRESS = re.compile(
    r" (?:web|url|internet|sito|email|e mail|mail|pec|posta|ip|http|scuola|studio|politico)(?= )"
)
_PHONE = re.compile(r" (?:telefono|telefoni|tel|cellulare|cell|fax|phone|telephone|mobile)(?= )")
_PERSONS = (
    "persone|individui|destinatari|disoccupati|occupati|pazienti|assistiti|ricoverati|studenti|alunni|"
    "iscritti|lavoratori|lavoratrici|donne|minori|disabili|decessi|deceduti|feriti|migranti|stranieri|detenuti|"
    "percettori|residenti|persons|people|individuals|patients|students|workers|deaths"
)
_COUNT = re.compile(
    rf"^ (?:(?:numero|num|n|nr|totale|tot|count|number)(?: (?:di|dei|delle|of))? )?(?:{_PERSONS}) $"
)


@dataclass(frozen=True)
class Grants:
    """Columns that tell the nature of a project, by code or in words, and those that tell what it is about."""

    codes: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()


@dataclass(frozen=True)
class PersonalRules:
    """Which columns (0-based) of a table the rules look at; ``hits`` judges a row by all of them.

    ``answered``: ``(rule, column)`` that the Table Schema declares, with a basis that is still in force.
    """

    persons: tuple[PersonColumns, ...] = ()
    surnames: tuple[int, ...] = ()
    grants: Grants = field(default_factory=Grants)
    phones: tuple[int, ...] = ()
    addresses: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    answered: frozenset[tuple[str, int]] = frozenset()

    def hits(self, cells: Sequence[Any]) -> list[PersonalHit]:
        """Judge one row by P1 to P8. One finding per cell: P1 to P3 come first."""
        found = row_hits(cells, self.persons)
        taken = {hit.column for hit in found}
        for hit in self._review_hits(cells, bool(found)):
            if hit.column not in taken and (hit.rule, hit.column) not in self.answered:
                taken.add(hit.column)
                found.append(hit)
        return found

    def tells_of_person(self, cells: Sequence[Any]) -> bool:
        """Whether any rule finds something in the row, answered or not: then no value of it may be quoted."""
        found = row_hits(cells, self.persons)
        return bool(found) or next(iter(self._review_hits(cells, known=False)), None) is not None

    def _review_hits(self, cells: Sequence[Any], known: bool) -> Iterable[PersonalHit]:
        """``known``: whether P1 to P3 found an individual in the row."""
        for person in self.persons:
            yield from (PersonalHit("P4", column) for column in unmarked_names(cells, person))
        for column in self.surnames:
            if _unmarked(text_of(cells, column)):
                yield PersonalHit("P4", column)
        if self._is_grant(cells):
            for column in self.grants.texts:
                if is_name(text_of(cells, column)):
                    yield PersonalHit("P5", column)
        yield from self._contact_hits(cells)
        filled = [column for column in self.addresses if is_name(text_of(cells, column))]
        if filled and (known or self._names_individual(cells)):
            yield from (PersonalHit("P7", column) for column in filled)
        for column in self.counts:
            if _is_small(text_of(cells, column)):
                yield PersonalHit("P8", column)

    def _contact_hits(self, cells: Sequence[Any]) -> Iterable[PersonalHit]:
        texts = [
            (column, cell)
            for column, cell in enumerate(cells)
            if isinstance(cell, str) and len(cell) >= PHONE_DIGITS
        ]
        if may_hold_contact("\n".join(cell for _, cell in texts)):
            yield from (PersonalHit("P6", column) for column, cell in texts if holds_contact(cell))
        for column in self.phones:
            if sum(character.isdigit() for character in text_of(cells, column)) >= PHONE_DIGITS:
                yield PersonalHit("P6", column)

    def _is_grant(self, cells: Sequence[Any]) -> bool:
        return any(
            text_of(cells, column).strip().lstrip("0") in _GRANT_CODES for column in self.grants.codes
        ) or any(_GRANT.search(text_of(cells, column)) for column in self.grants.words)

    def _names_individual(self, cells: Sequence[Any]) -> bool:
        for person in self.persons:
            shown = [text_of(cells, column) for column in (person.code, *person.names) if column is not None]
            if any("*" in text for text in shown):
                return True
            if any(is_individual_form(text_of(cells, column)) for column in person.legal_forms):
                return True
        return any(_unmarked(text_of(cells, column)) for column in self.surnames)


def find_rules(
    labels: Sequence[str],
    persons: Iterable[PersonColumns] = (),
    *,
    units: Mapping[int, str] | None = None,
    answered: Collection[tuple[str, int]] = (),
) -> PersonalRules:
    """Return which columns the rules look at, by the words of the header.

    ``persons``: those that the Table Schema names. ``units``: the units of columns that it tells. P8 judges columns
    counted in ``persons``, and those without a unit whose header says so.
    """
    words = [column_words(label) for label in labels]
    known = units or {}
    found = list(dict.fromkeys([*persons, *person_columns(labels)]))
    natures = [column for column, label in enumerate(words) if _NATURE.search(label)]
    return PersonalRules(
        persons=tuple(found),
        surnames=_columns(words, _SURNAME),
        grants=Grants(
            codes=tuple(column for column in natures if re.search(r" cod\w* ", words[column])),
            words=tuple(column for column in natures if not re.search(r" cod\w* ", words[column])),
            texts=_columns(words, _TITLE, _NO_TITLE),
        ),
        phones=_columns(words, _PHONE),
        addresses=_columns(words, _ADDRESS, _NO_ADDRESS),
        counts=tuple(
            column
            for column, label in enumerate(words)
            if (known[column] == COUNTS_PERSONS if known.get(column) else _COUNT.search(label))
        ),
        answered=frozenset(answered),
    )


def unmarked_names(cells: Sequence[Any], person: PersonColumns) -> list[int]:
    """Return the columns that name a subject of no stated legal form by a name without the mark of a body (P4)."""
    if not person.legal_forms:
        return []
    forms = [elements(text_of(cells, column)) for column in person.legal_forms]
    code = text_of(cells, person.code) if person.code is not None else ""
    if "*" in code:
        return []  # the name of a masked subject is P2's
    found = []
    for column in person.names:
        names = elements(text_of(cells, column))
        for position, name in enumerate(names):
            stated = any(
                any(map(is_stated, form)) if len(form) != len(names) else is_stated(form[position])
                for form in forms
            )
            if not stated and _unmarked(name):
                found.append(column)
                break
    return found


def _unmarked(name: str) -> bool:
    return is_name(name) and any(map(str.isalpha, name)) and not _BODY.search(name)


def _is_small(text: str) -> bool:
    plain = text.strip()
    return (
        re.fullmatch(r"[0-9]{1,4}(?:[.,]0+)?", plain) is not None
        and 0 < float(plain.replace(",", ".")) < SMALL_COUNT
    )


def _columns(
    words: Sequence[str], wanted: re.Pattern[str], but: re.Pattern[str] | None = None
) -> tuple[int, ...]:
    return tuple(
        column
        for column, label in enumerate(words)
        if wanted.search(label) and not (but and but.search(label))
    )
