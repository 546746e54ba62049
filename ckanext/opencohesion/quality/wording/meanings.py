"""What the columns of a table mean, for who reads a report on it. Plain module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ...tables.errors import UnknownProfileError
from ...tables.profiles import load_profile


@dataclass(frozen=True)
class Meaning:
    """A column in words: what its short name stands for, and what it holds."""

    title: str
    description: str


def meaning(profile_id: str | None, label: str | None, field: str | None, language: str) -> Meaning | None:
    """Return the meaning of a column in ``it`` or ``en``; None where the table or the column is not known.

    ``field`` is its canonical name where that is known, ``label`` what the file calls it.
    """
    if not profile_id:
        return None
    try:
        of_name = _meanings(profile_id, language)
    except UnknownProfileError:
        return None
    return of_name.get(field or "") or of_name.get((label or "").strip())


@cache
def _meanings(profile_id: str, language: str) -> dict[str, Meaning]:
    """Return the meaning of every column that has one, by each of its names; its canonical name goes first."""
    profile = load_profile(profile_id)
    of_name: dict[str, Meaning] = {}
    for field in profile.fields:
        title = field.title.get(language) or field.title.get("it") or ""
        description = field.description.get(language) or field.description.get("it") or ""
        if title or description:
            told = Meaning(title, description)
            for name in (*field.labels.values(), *field.aliases):
                of_name.setdefault(name.strip(), told)
            of_name[field.name] = told
    return of_name
