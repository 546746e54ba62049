"""What a licence lets people do and asks of them, in plain words (``licence_terms.json``). Plain module."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.opencohesion.vocabularies import Term, vocabulary

_TERMS = Path(__file__).parent / "licence_terms.json"


@dataclass(frozen=True)
class Licence:
    """A licence: its name, the address of its text, and what one may and must do; empty where we have no words for it."""

    code: str
    title: str
    url: str
    may: tuple[str, ...]
    must: tuple[str, ...]


def licence(value: str | None, lang: str) -> Licence | None:
    """Return the licence of a code or URI of the national list in words, None where it is not in that list."""
    term = vocabulary("licences-it").find(value) if value else None
    if term is None:
        return None
    family = _families().get(term.code)
    return Licence(
        code=term.code,
        title=term.label(lang),
        url=_address(term),
        may=_said(family["may"], lang) if family else (),
        must=_said(family["must"], lang) if family else (),
    )


def _address(term: Term) -> str:
    return term.fields.get("reference_uri") or term.uri


@cache
def _content() -> dict[str, Any]:
    return json.loads(_TERMS.read_text(encoding="utf-8"))


@cache
def _families() -> dict[str, dict[str, Any]]:
    return {code: family for family in _content()["families"].values() for code in family["licences"]}


def _said(names: list[str], lang: str) -> tuple[str, ...]:
    statements = _content()["statements"]
    return tuple(statements[name].get(lang) or statements[name]["it"] for name in names)
