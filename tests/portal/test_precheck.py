"""Trying a file and practising: the gate's own report, nothing created, nobody else sees it, gone after an hour."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from support.people import Person
from support.tax_codes import MARIO

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.portal.practice import exercises
from ckanext.opencohesion.portal.precheck import trial
from ckanext.opencohesion.portal.precheck.model import Precheck
from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.model import ResourceFile, utcnow
from ckanext.opencohesion.quality.storage.uploader import content_store

ZEROS = exercises.EXERCISES[0]


def send(app: Any, person: Person, content: bytes, path: str = "/precheck", **fields: str) -> Any:
    """Send a file as the form does, and return the answer, not yet followed."""
    data = {"upload": (io.BytesIO(content), "luoghi.csv"), **fields}
    return app.post(path, headers=person.headers, data=data, follow_redirects=False)


def tried(app: Any, person: Person, content: bytes, **fields: str) -> dict[str, Any]:
    """Try a file through the API and return what it answers."""
    answer = send(app, person, content, "/api/3/action/opencohesion_quality_precheck", **fields)
    assert answer.status_code == 200, answer.body
    return answer.json["result"]


@pytest.mark.parametrize("one", exercises.EXERCISES, ids=lambda one: one.name)
def test_each_exercise_is_broken_and_can_be_solved(one: exercises.Exercise, tmp_path: Path) -> None:
    path = tmp_path / one.filename
    path.write_bytes(one.broken())
    found = check_file(path, filename=one.filename, table_schema=one.table_schema)
    assert found.verdict == "failed"
    assert not exercises.solved(one, found.verdict, found.rows)
    path.write_bytes(one.mended())
    found = check_file(path, filename=one.filename, table_schema=one.table_schema)
    assert exercises.solved(one, found.verdict, found.rows), found.findings()
    assert not exercises.solved(one, "passed", one.rows - 1)


def test_a_file_is_tried_as_the_gate_would_and_nothing_is_created(app: Any, officer: Person) -> None:
    answer = send(app, officer, ZEROS.broken(), table_schema="auto")
    assert answer.status_code == 302
    page = app.get(answer.headers["Location"], headers=officer.headers).body
    assert "13 errori" in page
    assert 'href="#f1-1-' in page and "Che cosa contiene questa colonna:" in page
    assert "opencoesione/localizzazioni" in page
    place = answer.headers["Location"]
    assert app.get(f"{place}/findings.csv", headers=officer.headers).data.count(b"\n") >= 13
    app.get(f"{place}/findings.exe", headers=officer.headers, status=404)
    filtered = app.get(f"{place}?column=COD_REGIONE&severity=error", headers=officer.headers).body
    assert filtered.count("oc-cause oc-error") == 1
    for made in (model.Package, model.Resource, ResourceFile):
        assert model.Session.scalar(sa.select(sa.func.count()).select_from(made)) == 0
    assert not any(content_store().root.glob("*/*/*")), "a small file is not even kept while it is checked"

    good = tried(app, officer, ZEROS.mended(), table_schema="none")
    assert good["state"] == "done" and good["table_schema"] is None
    assert good["report"]["resources"][0]["basis"] == "structure"


def test_only_who_tried_it_sees_it_and_only_officers_try(
    app: Any, officer: Person, manager: Person, outsider: Person
) -> None:
    found = tried(app, officer, f"nome\n{MARIO}\n".encode())
    assert MARIO not in str(found)
    for person in (manager, outsider):
        app.get(f"/precheck/{found['id']}", headers=person.headers, status=404)
        app.get(f"/precheck/{found['id']}/findings.csv", headers=person.headers, status=404)
    app.get(f"/precheck/{found['id']}", status=404)
    assert MARIO not in app.get(f"/precheck/{found['id']}", headers=officer.headers).body
    assert send(app, outsider, b"a\n1\n").status_code == 403
    assert app.get("/precheck", headers=outsider.headers).status_code == 403
    assert app.get("/practice", headers=outsider.headers).status_code == 403
    for path in ("/precheck", "/practice"):
        assert "/user/login" in app.get(path, follow_redirects=False).headers["Location"]


def test_what_can_not_be_tried_is_told_in_a_sentence(
    app: Any, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(app, officer, b"a\n1\n", table_schema="../../etc/passwd").status_code == 400
    assert app.post("/precheck", headers=officer.headers, data={}).status_code == 400
    monkeypatch.setattr(trial, "most_bytes", lambda: 10)
    answer = send(app, officer, b"a\n" + b"1\n" * 100)
    assert answer.status_code == 400 and "MB" in answer.body
    monkeypatch.undo()
    monkeypatch.setattr(trial, "MOST_KEPT", 1)
    assert send(app, officer, b"a\n1\n").status_code == 302
    assert send(app, officer, b"a\n1\n").status_code == 400


def test_a_large_file_waits_for_a_worker_and_is_forgotten_after_an_hour(
    app: Any, officer: Person, ckan_config: Any, run_jobs: Callable[[], None]
) -> None:
    ckan_config["ckanext.opencohesion.quality.check_at_once_bytes"] = 0
    found = tried(app, officer, ZEROS.broken())
    assert (found["state"], found["report"]) == ("queued", None)
    page = app.get(f"/precheck/{found['id']}", headers=officer.headers).body
    assert "data-oc-progress" in page
    assert app.get(f"/precheck/{found['id']}/progress", headers=officer.headers).json["running"] is True
    run_jobs()
    done = app.get(
        f"/api/3/action/opencohesion_quality_precheck_show?id={found['id']}", headers=officer.headers
    )
    assert done.json["result"]["report"]["verdict"] == "failed"
    assert any(content_store().root.glob("*/*/*"))

    row = model.Session.get(Precheck, found["id"])
    assert row is not None and row.sha256 is not None
    row.created = utcnow() - trial.KEEP - timedelta(minutes=1)
    model.Session.commit()
    job = jobs.submit(trial.FORGET_KIND, "now", {}, timeout_seconds=60, title="Forget", enqueue=False)
    model.Session.commit()
    jobs.run_now(job)
    assert model.Session.get(Precheck, found["id"]) is not None, "its bytes are too young to be deleted"
    _age(content_store().path(row.sha256))
    job = jobs.submit(trial.FORGET_KIND, "now", {}, timeout_seconds=60, title="Forget", enqueue=False)
    model.Session.commit()
    jobs.run_now(job)
    assert model.Session.get(Precheck, found["id"]) is None
    assert not any(content_store().root.glob("*/*/*"))


def _age(path: Path) -> None:
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 7200))


def test_the_practice_corner_says_when_an_exercise_is_done(app: Any, officer: Person) -> None:
    page = app.get("/practice", headers=officer.headers).body
    assert page.count("/practice/") >= len(exercises.EXERCISES)
    broken = app.get("/practice/zeros/broken.csv", headers=officer.headers)
    assert broken.data == ZEROS.broken()
    app.get("/practice/zeros/other.csv", headers=officer.headers, status=404)
    app.get("/practice/nothing", headers=officer.headers, status=404)
    answer = send(app, officer, broken.data, "/practice/zeros")
    page = app.get(answer.headers["Location"], headers=officer.headers).body
    assert "oc-cause oc-error" in page and "oc-verdict-good" not in page
    answer = send(app, officer, ZEROS.mended(), "/practice/zeros")
    assert "oc-verdict-good" in app.get(answer.headers["Location"], headers=officer.headers).body
    fewer = ZEROS.mended().split(b"\r\n")
    answer = send(app, officer, b"\r\n".join([*fewer[:3], b""]), "/practice/zeros")
    page = app.get(answer.headers["Location"], headers=officer.headers).body
    assert "ha 2 righe e dovrebbe averne 5" in page
