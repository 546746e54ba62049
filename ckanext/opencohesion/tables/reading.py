"""A probed table as frictionless sees it: the file's own columns and labels, the profile's types and constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from frictionless import Check
from frictionless.resources import TableResource

from .profiles import TableProfile
from .source import TableSource


def frictionless_resource(source: TableSource, profile: TableProfile | None) -> TableResource:
    """Return the resource to validate: fields in the file's order under the file's own (trimmed) labels.

    Columns that the profile does not know are of type ``any``. Columns that the file lacks are not in the schema:
    ``source.header.missing_required`` tells them.
    """
    raise NotImplementedError


def frictionless_checks(source: TableSource, profile: TableProfile | None) -> list[Check]:
    """Return the checks that our reading of the profile needs beside the schema (no ``NaN`` nor ``1e3`` as a number)."""
    raise NotImplementedError


def read_rows(source: TableSource) -> Iterator[list[Any]]:
    """Yield every row of the table, header included: texts for CSV, typed cells for XLSX."""
    raise NotImplementedError
