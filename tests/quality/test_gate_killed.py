"""``kill -9`` in the middle of a check: another worker finishes it, and nothing is half published."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from support.web_source import Answer, Request

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.jobs.scheduler import tick
from ckanext.opencohesion.quality import asking, checking
from ckanext.opencohesion.quality.model import DatasetState, StagedChange, get_state

pytestmark = pytest.mark.usefixtures("request_context")

TABLE = b"anno;importo\n2025;10\n2026;20\n"


def horses(worker: subprocess.Popen[bytes]) -> list[int]:
    """The processes that the worker forked for its jobs."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text(encoding="ascii")
    return [int(pid) for pid in children.split()]


def until(what: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


def test_a_killed_worker_s_check_is_finished_by_another(
    officer: Person,
    organization: dict[str, Any],
    web_source: Any,
    run_jobs: Callable[[], None],
    tmp_path: Path,
) -> None:
    hanging = True

    def answer(_request: Request) -> Answer:
        return Answer([TABLE[:5], TABLE[5:]], pause_seconds=60 if hanging else 0)

    url = web_source.put_function("/bilancio.csv", answer)
    dataset = tk.get_action("package_create")(dict(officer.context), dataset_fields(organization["id"]))
    resource = {"package_id": dataset["id"], "url": url, "format": "CSV"}
    tk.get_action("resource_create")(dict(officer.context), resource)

    ini = tk.config["__file__"]
    ckan = Path(sys.executable).with_name("ckan")
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen([str(ckan), "-c", ini, "jobs", "worker"], stdout=log, stderr=log)
    try:
        until(lambda: web_source.requests)  # the check is under way: it is fetching the file
        victims = [worker.pid, *horses(worker)]
        assert len(victims) > 1
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
    finally:
        worker.kill()
        worker.wait()

    model.Session.rollback()
    job = jobs.latest(asking.KIND, dataset["id"])
    assert job is not None
    assert job.state == "running"
    assert act("package_show", id=dataset["id"])["quality_live"] is False
    # let the lease lapse now instead of waiting for it
    statement = sa.text(
        "UPDATE oc_job SET lease_until = timezone('utc', now()) - interval '1 second' WHERE id = :id"
    )
    with model.ensure_engine().begin() as connection:
        connection.execute(statement, {"id": job.id})
    assert tick().recovered == 1

    hanging = False
    run_jobs()
    model.Session.rollback()
    shown = tk.get_action("package_show")({"user": ""}, {"id": dataset["id"]})
    assert shown["quality_status"] == "passed"
    assert shown["resources"][0]["size"] == len(TABLE)


def test_a_check_that_never_ends_well_is_told_in_the_report(
    officer: Person, organization: dict[str, Any]
) -> None:
    dataset = tk.get_action("package_create")(dict(officer.context), dataset_fields(organization["id"]))
    state = get_state(dataset["id"])
    assert state is not None
    state.status = "running"
    package = model.Package.get(dataset["id"])
    job = asking.request_check(package)
    model.Session.commit()
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE oc_job SET state = 'failed' WHERE id = :id"), {"id": job.id})
    assert checking.find_abandoned(None, {}) == {"abandoned": 1, "asked_again": 0}  # pyright: ignore[reportArgumentType]
    report = tk.get_action("opencohesion_quality_report_show")(dict(officer.context), {"id": dataset["id"]})
    assert report["status"] == "unreadable"
    assert report["resources"][0]["rules"][0]["code"] == "check-broke-off"
    assert model.Session.query(DatasetState).filter_by(live=True).count() == 0
    assert model.Session.query(StagedChange).count() == 0
