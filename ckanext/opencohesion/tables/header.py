"""Which column of a file is which field of a profile.

Labels are compared without what a reader does not see (blanks at the edges or doubled, byte order marks, no-break
spaces, line breaks, letter case, the shape of apostrophes) and against every spelling that a release has used. What
was *not* seen is told too, since frictionless trims labels silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .profiles import ProfileField, TableProfile

_BOM = "\ufeff"
# A byte order mark, or what is left of one where UTF-8 was once read as windows-1252.
_BOM_FORMS = (_BOM, "ï»¿")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\u00ad]")
_BLANKS = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'"})
# A header is taken for a release's when at least half of what either of them holds stands in both.
_RESEMBLANCE = 0.5


@dataclass(frozen=True)
class HeaderMatch:
    """How a file's labels answer to a profile. Positions are indexes into ``labels``, from 0."""

    labels: tuple[str, ...]
    # Canonical field name of each label, None where the profile knows no such column.
    canonical: tuple[str | None, ...]
    # Canonical names that the file lacks, of those that its release has (the newest, where it resembles none).
    missing_required: tuple[str, ...]
    missing_optional: tuple[str, ...]
    # Positions of labels that answer to no field, that repeat an earlier one, that begin or end with a blank,
    # that hold a byte order mark.
    unknown: tuple[int, ...]
    duplicates: tuple[int, ...]
    blank_edged: tuple[int, ...]
    with_bom: tuple[int, ...]
    # (position, canonical name) of labels that are another spelling of the canonical name, letter case apart.
    renamed: tuple[tuple[int, str], ...]
    # The release whose header this is, None when it resembles none.
    release: str | None


@lru_cache(maxsize=4096)
def normal_label(label: str) -> str:
    """Return ``label`` as a reader sees it: equal for labels that differ only in what is not seen."""
    for form in _BOM_FORMS:
        label = label.replace(form, "")
    label = _INVISIBLE.sub("", label).translate(_APOSTROPHES)
    return _BLANKS.sub(" ", label).strip().casefold()


def match_header(profile: TableProfile, labels: Sequence[str]) -> HeaderMatch:
    """Return how ``labels``, exactly as they stand in the file, answer to ``profile``.

    A label that repeats an earlier one answers to no field: the first holds it.
    """
    spellings = _spellings(profile.fields)
    normal = [normal_label(label) for label in labels]
    canonical: list[str | None] = []
    duplicates: list[int] = []
    taken: set[str] = set()
    seen: set[str] = set()
    for position, text in enumerate(normal):
        name = spellings.get(text)
        repeated = bool(text) and (text in seen or name in taken)
        if repeated:
            duplicates.append(position)
        canonical.append(None if repeated else name)
        seen.add(text)
        if name is not None:
            taken.add(name)
    repeats = frozenset(duplicates)
    release = _release(profile, normal)
    missing = [field for field in _expected(profile, release) if field.name not in taken]
    return HeaderMatch(
        labels=tuple(labels),
        canonical=tuple(canonical),
        missing_required=tuple(field.name for field in missing if field.required),
        missing_optional=tuple(field.name for field in missing if not field.required),
        unknown=tuple(i for i, name in enumerate(canonical) if name is None and i not in repeats),
        duplicates=tuple(duplicates),
        blank_edged=tuple(i for i, label in enumerate(labels) if label != label.strip()),
        with_bom=tuple(i for i, label in enumerate(labels) if any(form in label for form in _BOM_FORMS)),
        renamed=tuple(
            (i, name)
            for i, name in enumerate(canonical)
            if name is not None and normal[i] != normal_label(name)
        ),
        release=release,
    )


def _spellings(fields: Iterable[ProfileField]) -> dict[str, str]:
    """Return the canonical name of every known spelling; a canonical name always means itself."""
    known: dict[str, str] = {}
    for field in fields:
        for label in (*field.labels.values(), *field.aliases):
            known.setdefault(normal_label(label), field.name)
    for field in fields:
        known[normal_label(field.name)] = field.name
    return known


def _release(profile: TableProfile, normal: Sequence[str]) -> str | None:
    """Return the release whose labels the file's resemble most (Jaccard index); of equals, the newest."""
    found = {text for text in normal if text}
    best, best_score = None, _RESEMBLANCE
    for release in profile.releases:
        published = {
            normal_label(field.labels[release]) for field in profile.fields if release in field.labels
        }
        union = found | published
        score = len(found & published) / len(union) if union else 0.0
        if score >= best_score:
            best, best_score = release, score
    return best


def _expected(profile: TableProfile, release: str | None) -> list[ProfileField]:
    wanted = release or profile.releases[-1]
    return [field for field in profile.fields if wanted in field.labels]
