"""Front-end files: every file and icon that a template names is made, and the lock file names no registry."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ckanext.opencohesion.portal.look import built

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATES = list((CHECKOUT / "ckanext").glob("**/templates/**/*.html"))


def test_every_front_end_file_that_a_template_names_is_made_and_licensed() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"opencohesion_frontend\('([^']+)'\)", path.read_text())
    }
    assert "theme.css" in named
    for name in named | {"icons.svg", "charts.js", "map.js", "map-worker.js"}:
        assert (built.PUBLIC / built.path_of(name).lstrip("/")).stat().st_size > 0
    licences = {path.stem for path in (built.PUBLIC / built.FOLDER / "licences").iterdir()}
    assert {"bootstrap-italia", "design-tokens-italia", "titillium-web", "echarts", "maplibre-gl"} <= licences


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (built.PUBLIC / built.path_of("icons.svg").lstrip("/")).read_text()
    named = {
        name for path in TEMPLATES for name in re.findall(r"opencohesion_icon\('([^']+)'", path.read_text())
    }
    assert "search" in named
    assert {name for name in named if f'id="it-{name}"' not in sprite} == set()


def test_the_lock_file_holds_checksums_and_no_registry() -> None:
    packages = json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text())["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert len(libraries) > 20
    assert [name for name, entry in libraries.items() if "resolved" in entry] == []
    assert [name for name, entry in libraries.items() if not entry.get("integrity")] == []
