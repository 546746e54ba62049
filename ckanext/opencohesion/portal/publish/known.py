"""What the form may say of a file whose table is known: ``schemas/known_tables.yaml``. Plain module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent.parent.parent / "schemas" / "known_tables.yaml"


@dataclass(frozen=True)
class KnownTable:
    """Words that are true of every file of a table, and the columns (canonical names) that tell the rest."""

    type: str
    title: str
    notes: str
    tags: tuple[str, ...]
    themes: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    regis: bool = False


@cache
def known_tables() -> dict[str, KnownTable]:
    """Return every known table by the id of its Table Schema."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: _table(item) for name, item in content.items()}


def _table(item: dict[str, Any]) -> KnownTable:
    columns = {
        name: tuple(value) if isinstance(value, list) else (value,)
        for name, value in item.get("columns", {}).items()
    }
    return KnownTable(
        type=item["type"],
        title=item["title"],
        notes=item["notes"],
        tags=tuple(item["tags"]),
        themes=tuple(item["themes"]),
        columns=columns,
        regis=item.get("regis", False),
    )
