"""One run of the gate over a dataset: what was judged, and what it was when the run began."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ckanext.opencohesion.quality.verdicts import combine, fingerprint


@dataclass
class Run:
    """One run over a dataset."""

    package_id: str
    target: str
    seen: datetime | None
    started: datetime
    state: str
    fileless: bool
    judged: list[Judged] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    #: The content of each resource's table in the DataStore; ``None`` where nothing was prepared for publication.
    tables: dict[str, str] | None = None

    @property
    def keys(self) -> dict[str, str | None]:
        """The key of the verdict on each resource's file."""
        return {one.resource["id"]: one.key for one in self.judged}

    @property
    def fingerprint(self) -> str:
        """The hash of the content that was judged."""
        return fingerprint(one.identity for one in self.judged)

    @property
    def verdict(self) -> str:
        """The verdict on the dataset, before any override. Where no file may be, the description is all there is."""
        found = combine((one.verdict for one in self.judged), self.metadata)
        return "passed" if found == "pending" and self.fileless else found


@dataclass
class Judged:
    """One resource as the gate found it: its file, the key of the verdict on it, or why there is none (``rules``)."""

    resource: dict[str, Any]
    sha256: str = ""
    filename: str = ""
    key: str | None = None
    verdict: str = "unreadable"
    rules: list[dict[str, Any]] = field(default_factory=list)

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What the dataset's fingerprint takes of it."""
        resource = self.resource
        return resource["id"], self.sha256, resource.get("format") or "", resource.get("table_schema") or ""
