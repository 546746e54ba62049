"""The file that is to be mended: the one that the officer's report tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...tables.identify import identify
from ...tables.limits import MIB
from ...tables.probe import probe
from ...tables.profiles import TableProfile
from ...tables.repair.dialect import MENDABLE
from ...tables.source import TableSource
from ..datasets import file_of, stored_dataset
from ..kept import key_for
from ..model import FileVerdict
from ..publication.table_files import profile_of
from ..staging import get_staged, staged_dataset
from ..storage.uploader import content_store

#: The largest workbook that is mended here.
MOST_WORKBOOK_BYTES = 10 * MIB
_WORKBOOKS = frozenset({"XLSX", "XLSM", "XLS", "ODS"})


@dataclass(frozen=True)
class Target:
    """A resource's file: ``staged`` where it is part of the change that waits, ``linked`` where it was fetched."""

    package_id: str
    resource: dict[str, Any]
    sha256: str
    filename: str
    size_bytes: int
    staged: bool
    linked: bool

    @property
    def profile(self) -> TableProfile | None:
        """The Table Schema that the resource names."""
        return profile_of(self.resource)

    def findings(self) -> list[dict[str, Any]]:
        """Return what the check found in these bytes; nothing where they were not checked yet."""
        verdict = model.Session.get(FileVerdict, key_for(self.resource, self.sha256, self.filename))
        if verdict is None:
            return []
        errors = [error for task in verdict.report.get("tasks", []) for error in task.get("errors", [])]
        return errors + list(verdict.rules)

    def source(self, sheet: str | None) -> TableSource:
        """Return the table in the file. Raises UnreadableTableError."""
        return probe(
            content_store().path(self.sha256),
            filename=self.filename,
            declared_format=self.resource.get("format") or None,
            profile=self.profile,
            sheet=sheet,
        )


def too_large_to_preview(target: Target) -> bool:
    """Say whether a file is a workbook whose reading could not be broken off in time: its texts come first, all of them."""
    if target.size_bytes <= MOST_WORKBOOK_BYTES:
        return False
    measured = identify(content_store().path(target.sha256), target.filename)
    return measured is not None and measured.code in _WORKBOOKS


def is_mendable(source: TableSource) -> bool:
    """Say whether tables of this format are mended here."""
    return source.format in MENDABLE


def find_target(package: model.Package, resource_id: str) -> Target:
    """Return the file of a resource, of the change that waits where it brings another one. Raises ``ObjectNotFound``."""
    staged = get_staged(package.id)
    dataset = staged_dataset(package, staged) if staged else stored_dataset(package)
    resource = next((one for one in dataset["resources"] if one["id"] == resource_id), None)
    operation = staged.resources.get(resource_id) if staged else None
    linked = bool(resource) and resource.get("url_type") != "upload"
    if resource is not None and operation and operation["op"] == "put" and operation.get("file"):
        fact = operation["file"]
        return Target(
            package.id,
            resource,
            fact["sha256"],
            fact["filename"],
            fact["size_bytes"],
            staged=True,
            linked=linked,
        )
    row = file_of(resource) if resource else None
    if resource is None or row is None:
        raise tk.ObjectNotFound(tk._("There is no such file."))
    return Target(package.id, resource, row.sha256, row.filename, row.size_bytes, staged=False, linked=linked)
