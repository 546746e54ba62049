"""What is to be published: datasets with their metadata and their files, before any portal is asked."""

from __future__ import annotations

from dataclasses import dataclass

CC_BY_4 = "A21_CCBY40"


@dataclass(frozen=True)
class FilePlan:
    """A file of a dataset. ``path`` is relative to the folder that holds the files."""

    path: str
    title: str
    table_schema: str
    format: str = "CSV"
    description: str = ""


@dataclass(frozen=True)
class DatasetPlan:
    """A dataset to publish: its metadata in our words and its files."""

    name: str
    type: str
    title: str
    notes: str
    tags: tuple[str, ...]
    themes: tuple[str, ...]
    frequency: str
    territory: str
    holder: str
    release: str
    provenance: str
    page: str
    start: str
    end: str
    files: tuple[FilePlan, ...]
    demonstration: bool = False
    licence: str = CC_BY_4
    licence_reason: str = ""
    methodology: str = ""
    programmes: tuple[tuple[str, str], ...] = ()
    cycles: tuple[str, ...] = ()
    funds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A file that is not published, and why."""

    path: str
    reason: str
