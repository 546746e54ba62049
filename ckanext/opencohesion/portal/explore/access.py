"""Opens the table of a resource, and asks it within the portal's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.quality.publication import table_files
from ckanext.opencohesion.tables.description import NotShown, TableDescription
from ckanext.opencohesion.tables.engine import engine
from ckanext.opencohesion.tables.profiles import TableProfile
from ckanext.opencohesion.tables.query import Table

_OPTION = "ckanext.opencohesion.tables"


@dataclass(frozen=True)
class OpenTable:
    """A table that can be asked, and the Table Schema that its columns follow."""

    table: Table
    profile: TableProfile | None

    @property
    def description(self) -> TableDescription:
        """What is known of the table."""
        return self.table.description


def open_table(resource: dict[str, Any]) -> OpenTable | NotShown | None:
    """Return the table of a resource that the caller may see.

    ``NotShown`` tells why there is none to look into (``waiting``: it is being prepared); None: the resource has no
    public file, or one that is no table. Only what is live is opened (``table_files.public_file``).
    """
    found = table_files.table_of(resource)
    if found is None:
        return None
    row, described = found
    if described is None:
        return NotShown("waiting")
    if isinstance(described, NotShown):
        return described
    shelf = table_files.table_shelf()
    path = shelf.parquet(row.sha256, table_files.key_of(resource, row.filename))
    reader = engine(
        shelf.root, tk.config[f"{_OPTION}.query_memory_mb"], tk.config[f"{_OPTION}.query_threads"]
    )
    table = Table(reader, path, described, tk.config[f"{_OPTION}.query_seconds"])
    return OpenTable(table, table_files.profile_of(resource))
