"""Which column of a file is which field of a profile.

Labels are compared without what a reader does not see (blanks at the edges or doubled, byte order marks, no-break
spaces, line breaks, letter case, the shape of apostrophes) and against every spelling that a release has used. What
was *not* seen is told too, since frictionless trims labels silently.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HeaderMatch:
    """How a file's labels answer to a profile. Positions are indexes into ``labels``, from 0."""

    labels: tuple[str, ...]
    # Canonical field name of each label, None where the profile knows no such column.
    canonical: tuple[str | None, ...]
    # Canonical names that the file lacks.
    missing_required: tuple[str, ...]
    missing_optional: tuple[str, ...]
    # Positions of labels that answer to no field, that stand twice, that begin or end with a blank,
    # that hold a byte order mark.
    unknown: tuple[int, ...]
    duplicates: tuple[int, ...]
    blank_edged: tuple[int, ...]
    with_bom: tuple[int, ...]
    # (position, canonical name) of labels that are an older or other spelling of the canonical name.
    renamed: tuple[tuple[int, str], ...]
    # The release whose header this is, None when it resembles none.
    release: str | None
