"""The process manager, on programs of a line each."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.errors import UnhealthyError
from ops.settings import Settings, from_environment
from ops.supervisor import Program, Supervisor

SLEEPER = Program("sleeper", ["sleep", "600"], copies=2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PORTAL_STATE": str(tmp_path / "a state"),
        "PORTAL_PORT": str(port),
        "PORTAL_VENV": sys.prefix,
    }
    settings = from_environment(environment)
    for folder in (settings.logs, settings.run):
        folder.mkdir(parents=True)
    return settings


@pytest.fixture
def supervisor(settings: Settings) -> Iterator[Supervisor]:
    supervisor = Supervisor(settings.state)
    yield supervisor
    if supervisor.is_running():
        supervisor.shutdown()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited for 30 seconds"
        time.sleep(0.1)


def test_what_is_killed_is_started_again(settings: Settings, supervisor: Supervisor) -> None:
    supervisor.start(settings, "word", [SLEEPER])
    supervisor.start_program("sleeper")
    before = supervisor.pids()
    assert len(before) == 2
    os.kill(before["sleeper-0"], signal.SIGKILL)
    wait_for(lambda: supervisor.states()["sleeper-0"] == "RUNNING" and supervisor.pids() != before)
    assert supervisor.pids()["sleeper-1"] == before["sleeper-1"]


def test_starting_again_changes_nothing(settings: Settings, supervisor: Supervisor) -> None:
    for _ in range(2):
        supervisor.start(settings, "word", [SLEEPER])
        supervisor.start_program("sleeper")
        pids = supervisor.pids()
    assert supervisor.pids() == pids


def test_a_changed_command_replaces_the_program(settings: Settings, supervisor: Supervisor) -> None:
    supervisor.start(settings, "word", [SLEEPER])
    supervisor.start_program("sleeper")
    supervisor.start(settings, "word", [Program("sleeper", ["sleep", "700"])])
    supervisor.start_program("sleeper")
    assert list(supervisor.states()) == ["sleeper"]


def test_another_portals_process_manager_is_not_taken_for_ours(
    settings: Settings, supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start(settings, "word", [])
    other = Supervisor(tmp_path / "other")
    assert not other.is_running()
    (tmp_path / "other" / "run").mkdir(parents=True)
    text = (settings.run / "supervisord.conf").read_text().replace("word", "another")
    (tmp_path / "other" / "run" / "supervisord.conf").write_text(text)
    assert not other.is_running()


def test_a_program_that_does_not_start_is_named_with_its_log(
    settings: Settings, supervisor: Supervisor
) -> None:
    supervisor.start(settings, "word", [Program("broken", ["/no/such/program"])])
    with pytest.raises(UnhealthyError, match=r"broken.*broken\.log"):
        supervisor.start_program("broken")


def test_shutting_down_leaves_no_process(settings: Settings, supervisor: Supervisor) -> None:
    supervisor.start(settings, "word", [SLEEPER])
    supervisor.start_program("sleeper")
    pids = supervisor.pids().values()
    supervisor.shutdown()
    assert not supervisor.is_running()
    assert not [pid for pid in pids if Path(f"/proc/{pid}/cmdline").is_file()]


def test_nothing_outlives_a_process_manager_that_is_killed(
    settings: Settings, supervisor: Supervisor
) -> None:
    supervisor.start(settings, "word", [SLEEPER])
    supervisor.start_program("sleeper")
    pids = supervisor.pids().values()
    os.kill(int((settings.run / "supervisord.pid").read_text()), signal.SIGKILL)
    wait_for(lambda: not [pid for pid in pids if Path(f"/proc/{pid}/cmdline").is_file()])
