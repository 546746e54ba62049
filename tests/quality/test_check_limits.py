"""What a check costs and says at most, how it is stopped, and what it rests on."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from check_world import (
    PARTIES,
    check,
    codes,
    parties,
    write,
)
from frictionless import Report
from support.tax_codes import MARIO

from ckanext.opencohesion.quality.judging.check import RULESET, check_file
from ckanext.opencohesion.quality.judging.limits import CheckLimits

# Limits


def test_every_error_is_counted_and_few_are_shown(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", *[{"CUP": "x", "Ruolo soggetto": "x"}] * 400), PARTIES)
    assert {
        (cause["code"], cause["label"], cause["total"], cause["shown"]) for cause in found.report["causes"]
    } == {
        ("constraint-error:pattern", "CUP", 400, 25),
        ("constraint-error:pattern", "Ruolo soggetto", 400, 25),
    }
    assert found.report["stats"]["errors"] == 800
    assert len(found.report["tasks"][0]["errors"]) == 50
    assert len(json.dumps(found.to_dict())) < 60_000


def test_no_cause_goes_untold_where_one_fills_the_report(tmp_path: Path) -> None:
    limits = CheckLimits(errors_shown=5)
    rows = [{"CUP": "x"}] * 50 + [{"Ruolo soggetto": "x"}] * 2
    found = check(parties(tmp_path / "a.csv", *rows), PARTIES, limits=limits)
    assert {(cause["label"], cause["shown"]) for cause in found.report["causes"]} == {
        ("CUP", 5),
        ("Ruolo soggetto", 1),
    }


def test_a_check_that_takes_too_long_stops_and_says_so(tmp_path: Path) -> None:
    path = parties(tmp_path / "a.csv", *[{"CUP": "x"}] * 50)
    found = check(path, PARTIES, limits=CheckLimits(seconds=0, rows_per_progress=10))
    assert found.verdict == "unreadable"
    assert "check-too-long" in codes(found)
    assert found.report["causes"][0]["total"] == 10


def test_a_table_with_too_many_cells_is_not_judged_to_its_end(tmp_path: Path) -> None:
    path = parties(tmp_path / "a.csv", *[{}] * 50)
    found = check(path, PARTIES, limits=CheckLimits(cells=100, rows_per_progress=5))
    assert (found.verdict, codes(found)) == ("unreadable", ["too-many-cells"])


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}), PARTIES, limits=CheckLimits(file_bytes=100))
    assert (found.verdict, codes(found)) == ("unreadable", ["file-too-large"])


def test_who_called_may_stop_the_check(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    seen = []

    def stop(rows: int, _of: int | None = None) -> None:
        seen.append(rows)
        if rows >= 20:
            raise StopError

    with pytest.raises(StopError):
        check(
            parties(tmp_path / "a.csv", *[{}] * 50),
            PARTIES,
            progress=stop,
            limits=CheckLimits(rows_per_progress=10),
        )
    assert seen == [10, 20]


# What it rests on


def test_the_report_is_a_frictionless_report(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {"Codice fiscale soggetto": MARIO, "CUP": "x"}), PARTIES)
    report = Report.from_descriptor(found.report)
    assert sorted(error.type for error in report.tasks[0].errors) == ["P1", "constraint-error"]
    assert not report.valid
    assert Report.from_descriptor(check(tmp_path / "a.csv", "no/such").report).tasks == []


def test_frictionless_reads_no_other_file(tmp_path: Path) -> None:
    """Cells, labels and names that look like addresses and paths are only text."""
    secret = tmp_path / "secret.csv"
    secret.write_text("top;secret\n1;2\n")
    rows = [[str(secret), f"file://{secret}"], [str(secret), "http://127.0.0.1:9/x.csv"]]
    path = write(tmp_path / "a.csv", rows)
    check(path)  # imports are done
    opened: list[str] = []

    def record(event: str, arguments: tuple[Any, ...]) -> None:
        if recording and (event.startswith("socket.") or event == "open"):
            opened.append(str(arguments[0]))

    recording = True
    sys.addaudithook(record)
    work = tmp_path / "work"
    work.mkdir()
    check_file(path, filename=f"file://{secret}", table_schema=None, work=work)
    recording = False
    assert {name for name in opened if not name.startswith(f"{work}/")} == {str(path)}


def test_the_ruleset_names_the_rules(tmp_path: Path) -> None:
    assert RULESET.startswith("2-")
    assert len(RULESET) < 20
