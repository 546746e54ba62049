"""The portal's own passwords and keys: made at first run, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

NAMES = (
    "postgres",
    "ckan",
    "datastore_write",
    "datastore_read",
    "redis",
    "supervisor",
    "session",
    "token",
    "admin",
)


def load_or_create(state: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the secrets of the portal in `state` by name, making those that are not there yet.

    `given` are those that a person has set: they win, and are not written to the file.
    """
    path = state / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if any(name not in known for name in NAMES):
        known = {name: known.get(name) or secrets.token_urlsafe(32) for name in NAMES}
        save(state, known)
    return known | dict(given or {})


def save(state: Path, secrets: Mapping[str, str]) -> None:
    """Write the portal's secrets in place of those that were there."""
    write_private(state / "secrets.json", json.dumps(secrets, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path`, readable by its owner alone from its first byte on, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # readable by its owner alone
    draft = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
