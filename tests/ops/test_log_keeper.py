"""Logs begin anew each day and go when their days are over."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

from ops.log_keeper import rotate

TODAY = date(2026, 11, 21)


def contents(folder: Path) -> dict[str, str]:
    return {
        path.name: gzip.open(path, "rt").read() if path.suffix == ".gz" else path.read_text()
        for path in folder.iterdir()
    }


def test_logs_are_put_aside_packed_and_deleted_when_their_days_are_over(tmp_path: Path) -> None:
    for name, text in {
        "web.log": "today",
        "web.log.1": "this morning",
        "solr.log": "",
        "web-2026-11-20.log.gz": "",
        "web-2026-11-14.log.gz": "",
        "notes.txt": "mine",
    }.items():
        path = tmp_path / name
        path.write_bytes(gzip.compress(b"old") if name.endswith(".gz") else text.encode())
    reopened = []

    def reopen() -> None:
        reopened.append(sorted(path.name for path in tmp_path.iterdir()))
        (tmp_path / "web.log").write_text("new")

    rotate(tmp_path, TODAY, 7, reopen)
    assert reopened, "the process manager was told"
    assert "web.log" not in reopened[0]
    assert contents(tmp_path) == {
        "web.log": "new",
        "web-2026-11-21.log.gz": "today",
        "web-2026-11-21.1.log.gz": "this morning",
        "solr.log": "",
        "web-2026-11-20.log.gz": "old",
        "notes.txt": "mine",
    }


def test_a_second_time_the_same_day_loses_nothing(tmp_path: Path) -> None:
    for text in ("first", "second"):
        (tmp_path / "web.log").write_text(text)
        rotate(tmp_path, TODAY, 7, lambda: None)
    assert contents(tmp_path) == {"web-2026-11-21.log.gz": "first", "web.log": "second"}


def test_seven_days_are_seven_days(tmp_path: Path) -> None:
    for day in range(1, 22):
        (tmp_path / f"web-2026-11-{day:02}.log.gz").touch()
    rotate(tmp_path, TODAY, 7, lambda: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"web-2026-11-{day}.log.gz" for day in range(15, 22)
    ]
