"""What somebody does while a dataset is checked or published: nothing is lost, half done, or waited for without end."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from support.web_source import Answer, Request, WebSource
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, checking
from ckanext.opencohesion.quality.model import DatasetCheck, ResourceFile, StagedChange
from ckanext.opencohesion.quality.staging import lock_dataset

pytestmark = pytest.mark.usefixtures("request_context")

OLD = "comune;importo\nCosenza;10\n"
NEW = "comune;importo\nCosenza;11\nCrotone;3\n"
LINKED = "comune;importo\nCosenza;12\nCrotone;3\nRende;1\n"
SECONDS = 30


def call(person: Person | None, action: str, /, **data: Any) -> Any:
    context: Any = dict(person.context) if person else {"user": ""}
    return tk.get_action(action)(context, data)


def upload(content: str) -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename="dati.csv")


def made(officer: Person, organization: dict[str, Any], *contents: str) -> dict[str, Any]:
    """Make a dataset that wants to be public, with a file of each content."""
    dataset = call(officer, "package_create", **dataset_fields(organization["id"]))
    for number, content in enumerate(contents, start=1):
        values = {"name": f"File {number}", "format": "CSV", "upload": upload(content)}
        call(officer, "resource_create", package_id=dataset["id"], **values)
    return act("package_show", id=dataset["id"])


def sizes(dataset: dict[str, Any]) -> list[int]:
    """Return the sizes of the files as everybody sees them."""
    return [one["size"] for one in call(None, "package_show", id=dataset["id"])["resources"]]


def is_public(dataset: dict[str, Any]) -> bool:
    try:
        call(None, "package_show", id=dataset["id"])
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def told(dataset: dict[str, Any]) -> set[str]:
    """Return the codes of all that any run told of the dataset."""
    checks = model.Session.scalars(sa.select(DatasetCheck).where(DatasetCheck.package_id == dataset["id"]))
    return {rule["code"] for check in checks for entry in check.resources for rule in entry["rules"]}


def finish(dataset: dict[str, Any]) -> None:
    """Do what workers do with the checks that wait."""
    for _ in range(3):
        job = jobs.latest(asking.KIND, dataset["id"])
        if job is not None and job.state == "queued":
            jobs.run_now(job)
    model.Session.rollback()


@pytest.fixture
def by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is so small that it is checked before the request ends."""
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)


class UnderWay:
    """A check that another worker runs, until it has come to a certain point; it goes on when it is told to."""

    def __init__(self, app: Any, dataset: dict[str, Any]) -> None:
        self._app = app
        self.job = jobs.latest(asking.KIND, dataset["id"])
        assert self.job is not None and self.job.state == "queued"
        self.there, self.go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with self._app.flask_app.test_request_context():
            assert self.job is not None
            try:
                jobs.run_now(self.job)
            finally:
                model.Session.remove()

    def wait(self) -> None:
        """Called by the worker when it is at the point."""
        self.there.set()
        assert self.go.wait(SECONDS)

    def start(self) -> None:
        self._thread.start()
        assert self.there.wait(SECONDS)

    def end(self) -> None:
        self.go.set()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        model.Session.rollback()


