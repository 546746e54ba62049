"""The tests: the same services as a portal's, in a state folder of their own, and pytest."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ops import ckan_ini, portal, preflight
from ops.settings import CHECKOUT, Settings, from_environment


def start(settings: Settings) -> int:
    """Start what the tests stand on and leave it running."""
    portal.start_services(settings)
    return 0


def run(settings: Settings) -> int:
    """Run pytest and return its exit code. The services are stopped afterwards, unless they ran before."""
    ran_before = preflight.is_running(settings)
    portal.start_services(settings)
    try:
        command = [
            str(settings.venv / "bin" / "python"),
            "-m",
            "pytest",
            "-o",
            f"cache_dir={settings.state / 'cache' / 'pytest'}",
            f"--ckan-ini={settings.ini}",
            *shlex.split(os.environ.get("PYTEST", "")),
            *_targets(),
        ]
        environment = os.environ | {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(settings.state / "cache" / "hypothesis")
        }
        return subprocess.run(command, check=False, cwd=CHECKOUT, env=environment).returncode  # noqa: S603
    finally:
        if not ran_before:
            portal.stop(settings)


def _targets() -> list[str]:
    if os.environ.get("TESTS"):
        return shlex.split(os.environ["TESTS"])
    room = os.environ.get("ROOM")
    return [f"tests/{room}"] if room else ["tests"]


@contextmanager
def live_site(ini: Path) -> Iterator[str]:
    """Run the web server, the workers and the scheduler on running test services, and give the site's address."""
    settings = settings_of(ini)
    portal.start_site(settings)
    try:
        yield settings.url
    finally:
        portal.stop_site(settings)


def settings_of(ini: Path) -> Settings:
    """The settings of the running test services whose CKAN configuration is `ini`."""
    port = urlsplit(ckan_ini.public_url(ini)).port
    environment = {"PORTAL_STATE": str(ini.parent), "PORTAL_PORT": str(port), "PORTAL_VENV": sys.prefix}
    return replace(from_environment(environment), testing=True)
