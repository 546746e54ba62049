"""What is mended in the names of the columns."""

from __future__ import annotations

from collections.abc import Collection

from ..header import normal_label
from ..profiles import TableProfile
from ..source import TableSource
from .values import plain_label


def mended_labels(
    source: TableSource, profile: TableProfile | None, names: Collection[str]
) -> list[tuple[str, str]]:
    """Return for each column the name it gets and the repair that gives it ("" where it keeps its own)."""
    labels = [(label, "") for label in source.labels]
    if "header-blanks" in names:
        labels = [
            (plain_label(label), "header-blanks" if plain_label(label) != label else "")
            for label, _ in labels
        ]
    if "header-names" in names and profile and source.header and can_rename(source, profile):
        newest = profile.releases[-1]
        for position, name in source.header.renamed:
            label = profile.field(name).labels.get(newest, name)
            taken = {normal_label(other) for other, _ in labels}
            if normal_label(label) not in taken:
                labels[position] = (label, "header-names")
    return labels


def can_rename(source: TableSource, profile: TableProfile) -> bool:
    """Say whether nothing but the names differs between the file's release and the newest.

    A file is read by the dialect of the release that its header tells: with new names over old amounts or dates the
    cells would be read wrongly.
    """
    release = source.header.release if source.header else None
    if release is None:
        return False
    old, new = profile.dialect(release), profile.dialect(profile.releases[-1])
    same = ("decimal_char", "group_char", "date_format", "missing_values")
    return all(getattr(old, name) == getattr(new, name) for name in same)
