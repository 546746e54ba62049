"""The rules on personal data as SQL: which rows to look at. A row too many costs time, a row too few would be a leak.

The conditions stand over the raw cells of a table as DuckDB reads them (text, '' where empty). They use no look-around and
no anchor, so that DuckDB's regular expressions (RE2) read them as Python's do.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...tables.typed import literal
from .contacts import HINT_PATTERN
from .review import BODY_PATTERN, GRANT_PATTERN, PersonalRules
from .rules import (
    CODE_HINT_PATTERN,
    CODE_LENGTH,
    EMPTY_WORDS,
    INDIVIDUAL_WORDS,
    LIST_SEPARATOR,
    PersonColumns,
)


def suspects(rules: PersonalRules, cells: Sequence[str], whole: str) -> list[str]:
    """Return the conditions of which one at least is true on every row that ``rules.hits`` finds something in.

    ``cells``: the SQL of each column's cell, in the file's order; ``whole``: of all of them in one text.
    """
    found = [_matches(whole, f"{CODE_HINT_PATTERN}|{HINT_PATTERN}")]
    for person in rules.persons:
        found += _person(person, cells)
    found += [f"trim({cells[column]}) <> ''" for column in (*rules.surnames, *rules.phones)]
    if grant := _grant(rules, cells):
        texts = [cells[column] for column in rules.grants.texts if ("P5", column) not in rules.answered]
        found.append(f"({grant}) AND ({' OR '.join(map(_may_name, texts)) or 'false'})")
    if rules.addresses and rules.persons:
        addresses = " OR ".join(f"trim({cells[column]}) <> ''" for column in rules.addresses)
        individual = " OR ".join(_individual(person, cells) for person in rules.persons)
        found.append(f"({addresses}) AND ({individual})")
    found += [_matches(cells[column], "[12]") for column in rules.counts]
    return found


def _person(person: PersonColumns, cells: Sequence[str]) -> list[str]:
    """P2 (a masked code), P3 (a long code), P4 (a name without a legal form)."""
    found = []
    if person.code is not None:
        code = cells[person.code]
        named = " OR ".join(_may_name(cells[column]) for column in person.names) or "false"
        long = f"length({code}) >= {CODE_LENGTH} AND NOT regexp_full_match({code}, '[0-9: ]*')"
        found.append(f"CASE WHEN contains({code}, '*') THEN {named} ELSE {long} END")
    if person.legal_forms:
        stated = " OR ".join(_surely_stated(cells[column]) for column in person.legal_forms)
        found += [
            f"trim({cells[column]}) <> '' AND NOT ({stated}) AND NOT ({_surely_body(cells[column])})"
            for column in person.names
        ]
    return found


def _may_name(text: str) -> str:
    """Return what is true where a cell holds more than nothing and masks."""
    masked = r" *(?:[*]+|[*][^*:]+[*])? *"
    return f"NOT regexp_full_match({text}, {literal(f'{masked}(?:{LIST_SEPARATOR}{masked})*')})"


def _surely_stated(form: str) -> str:
    bare = f"lower(regexp_replace({form}, '[^A-Za-z0-9]', '', 'g'))"
    empty = ", ".join(literal(word) for word in sorted(EMPTY_WORDS))
    return f"{bare} NOT IN ({empty}) AND NOT contains({form}, {literal(LIST_SEPARATOR)})"


def _surely_body(name: str) -> str:
    return f"{_matches(name, BODY_PATTERN)} AND NOT contains({name}, {literal(LIST_SEPARATOR)})"


def _grant(rules: PersonalRules, cells: Sequence[str]) -> str:
    if not rules.grants.texts:
        return ""
    return " OR ".join(
        [
            *(
                f"regexp_full_match({cells[column]}, '[^1-9A-Za-z]*[67][^0-9A-Za-z]*')"
                for column in rules.grants.codes
            ),
            *(_matches(cells[column], GRANT_PATTERN) for column in rules.grants.words),
        ]
    )


def _individual(person: PersonColumns, cells: Sequence[str]) -> str:
    shown = [cells[column] for column in (person.code, *person.names) if column is not None]
    words = f"(?i){'|'.join(INDIVIDUAL_WORDS)}|1[.]?1"
    return " OR ".join(
        [
            *(f"contains({cell}, '*')" for cell in shown),
            *([f"length({cells[person.code]}) >= {CODE_LENGTH}"] if person.code is not None else []),
            *(_matches(cells[column], words) for column in person.legal_forms),
            "false",
        ]
    )


def _matches(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {literal(pattern)})"
