"""What is told before anything is installed: a sentence and an exit code of its own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ops import health, preflight
from ops.settings import from_environment


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("PORTAL_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.mark.parametrize("part", ["port", "solr_port", "redis_port", "postgres_port", "supervisor_port"])
def test_a_taken_port_is_named_before_anything_is_made(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        distance = getattr(from_environment({"PORTAL_PORT": "30000"}), part) - 30000
        monkeypatch.setenv("PORTAL_PORT", str(1024 + (taken - 1024 - distance) % 64512))
        assert preflight.main("portal") == 4
    said = capsys.readouterr().err
    assert f"Port {taken} " in said
    assert "PORTAL_PORT=" in said
    assert [path.name for path in state.iterdir()] == [preflight.MARK]


def test_a_full_disk_is_named(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "NEEDED_GB", 10**9)
    assert preflight.main("portal") == 5
    assert "PORTAL_STATE" in capsys.readouterr().err


def test_a_folder_with_something_else_in_it_is_left_alone(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state.mkdir()
    (state / "thesis.odt").touch()
    for command in ("portal", "clean"):
        assert preflight.main(command) == 2
    assert "holds something else" in capsys.readouterr().err
    assert [path.name for path in state.iterdir()] == ["thesis.odt"]


def test_the_state_folder_is_never_the_checkout_or_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (".", ".."):
        monkeypatch.setenv("PORTAL_STATE", str(Path(folder).resolve()))
        assert preflight.main("portal") == 2
    assert "the project itself" in capsys.readouterr().err


def test_asking_about_a_portal_that_is_not_there_makes_nothing(state: Path) -> None:
    assert preflight.main("status") == 0
    assert not state.exists()
