"""What lies on the shelf of written tables is whole, whatever happened to who wrote it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ckanext.opencohesion.tables.description import NotShown, TableDescription
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.shelf import TableShelf

SHA256 = "ab" * 32
KEY = "0" * 24
# Takes a table to the shelf and dies as under `kill -9` when it has written half of what it writes.
KILLED = """
import os, sys
from pathlib import Path
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.shelf import TableShelf

with TableShelf(Path(sys.argv[1])).work_folder() as work:
    source = probe(Path(sys.argv[2]), filename="x.csv")
    write_parquet(source, None, work=work, progress=lambda rows: os.kill(os.getpid(), 9))
"""


@pytest.fixture
def shelf(tmp_path: Path) -> TableShelf:
    return TableShelf(tmp_path / "tables")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.csv"
    path.write_text(
        "codice;importo\n" + "".join(f"{row:05};{row},5\n" for row in range(9_000)), encoding="utf-8"
    )
    return path


@pytest.fixture
def small_disk() -> Iterator[None]:
    """A disk on which no file grows beyond 32 KiB, as a full one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def put(shelf: TableShelf, file: Path) -> TableDescription:
    with shelf.work_folder() as work:
        parquet, description = write_parquet(probe(file, filename="x.csv"), None, work=work)
        shelf.put(SHA256, KEY, parquet, description)
    return description


def test_a_written_table_is_found_again_and_goes_whole(shelf: TableShelf, file: Path) -> None:
    assert shelf.read(SHA256, KEY) is None
    description = put(shelf, file)
    assert shelf.read(SHA256, KEY) == description and description.rows == 9_000
    assert list(shelf.contents()) == [SHA256]
    assert [path.name for path in shelf.root.iterdir()] == ["ab"], "no work folder stays"
    shelf.put_reason(SHA256, "1" * 24, NotShown("row-too-wide", {"row": 7}))
    assert shelf.read(SHA256, "1" * 24) == NotShown("row-too-wide", {"row": 7})
    shelf.remove(SHA256)
    shelf.remove(SHA256)
    assert shelf.read(SHA256, KEY) is None and list(shelf.contents()) == []
    with pytest.raises(ValueError, match="not a SHA-256"):
        shelf.parquet("../../etc/passwd", KEY)


def test_what_is_cut_off_or_lost_is_written_again(shelf: TableShelf, file: Path) -> None:
    description = put(shelf, file)
    told = shelf.parquet(SHA256, KEY).with_suffix(".json")
    whole = told.read_text(encoding="utf-8")
    for cut in ("", whole[: len(whole) // 2]):
        told.write_text(cut, encoding="utf-8")
        assert shelf.read(SHA256, KEY) is None
    told.write_text(whole, encoding="utf-8")
    shelf.parquet(SHA256, KEY).unlink()
    assert shelf.read(SHA256, KEY) is None
    assert put(shelf, file) == description


def test_a_killed_writer_leaves_nothing_on_the_shelf_and_its_folder_is_swept(
    shelf: TableShelf, file: Path, tmp_path: Path
) -> None:
    program = [sys.executable, "-c", KILLED, str(shelf.root), str(file)]
    done = subprocess.run(program, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = shelf.root.iterdir()
    assert list(shelf.contents()) == [] and shelf.read(SHA256, KEY) is None
    assert shelf.sweep(60) == 0 and left.exists(), "it may still be at work"
    long_ago = time.time() - 61
    os.utime(left, (long_ago, long_ago))
    assert shelf.sweep(60) == 1 and not left.exists()
    assert put(shelf, file).rows == 9_000


def test_a_full_disk_leaves_nothing_half(shelf: TableShelf, file: Path, small_disk: None) -> None:
    with pytest.raises((OSError, duckdb.IOException)):
        put(shelf, file)
    assert shelf.read(SHA256, KEY) is None
    assert list(shelf.root.iterdir()) == []
