"""What a check loads at its first use, loaded before processes are forked, so that no officer waits for it.

A worker forks a process for each job, and frictionless loads its parts when they are first needed: the first validation
of a descriptor costs three seconds of grammars. Loaded in the parent they cost nothing in its children. Plain module.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

#: Loaded by others when they are first used; no threads and no connections are made by that.
LATE = ("jsonschema", "duckdb", "openpyxl", "frictionless.formats", "frictionless.checks")


@cache
def warm() -> None:
    """Load what checks need; once in a process, harmless to repeat."""
    for name in LATE:
        import_module(name)
