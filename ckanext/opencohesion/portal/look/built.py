"""The front-end files that `make frontend` makes (ops/frontend.py), which carry a hash of their content in their names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

#: The folder that the portal serves; CKAN knows it as a public folder.
PUBLIC = Path(__file__).resolve().parent.parent / "public"
FOLDER = "opencohesion"


def path_of(name: str) -> str:
    """The path, below the portal's root, of a file that frontend/ makes: ``charts.js``, ``icons.svg``.

    Raises FileNotFoundError while the files have not been made, KeyError for a name that frontend/parts.mjs does not have.
    """
    return f"/{FOLDER}/{_manifest()[name]}"


@cache
def _manifest() -> dict[str, str]:
    path = PUBLIC / FOLDER / "manifest.json"
    if not path.is_file():
        raise FileNotFoundError(f"The front-end files are missing ({path}). Run: make frontend")
    return json.loads(path.read_text())
