"""A Table Schema named on the command line: the id of one of ours, or a file of the user's own. Plain module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...tables.office_schema import clean_schema, read_schema
from ...tables.profiles import add_source, profile_ids

PREFIX = "file"


def schema_id_of(argument: str | None) -> str | None:
    """Return the id of the schema that is meant: a file that is there goes for a file, anything else for an id.

    Raises OfficeSchemaError where the file is no schema that can be used.
    """
    path = Path(argument) if argument and argument not in profile_ids() else None
    if path is None or not path.is_file():
        return argument
    found = read_schema(path.read_bytes())
    schema_id = f"{PREFIX}/{path.stem}"
    # A file downloaded from a portal is a profile already: its dialects and labels are kept.
    whole = {"dialects", "releases", "key", "persons"} <= found.keys()
    schema: dict[str, Any] = (
        found if whole else clean_schema(found, title={}, schema_id=schema_id, version="1")
    )
    add_source(PREFIX, lambda wanted: schema if wanted == schema_id else None)
    return schema_id
