"""Linked files of what is live: a changed one is staged, a dead one told, and the checked copy is served all the while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from hypothesis import given
from hypothesis import strategies as st
from support.people import Person, act, dataset_fields
from support.web_source import Answer, Request, WebSource

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, links
from ckanext.opencohesion.quality.model import LinkWatch, ResourceFile, StagedChange, utcnow

OLD = b"anno;importo\n2024;10\n"
NEW = OLD + b"2025;20\n"
BROKEN = b"anno;importo\n2024;10;30;40\n"


@given(st.integers(0, 10_000), st.integers(60, 10**7))
def test_a_failing_link_is_asked_ever_more_rarely_and_never_forgotten(failures: int, seconds: int) -> None:
    usual = timedelta(seconds=seconds)
    pause, longer = links.pause_after(failures, usual), links.pause_after(failures + 1, usual)
    assert timedelta(0) < pause <= max(usual, links.LONGEST_PAUSE)
    assert failures == 0 or pause <= longer
    assert links.pause_after(0, usual) == usual


def look(hours_later: float = 0) -> Any:
    """Run the periodic job as if so much time had passed; then the checks it asked for."""
    for watch in model.Session.query(LinkWatch):
        watch.next_look -= timedelta(hours=hours_later)
        if watch.failing_since:
            watch.failing_since -= timedelta(hours=hours_later)
    model.Session.commit()
    job = jobs.submit(links.KIND, "test", {}, timeout_seconds=60, title="Test", enqueue=False)
    model.Session.commit()
    result = jobs.run_now(job).result
    for state in ("queued",):
        for package_id in [row.package_id for row in model.Session.query(ResourceFile)]:
            waiting = jobs.latest(asking.KIND, package_id)
            if waiting is not None and waiting.state == state:
                assert waiting.later, "nobody waits for it"
                jobs.run_now(waiting)
    model.Session.rollback()
    return result


@pytest.mark.usefixtures("request_context")
def test_a_link_through_its_life(
    officer: Person, organization: dict[str, Any], web_source: WebSource
) -> None:
    body: bytes | None = OLD
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        asked.append(request)
        return Answer(body) if body is not None else Answer(b"", status=503)

    url = web_source.put_function("/bilancio.csv", answer)
    context: Any = dict(officer.context)
    dataset = tk.get_action("package_create")(context, dataset_fields(organization["id"]))
    context = dict(officer.context)
    resource = tk.get_action("resource_create")(
        context, {"package_id": dataset["id"], "url": url, "format": "CSV"}
    )
    job = jobs.latest(asking.KIND, dataset["id"])
    assert job is not None
    jobs.run_now(job)

    def served() -> int:
        return tk.get_action("resource_show")({"user": ""}, {"id": resource["id"]})["size"]

    def staged() -> str | None:
        row = model.Session.get(StagedChange, dataset["id"])
        return row.status if row else None

    assert served() == len(OLD)
    assert look() == {"looked_at": 1, "changed": 0}
    count = len(asked)
    assert look() == {"looked_at": 0, "changed": 0} and len(asked) == count, "not before its time"

    body = NEW
    assert look(25) == {"looked_at": 1, "changed": 1}
    assert (served(), staged()) == (len(NEW), None)

    body = BROKEN
    assert look(25)["changed"] == 1
    assert (served(), staged()) == (len(NEW), "failed")
    assert look(25)["changed"] == 0, "the same bytes are not staged and reported every night"
    body = NEW
    assert look(25)["changed"] == 1
    assert (served(), staged()) == (len(NEW), None), "the source took its mistake back"

    body = None
    told = []
    for _ in range(links.DEAD_AFTER_FAILURES + 1):
        look(25 * 7)
        report = act("opencohesion_quality_report_show", id=dataset["id"])
        told.append(
            [rule["code"] for entry in report["resources"] for rule in entry["rules"]].count("dead-link")
        )
    assert told == [0, 0, 1, 1] and served() == len(NEW)
    watch = model.Session.query(LinkWatch).one()
    assert watch.told and watch.next_look - utcnow() > links.FIRST_RETRY
    model.Session.rollback()
    body = NEW
    look(25 * 7)
    report = act("opencohesion_quality_report_show", id=dataset["id"])
    assert not any(rule["code"] == "dead-link" for entry in report["resources"] for rule in entry["rules"])
    assert (model.Session.query(LinkWatch).one().failures, staged()) == (0, None)
