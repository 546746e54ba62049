"""`make portal` itself, beside the services that the tests run on. The Python environment and Solr's jars are lent by them:
installing takes minutes, and `make test` has just done it the same way."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ckan.common import config

from ops.settings import CHECKOUT
from ops.supervisor import Supervisor


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    state = tmp_path_factory.mktemp("portals") / "second"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment |= {
        "PORTAL_STATE": str(state),
        "PORTAL_PORT": str(port),
        "PORTAL_VENV": sys.prefix,
        "PORTAL_DEMO": "none",
    }
    lend(state)
    yield environment
    if state.exists():
        make("clean", environment)


def lend(state: Path) -> None:
    """Make a state folder in which Solr needs not be fetched."""
    state.mkdir()
    (state / "state-folder-of-a-portal").touch()
    lent = Path(config["__file__"]).parent / "solr"
    shutil.copytree(lent, state / "solr", ignore=shutil.ignore_patterns("home"))


def make(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", command],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def content(state: Path) -> dict[str, tuple[int, int]]:
    """What a second `make portal` must leave alone: every file but what the services themselves write as they work."""
    working = ("logs", "postgres", "redis", "storage", "metrics")
    return {
        str(path.relative_to(state)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in state.rglob("*")
        if path.is_file() and not {*working, "data"} & set(path.relative_to(state).parts)
    }


def test_a_portal_stands_up_stays_as_it_is_goes_away_and_comes_back(environment: dict[str, str]) -> None:
    state = Path(environment["PORTAL_STATE"])
    first = make("portal", environment)
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"http://127.0.0.1:{environment['PORTAL_PORT']}" in first.stdout
    for name in ("admin-token", "admin-password", "secrets.json", "ckan.ini"):
        assert (state / name).stat().st_mode & 0o077 == 0

    supervisor = Supervisor(state)
    pids, before = supervisor.pids(), content(state)
    assert make("portal", environment).returncode == 0
    assert supervisor.pids() == pids
    assert content(state) == before

    status = make("status", environment)
    assert status.returncode == 0
    assert status.stdout.count("RUNNING") == 8

    taken = make("portal", environment | {"PORTAL_STATE": str(state.with_name("third"))})
    assert taken.returncode != 0
    assert f"Port {environment['PORTAL_PORT']} " in taken.stderr

    token = (state / "admin-token").read_text()
    saved = make("backup", environment)
    assert saved.returncode == 0, saved.stdout + saved.stderr

    without_port = {name: value for name, value in environment.items() if name != "PORTAL_PORT"}
    assert make("stop", without_port).returncode == 0
    assert not supervisor.is_running()
    assert make("status", environment).returncode != 0

    assert make("clean", environment).returncode == 0
    assert not state.exists()

    lend(state)
    again = make("restore", environment)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (state / "admin-token").read_text() == token
    asked = urllib.request.Request(
        f"http://127.0.0.1:{environment['PORTAL_PORT']}/api/3/action/user_show?id=admin",
        headers={"Authorization": token.strip()},
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert json.load(answer)["result"]["sysadmin"]
