"""`docs/reference.md`: every setting, action, command and page of ours, read from the code, so that none is left out.

`make reference` writes it (on the test services); `tests/ops/test_reference.py` fails when it is not current or
when something in it is not explained.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import portal, preflight
from ops.settings import CHECKOUT, Settings

FILE = CHECKOUT / "docs" / "reference.md"
PACKAGE = "ckanext.opencohesion"
INTRODUCTION = """# Reference

Written by `make reference` from the code: do not edit. How things are used is told in the guides.
"""


@dataclass(frozen=True)
class Entry:
    """A row of the reference: `section` it stands in, `name`, what it is for, and for a setting its `default`."""

    section: str
    name: str
    meaning: str
    default: str = ""


def write(settings: Settings) -> int:
    """Write the reference, in a process of its own because it loads CKAN."""
    ran_before = preflight.is_running(settings)
    portal.start_services(settings)
    try:
        command = [sys.executable, "-m", "ops.reference", str(settings.ini)]
        return subprocess.run(command, check=False, cwd=CHECKOUT).returncode  # noqa: S603
    finally:
        if not ran_before:
            portal.stop(settings)


def entries(flask_app: Any) -> list[Entry]:
    """Return what the loaded plugins of ours offer. `flask_app`: CKAN's."""
    return sorted(
        {*_settings(), *_actions(), *_commands(), *_pages(flask_app)},
        key=lambda one: (one.section, one.name, one.meaning),
    )


def as_markdown(found: list[Entry]) -> str:
    """Return the reference's text."""
    lines = [INTRODUCTION]
    for section in dict.fromkeys(one.section for one in found):
        rows = [one for one in found if one.section == section]
        with_default = section == "Settings"
        lines.append(f"## {section}\n")
        lines.append(
            "| name | default | meaning |\n|---|---|---|" if with_default else "| name | meaning |\n|---|---|"
        )
        for one in rows:
            default = f" {f'`{one.default}`' if one.default else ''} |" if with_default else ""
            lines.append(f"| `{one.name}` |{default} {one.meaning} |")
        lines.append("")
    return "\n".join(lines)


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split()).replace("|", "\\|")


def _settings() -> Iterator[Entry]:
    from ckan.common import config_declaration

    for key in config_declaration.iter_options():
        name = str(key)
        if name.startswith("ckanext.opencohesion."):
            option = config_declaration[key]
            default = "" if option.default in (None, "") else str(option.default)
            yield Entry("Settings", name, _first_paragraph(option.description), default)


def _is_ours(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith(PACKAGE)


def _actions() -> Iterator[Entry]:
    from ckan.plugins import IActions, PluginImplementations

    for plugin in PluginImplementations(IActions):
        for name, function in plugin.get_actions().items():
            # the gate's chained forms of CKAN's own actions are CKAN's to explain
            if _is_ours(function) and name.startswith("opencohesion"):
                method = "GET" if getattr(function, "side_effect_free", False) else "POST"
                yield Entry("Actions", name, f"{method}. {_first_paragraph(function.__doc__)}")


def _commands() -> Iterator[Entry]:
    import click
    from ckan.plugins import IClick, PluginImplementations

    def walk(command: click.Command, path: str) -> Iterator[Entry]:
        if isinstance(command, click.Group):
            for name, one in command.commands.items():
                yield from walk(one, f"{path} {name}")
        else:
            yield Entry("Commands", f"ckan {path}", _first_paragraph(command.help))

    for plugin in PluginImplementations(IClick):
        for command in plugin.get_commands():
            if str(type(plugin).__module__).startswith(PACKAGE):
                yield from walk(command, str(command.name))


def _pages(flask_app: Any) -> Iterator[Entry]:
    for rule in flask_app.url_map.iter_rules():
        view = flask_app.view_functions[rule.endpoint]
        view = getattr(view, "view_class", view)
        if _is_ours(view):
            methods = "/".join(sorted((rule.methods or set()) & {"GET", "POST", "DELETE"}))
            yield Entry("Pages", str(rule), f"{methods}. {_first_paragraph(view.__doc__)}")


def main() -> None:
    """Load CKAN with the configuration that the first argument names, and write the file."""
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(sys.argv[1]))
    flask_app: Any = getattr(app, "_wsgi_app")  # noqa: B009 -- CKAN's wrapper has no public name for it
    with flask_app.test_request_context():
        Path(FILE).write_text(as_markdown(entries(flask_app)), encoding="utf-8")


if __name__ == "__main__":
    main()
