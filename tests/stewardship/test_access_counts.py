"""Uses are counted once, kept once, and shown to whom they concern."""

from __future__ import annotations

import csv
import io
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from conftest import BAD  # pyright: ignore[reportAttributeAccessIssue]
from support import people

from ckanext.opencohesion.stewardship.access import flush, helpers
from ckanext.opencohesion.stewardship.access.counting import pending_key
from ckanext.opencohesion.stewardship.access.model import AccessCount
from ckanext.opencohesion.stewardship.access.reading import today

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}
CURL = {"User-Agent": "curl/8.5.0"}
BOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}


def waiting() -> dict[str, int]:
    counted: Any = connect_to_redis().hgetall(pending_key())
    return {name.decode(): int(count) for name, count in counted.items()}


def keep() -> None:
    """Do what the periodic job does."""
    flush.take_batch()
    for name in flush.waiting_batches():
        flush.add_batch(name)


def kept() -> dict[tuple[str, str, str], int]:
    model.Session.rollback()
    rows = model.Session.scalars(sa.select(AccessCount))
    return {(row.kind, row.audience, row.resource_id): row.count for row in rows}


def test_uses_are_counted_without_a_trace_of_who(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person, outsider: people.Person
) -> None:
    live, held_back = publish(type="cohesion", programming_cycle=["2014-2020"], fund=["FESR"]), publish(BAD)
    resource = live["resources"][0]["id"]
    file = f"/dataset/{live['id']}/resource/{resource}"
    download = f"{file}/download/dati.csv"
    for _ in range(2):
        app.get(f"/cohesion/{live['name']}", headers=BROWSER)
    app.test_client().head(f"/cohesion/{live['name']}", headers=BROWSER)
    app.get(f"/cohesion/{live['name']}", headers=BOT)
    app.get(f"/cohesion/{live['name']}", headers={**BROWSER, **officer.headers})
    app.get(f"/cohesion/{live['name']}", headers={**BROWSER, **outsider.headers})
    app.get(f"/en/cohesion/{live['name']}", headers=BROWSER)
    app.get(f"/cohesion/{live['id']}/resource/{resource}", headers=BROWSER)
    app.get(download, headers=CURL)
    app.get(download, headers={**BROWSER, "Range": "bytes=0-9"})
    app.get(download, headers={**BROWSER, "Range": "bytes=10-19"})
    app.get(f"{file}/release/1/dati.csv", headers=BROWSER)
    app.get(f"/dataset/{held_back['name']}", headers=BROWSER, status=404)
    app.get(f"/dataset/{held_back['name']}", headers={**BROWSER, **officer.headers})
    app.get("/dataset/", headers=BROWSER)
    day = today().isoformat()
    expected = {
        f"{day}|{live['id']}||view|human": 4,
        f"{day}|{live['id']}||view|bot": 1,
        f"{day}|{live['id']}||view|office": 1,
        f"{day}|{live['id']}|{resource}|view|human": 1,
        f"{day}|{live['id']}|{resource}|download|program": 1,
        f"{day}|{live['id']}|{resource}|download|human": 2,
        f"{day}|{held_back['id']}||view|office": 1,
    }
    assert waiting() == expected

    keep()
    assert waiting() == {}
    anonymous: Any = {"user": "", "ignore_auth": False}
    show = tk.get_action("opencohesion_access_counts")
    found = show(anonymous, {"id": live["name"]})
    assert found["totals"] == {"view": 4, "download": 3, "api": 0}
    assert sum(row["count"] for row in found["days"]) == 10
    assert show(anonymous, {"id": live["id"], "to": "2020-01-31"})["days"] == []
    for wrong in (
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"to": "0001-01-01"},
        {"from": "2026-02-02", "to": "2026-02-01"},
    ):
        with pytest.raises(tk.ValidationError):
            show(anonymous, {"id": live["id"], **wrong})

    # a dataset that is held back: its counts are for its editors alone
    for stranger in (anonymous, outsider.context):
        with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)):
            show(dict(stranger), {"id": held_back["id"]})
    assert show(officer.context, {"id": held_back["id"]})["days"][0]["audience"] == "office"
    rows = list(csv.DictReader(io.StringIO(app.get("/access-counts.csv").body)))
    assert {row["dataset_id"] for row in rows} == {live["id"]}
    assert sum(int(row["count"]) for row in rows) == 10
    assert app.get("/access-counts.csv?from=%3Cscript%3E").status_code == 400
    assert app.get(f"/dataset/{held_back['id']}/access-counts.csv").status_code == 404
    assert app.get(f"/dataset/{live['name']}/access-counts.csv").body.count("\n") == 7

    assert helpers.opencohesion_access_total(live["id"]) == {"views": 4, "downloads": 3, "api": 0}
    with app.flask_app.test_request_context():
        assert [(each["name"], each["count"]) for each in helpers.opencohesion_most_used(6)] == [
            (live["name"], 8)
        ]
        people.act("package_patch", id=live["id"], private=True)
        assert helpers.opencohesion_most_used(6) == []
    people.act("dataset_purge", id=live["id"])
    model.Session.rollback()
    assert model.Session.scalar(sa.select(sa.func.sum(AccessCount.count))) == 11


def count(name: str, times: int = 1) -> None:
    connect_to_redis().hincrby(pending_key(), f"2026-03-29|p|r|{name}|human", times)


def test_a_killed_flush_neither_loses_nor_doubles(clean_db: None) -> None:
    """The process is killed by the system at each step of the flush; what was counted arrives once all the same."""
    steps: dict[str, Callable[[str], None]] = {
        "set aside": lambda batch: None,
        "added, not committed": lambda batch: flush.add_counts(batch, {"2026-03-29|p|r|view|human": 1}),
        "committed, not deleted": lambda batch: (
            flush.add_counts(batch, {"2026-03-29|p|r|view|human": 1}),
            model.Session.commit(),
        )[0],
    }
    for number, (name, step) in enumerate(steps.items(), start=1):
        count("view")
        model.Session.remove()
        child = os.fork()
        if child == 0:
            model.ensure_engine().dispose(close=False)
            step(flush.take_batch())
            os.kill(os.getpid(), signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        count("download")  # somebody goes on using the portal
        keep()
        keep()
        assert kept() == {("view", "human", "r"): number, ("download", "human", "r"): number}, name
    assert connect_to_redis().keys(f"{pending_key()}*") == []


def test_days_and_kinds_add_up(clean_db: None) -> None:
    for times in (3, 4):
        count("api", times)
        keep()
    assert kept() == {("api", "human", "r"): 7}
