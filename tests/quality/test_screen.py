"""The screen's law: with it or without it, the report is the same (of the real files: ``test_check_samples``).

``SCREEN_CASES=10000 pytest tests/quality/test_screen.py -k law`` tries as many made-up schemas and files.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_tables import schemas, texts
from screen_world import LIMITS, told

from ckanext.opencohesion.quality.judging.check import _FileChecker, check_file
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import profile_from_schema

CASES = int(os.environ.get("SCREEN_CASES", "50"))
TODAY = date(2026, 11, 21)


def judged(path: Path, schema: dict[str, Any] | None, *, screen: bool) -> FileCheck:
    profile = profile_from_schema(schema) if schema else None
    source = probe(path, filename=path.name, profile=profile)
    checker = _FileChecker(
        path,
        filename=path.name,
        declared_format=None,
        table_schema=None,
        published=None,
        today=TODAY,
        limits=LIMITS,
        progress=None,
        screen=screen,
        work=None,
    )
    return checker._judge(source, profile)


def test_the_law() -> None:
    """frictionless on the suspects says what frictionless says on all rows."""
    how = Counter[str]()

    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(data=st.data(), encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "windows-1252"]))
    def law(data: st.DataObject, encoding: str) -> None:
        schema = data.draw(schemas())
        text = data.draw(texts(schema))
        asked = schema if data.draw(st.integers(0, 4)) else None
        with TemporaryDirectory() as folder:
            path = Path(folder) / "made-up.csv"
            path.write_bytes(text.encode(encoding, "replace"))
            try:
                screened = judged(path, asked, screen=True)
            except UnreadableTableError:
                how["unreadable"] += 1
                return
            plain = judged(path, asked, screen=False)
        how[screened.screened] += 1
        assert told(screened) == told(plain)

    law()
    print(dict(how))
    # A law on a screen that never screens would be no law.
    assert how["yes"] > CASES / 4


# Stop, progress, what can not be screened ---------------------------------------------------------------------------------


def _table(path: Path, rows: int) -> Path:
    path.write_text(
        "Importo;Note\n" + "".join(f"{row};riga {row}\n" for row in range(rows)), encoding="utf-8"
    )
    return path


def test_it_stops_at_once_and_passes_on_why(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    calls: list[int] = []

    def progress(rows: int, _of: int | None = None) -> None:
        calls.append(rows)
        if len(calls) == 3:
            raise StoppedError

    path = _table(tmp_path / "a.csv", 100_000)
    with pytest.raises(StoppedError):
        check_file(path, filename=path.name, progress=progress, work=tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"], "the work folder is left clean"


def test_progress_ends_with_all_rows_and_the_result_tells_how(tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 20_000)
    seen: list[tuple[int, int | None]] = []
    found = check_file(
        path, filename=path.name, progress=lambda done, of=None: seen.append((done, of)), limits=LIMITS
    )
    assert (found.screened, found.rows, found.verdict) == ("yes", 20_000, "passed")
    assert max(done for done, _ in seen) <= 20_001
    assert seen[-1][1] == 20_001, "the share is known while it is screened"
    assert "screened" not in found.to_dict()
    assert check_file(path, filename=path.name, limits=LIMITS, screen=False).screened == ""


def test_a_small_file_and_too_many_cells_are_judged_by_frictionless_alone(tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 100)
    assert check_file(path, filename=path.name).screened == ""
    found = check_file(path, filename=path.name, limits=replace(LIMITS, cells=50))
    assert (found.screened, found.verdict) == ("no: cells", "unreadable")


def test_without_memory_all_rows_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = ";".join(map(str, range(900)))
    path.write_text(f"{row}\n" * 11, encoding="utf-8")
    found = check_file(path, filename=path.name, limits=replace(LIMITS, screen_memory_mb=1))
    assert (found.screened, found.verdict, found.rows) == ("no: OutOfMemoryException", "passed", 10)
