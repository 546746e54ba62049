"""Reads a controlled list from its CSV file once and keeps it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

_FOLDER = Path(__file__).parent
_LABEL = "label_"


class UnknownVocabularyError(LookupError):
    """No list of that name is in the package."""


class Choice(TypedDict):
    """One entry of a form's list, as ckanext-scheming wants it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list: its code, its URI (empty where there is none), its labels by language, its other columns."""

    code: str
    uri: str
    labels: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)

    def label(self, lang: str = "it") -> str:
        """Return the label in ``lang``, else in Italian, else in English, else the code."""
        return self.labels.get(lang) or self.labels.get("it") or self.labels.get("en") or self.code

    def listed(self, column: str) -> tuple[str, ...]:
        """Return the values of a column that holds several, joined by ``|`` in the file."""
        return tuple(value for value in self.fields[column].split("|") if value)


@dataclass(frozen=True)
class Vocabulary:
    """A controlled list, in the order of its file."""

    name: str
    terms: tuple[Term, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Term]:
        """The entries by their code."""
        return MappingProxyType({term.code: term for term in self.terms})

    @cached_property
    def by_uri(self) -> Mapping[str, Term]:
        """The entries that have a URI, by it."""
        return MappingProxyType({term.uri: term for term in self.terms if term.uri})

    def find(self, value: str) -> Term | None:
        """Return the entry whose code or URI is ``value``, or None."""
        return self.by_code.get(value) or self.by_uri.get(value)

    def label(self, code: str, lang: str = "it") -> str:
        """Return the label of ``code`` in ``lang``; the code itself where the list does not hold it."""
        term = self.by_code.get(code)
        return term.label(lang) if term else code

    def choices(self, lang: str = "it", *, value: str = "code") -> list[Choice]:
        """Return the entries as a form's choices whose value is the ``code`` or the ``uri``."""
        return [
            Choice(value=term.uri if value == "uri" else term.code, label=term.label(lang))
            for term in self.terms
        ]


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the list kept in ``<name>.csv``.

    Raises:
        UnknownVocabularyError: no such file in the package.
    """
    if name not in vocabulary_names():
        raise UnknownVocabularyError(name)
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return Vocabulary(name, tuple(_term(row) for row in csv.DictReader(file)))


@cache
def vocabulary_names() -> tuple[str, ...]:
    """Return the names of all lists in the package."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.csv")))


def _term(row: dict[str, str]) -> Term:
    labels = {
        name.removeprefix(_LABEL): text for name, text in row.items() if name.startswith(_LABEL) and text
    }
    others = {
        name: text
        for name, text in row.items()
        if name not in ("code", "uri") and not name.startswith(_LABEL)
    }
    return Term(row["code"], row.get("uri", ""), MappingProxyType(labels), MappingProxyType(others))
