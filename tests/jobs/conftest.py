"""Fixtures of the jobs room's tests."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import job_kinds
import pytest
import rq
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.jobs import api, registry


@dataclass
class Evidence:
    """What the jobs of one test wrote, and the arguments that make them write it."""

    folder: Path

    @property
    def args(self) -> dict[str, Any]:
        return {
            "evidence": str(self.folder / "evidence"),
            "go": str(self.folder / "go"),
            "question": 21,
            "cell": "RSSMRA80A01H224X",
        }

    @property
    def lines(self) -> list[list[str]]:
        file = self.folder / "evidence"
        return [line.split() for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def words(self) -> list[str]:
        return [line[0] for line in self.lines]

    def go(self) -> None:
        (self.folder / "go").touch()


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path)


@pytest.fixture(autouse=True)
def quick_leases(clean_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue of our own, leases of seconds, and the kinds of jobs of the tests."""
    for name, value in job_kinds.OPTIONS.items():
        monkeypatch.setitem(tk.config, name, value)
    # what other rooms' plugins have the scheduler do is none of these tests' business
    monkeypatch.setattr(registry, "_periodic", {})
    job_kinds.register_all()


Submit = Callable[..., api.Job]


@pytest.fixture
def submit(evidence: Evidence) -> Submit:
    """Submit and commit a job of one of the test kinds."""

    def call(kind: str, key: str = "a", *, timeout_seconds: int = 30, **options: Any) -> api.Job:
        job = api.submit(
            f"test_{kind}",
            key,
            evidence.args,
            timeout_seconds=timeout_seconds,
            title=f"Test {kind}",
            **options,
        )
        model.Session.commit()
        return job

    return call


def eventually(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until ``what`` gives something true, and return it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    return eventually


@pytest.fixture
def work() -> Callable[[], None]:
    """Let a real worker do all that lies in the queue, each job in a forked process."""

    def run() -> None:
        ckan_jobs.Worker([job_kinds.QUEUE, job_kinds.LATER]).work(burst=True, logging_level="WARNING")

    return run


@pytest.fixture
def worker_process(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker as a process of its own, as the portal does."""
    started: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, str(Path(__file__).with_name("jobs_worker.py")), tk.config["__file__"]]

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def queue() -> rq.Queue:
    return ckan_jobs.get_queue(job_kinds.QUEUE)