@pytest.fixture
def stopped_at(app: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Start the check of a dataset in another thread; the block runs when it is about to call the function."""

    @contextmanager
    def stop(dataset: dict[str, Any], where: Any, name: str) -> Iterator[UnderWay]:
        check, original = UnderWay(app, dataset), getattr(where, name)

        def waiting(*args: Any, **options: Any) -> Any:
            check.wait()
            return original(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(where, name, waiting)
            check.start()
            yield check
            check.end()

    return stop


def waits_for_a_lock() -> bool:
    with model.ensure_engine().connect() as connection:
        return bool(connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def until(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


# -- a file is on its way from its source --------------------------------------------------------------------------------


class Slow:
    """A source that answers when it is told to."""

    def __init__(self, source: WebSource) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self.url = source.put_function("/lento.csv", self._answer)

    def _answer(self, _request: Request) -> Answer:
        self.asked.set()
        self.go.wait(SECONDS)
        return Answer(LINKED.encode())


def test_a_file_uploaded_while_its_old_address_is_fetched_is_not_lost(
    officer: Person, organization: dict[str, Any], web_source: WebSource, app: Any, by_workers: None
) -> None:
    slow = Slow(web_source)
    dataset = call(officer, "package_create", **dataset_fields(organization["id"]))
    resource = call(officer, "resource_create", package_id=dataset["id"], url=slow.url, format="CSV")
    check = UnderWay(app, dataset)
    check.there = slow.asked
    check.start()
    call(officer, "resource_patch", id=resource["id"], upload=upload(NEW))
    slow.go.set()
    check.end()
    finish(dataset)
    assert sizes(dataset) == [len(NEW)]
    row = model.Session.get(ResourceFile, resource["id"])
    assert row is not None and row.origin_url is None


def test_a_change_staged_while_another_part_of_it_is_fetched_is_not_lost(
    officer: Person,
    organization: dict[str, Any],
    web_source: WebSource,
    app: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, dataset = Slow(web_source), made(officer, organization, OLD, OLD + "Scilla;1\n")
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    first, second = (one["id"] for one in dataset["resources"])
    call(officer, "resource_patch", id=first, url=slow.url, url_type="", clear_upload="true")
    check = UnderWay(app, dataset)
    check.there = slow.asked
    check.start()
    assert call(officer, "resource_patch", id=second, upload=upload(NEW))["staged"]
    slow.go.set()
    check.end()
    finish(dataset)
    assert sizes(dataset) == [len(LINKED), len(NEW)]


# -- judged, and about to be concluded -----------------------------------------------------------------------------------


def test_who_saves_while_a_check_ends_and_the_check_do_not_wait_for_each_other(
    officer: Person, organization: dict[str, Any], stopped_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = made(officer, organization, OLD)
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(NEW))
    with stopped_at(dataset, checking, "look_between") as check:
        package, _, _ = lock_dataset(dataset["id"])  # as every change begins …
        assert package is not None
        check.go.set()
        until(waits_for_a_lock)
        asking.request_check(package)  # … and ends
        model.Session.commit()
    finish(dataset)
    assert sizes(dataset) == [len(NEW)]
    assert "check-broke-off" not in told(dataset)


@pytest.mark.parametrize("live", [False, True])
def test_a_dataset_withdrawn_while_its_check_runs_does_not_become_public(
    live: bool,
    officer: Person,
    organization: dict[str, Any],
    stopped_at: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = "ckanext.opencohesion.quality.check_at_once_bytes"
    if not live:
        monkeypatch.setitem(tk.config, limit, 0)
    dataset = made(officer, organization, OLD)
    monkeypatch.setitem(tk.config, limit, 0)
    if live:
        call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(NEW))
    with stopped_at(dataset, checking, "conclude"):
        call(officer, "package_patch", id=dataset["id"], private=True)
    finish(dataset)
    assert not is_public(dataset)
    shown = call(officer, "package_show", id=dataset["id"])
    assert (shown["private"], shown["quality_live"], shown["quality_status"]) == (True, False, "passed")
    call(officer, "package_patch", id=dataset["id"], private=False)
    finish(dataset)
    assert sizes(dataset) == [len(NEW) if live else len(OLD)], "what waited rested, and goes on"


def test_a_file_removed_while_it_is_checked_is_not_published(
    officer: Person, organization: dict[str, Any], stopped_at: Any, by_workers: None
) -> None:
    dataset = made(officer, organization, OLD, NEW)
    with stopped_at(dataset, checking, "conclude"):
        call(officer, "resource_delete", id=dataset["resources"][0]["id"])
        assert not is_public(dataset)
    assert not is_public(dataset), "it was judged with the file"
    finish(dataset)
    assert sizes(dataset) == [len(NEW)]


@pytest.mark.parametrize("where", ["look_between", "conclude"])
def test_a_dataset_purged_while_it_is_checked_leaves_nothing(
    where: str, officer: Person, organization: dict[str, Any], stopped_at: Any, by_workers: None
) -> None:
    dataset = made(officer, organization, OLD)
    with stopped_at(dataset, checking, where) as check:
        act("dataset_purge", id=dataset["id"])
    assert check.job is not None
    job = jobs.show(check.job.id)
    assert job is not None and job.state == "done"
    assert not is_public(dataset)
    for table in (DatasetCheck, StagedChange, ResourceFile):
        assert model.Session.query(table).count() == 0


@pytest.mark.parametrize("what", ["discarded", "asked again"])
def test_a_change_thrown_away_or_asked_again_while_it_is_checked(
    what: str,
    officer: Person,
    organization: dict[str, Any],
    stopped_at: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dataset = made(officer, organization, OLD)
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(NEW))
    with stopped_at(dataset, checking, "conclude"):
        if what == "discarded":
            call(officer, "opencohesion_quality_staged_discard", id=dataset["id"])
        else:
            call(officer, "opencohesion_quality_check", id=dataset["id"])
    finish(dataset)
    assert sizes(dataset) == [len(OLD) if what == "discarded" else len(NEW)]
    assert model.Session.query(StagedChange).count() == 0
    assert not told(dataset)


def test_an_office_renamed_and_its_officer_gone_while_a_change_waits(
    officer: Person, organization: dict[str, Any], administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = made(officer, organization, OLD)
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(NEW))
    call(
        administrator,
        "organization_patch",
        id=organization["id"],
        name="ufficio-nuovo",
        title="Ufficio nuovo",
    )
    call(administrator, "user_delete", id=officer.name)
    finish(dataset)
    shown = call(None, "package_show", id=dataset["id"])
    assert (sizes(dataset), shown["organization"]["name"]) == ([len(NEW)], "ufficio-nuovo")


def test_rows_are_not_taken_down_beside_a_change_that_waits(
    officer: Person, manager: Person, organization: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = made(officer, organization, OLD)
    (resource,) = dataset["resources"]
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    call(officer, "resource_patch", id=resource["id"], upload=upload(NEW))
    wanted = {"id": dataset["id"], "resource_id": resource["id"], "column": "comune", "values": ["Cosenza"]}
    with pytest.raises(tk.ValidationError, match=r"waits|attesa|aspetta"):
        call(
            manager, "opencohesion_quality_takedown", **wanted, reason="Richiesta dell'interessato, prot. 12."
        )
    finish(dataset)
    assert sizes(dataset) == [len(NEW)]


# -- progress, and stopping ----------------------------------------------------------------------------------------------


def test_the_rows_of_a_large_file_are_told_and_it_stops_within_seconds(
    officer: Person, organization: dict[str, Any], app: Any, by_workers: None
) -> None:
    lines = '{"comune": "Cosenza", "importo": 10}\n' * 200_000
    dataset = call(officer, "package_create", **dataset_fields(organization["id"]))
    file = FileStorage(io.BytesIO(lines.encode()), filename="dati.jsonl")
    values = {"name": "Tanti", "upload": file}
    call(officer, "resource_create", package_id=dataset["id"], **values)
    check = UnderWay(app, dataset)
    assert check.job is not None
    job_id = check.job.id
    check.there.set()
    check.start()

    def rows() -> int:
        job = jobs.show(job_id)
        assert job is not None and job.active, job
        return job.done

    until(rows)
    job = jobs.show(job_id)
    assert job is not None and job.note == "Tanti"
    jobs.stop(job_id)
    before = time.monotonic()
    check.end()
    assert time.monotonic() - before < 5
    job = jobs.show(job_id)
    assert job is not None and job.state == "stopped"
    assert told(dataset) == {"check-stopped"} and not is_public(dataset)
