"""What DuckDB is shown of a delimited text are the cells that Python's reader finds in it."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ckanext.opencohesion.tables import bulk, record_index
from ckanext.opencohesion.tables.bulk import BulkTable, NotRegularError, bulk_table
from ckanext.opencohesion.tables.delimited import read_records
from ckanext.opencohesion.tables.limits import DEFAULT_LIMITS
from ckanext.opencohesion.tables.record_index import index_records
from ckanext.opencohesion.tables.source import TableSource

PIECES = [
    *"ab;,\t\"\n\r '#\\|-",
    "\r\n",
    '""',
    '";"',
    "è",
    "\u2028",
    "\x0b",
    "\x1f",
    "NULL",
    ' "',
    '" ',
    "\ufeff",
]
CELLS = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def texts(draw: DrawFn) -> tuple[int, str, str]:
    """Width, delimiter and a text: of regular quoting with some odd rows, or of any marks at all."""
    width, delimiter = draw(st.integers(1, 4)), draw(st.sampled_from(";,\t|"))
    if draw(st.integers(0, 3)) == 0:
        return width, delimiter, "".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=20)))
    lines = []
    for cells in draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)):
        lines += [""] if draw(st.integers(0, 19)) == 0 else []
        odd = draw(st.integers(0, 19))
        row = cells[:-1] if odd == 0 else [*cells, "x"] if odd == 1 else cells
        marks = set('"\r\n' + delimiter)
        lines.append(
            delimiter.join(quoted(cell) if draw(st.booleans()) or marks & set(cell) else cell for cell in row)
        )
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return width, delimiter, ending.join(lines) + (ending if draw(st.booleans()) else "")


def made(path: Path, width: int, delimiter: str, encoding: str) -> TableSource:
    has_bom = encoding == "utf-8-sig"
    return TableSource(
        path=path,
        format="CSV",
        size_bytes=path.stat().st_size,
        labels=("x",) * width,
        encoding="utf-8" if has_bom else encoding,
        has_bom=has_bom,
        delimiter=delimiter,
    )


def read(connection: duckdb.DuckDBPyConnection, table: BulkTable, *, parallel: bool) -> list[list[str]]:
    sql = f"CREATE OR REPLACE TEMP TABLE t AS SELECT *, {table.content_sql()} AS content FROM {table.sql(parallel=parallel)}"
    connection.execute(sql)
    content = connection.execute("SELECT content FROM t").fetchnumpy()["content"]
    found = connection.execute("SELECT * EXCLUDE content FROM t ORDER BY rowid").fetchall()
    rows = [[cell or "" for cell in row] for row in found]
    assert table.agrees(np.asarray(content)) or parallel
    if not table.agrees(np.asarray(content)):
        raise duckdb.InvalidInputException("noticed by us")
    return rows


def test_duckdb_sees_the_cells_that_python_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_index, "_PIECE", 7)  # every mark may be the first or the last of a piece
    connection = duckdb.connect(config={"threads": 2})
    directly = 0

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts(), st.sampled_from(["utf-8", "utf-8-sig", "windows-1252"]))
    def law(case: tuple[int, str, str], encoding: str) -> None:
        nonlocal directly
        width, delimiter, text = case
        if not text.strip("\ufeff") or (text.startswith("\ufeff") and encoding == "utf-8"):
            return  # empty; or a byte order mark that the probe would have seen
        with TemporaryDirectory() as folder:
            path = Path(folder) / "a.csv"
            path.write_bytes(text.encode(encoding, "replace"))
            wanted = list(read_records(path, encoding, delimiter, DEFAULT_LIMITS))
            table = bulk_table(made(path, width, delimiter, encoding), work=Path(folder))
            directly += table.path == path
            assert table.count == len(wanted)
            assert table.origin.index.cells.tolist() == [len(record) for record in wanted]
            assert table.odd.tolist() == [
                number for number, record in enumerate(wanted, 1) if len(record) != width
            ]
            assert [cells for _, cells in table.records(range(1, len(wanted) + 1))] == wanted
            even = [record[:width] + [""] * (width - len(record)) for record in wanted]
            assert read(connection, table, parallel=False) == even

    law()
    assert directly > 20


@pytest.mark.parametrize("seed", range(12))
def test_a_thread_that_begins_in_the_wrong_place_is_noticed(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quoted cells that look like rows, cut into small buffers: DuckDB in parallel is right, or known to be wrong."""
    chance = random.Random(seed)
    monkeypatch.setattr(bulk, "_BUFFER", chance.choice([2_000, 10_000]))
    width, ending = chance.choice([2, 5]), chance.choice(["\n", "\r\n"])
    pieces = ["a", '"', ";", "\n", '";"', '\n"', "", "x" * 50, "\n" + ";".join(['"q"'] * width) + "\n"]
    rows = [
        ["".join(chance.choice(pieces) for _ in range(chance.choice([0, 1, 5]))) for _ in range(width)]
        for _ in range(2_000)
    ]
    path = tmp_path / "a.csv"
    path.write_bytes((ending.join(";".join(map(quoted, row)) for row in rows) + ending).encode())
    table = bulk_table(made(path, width, ";", "utf-8"), work=tmp_path)
    assert table.path == path
    connection = duckdb.connect(config={"threads": 4})
    assert read(connection, table, parallel=False) == rows
    with suppress(duckdb.Error):
        assert read(connection, table, parallel=True) == rows


@pytest.mark.parametrize(
    "text",
    [
        'a;b"c\n',
        '"a"b;c\n',
        'a; "b"\n',
        '"a;b\n',
        "a;b\rc;d\n",
        "a;b\r\nc;d\n",
        '"a" ;b\n',
        '"a"\r',
        'a;"b"\rc\n',
    ],
)
def test_quoting_that_leaves_something_open_is_not_regular(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert index_records(path, ";") is None


def test_a_record_longer_than_duckdb_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"x" * 1_100_000 + b";y\n")
    with pytest.raises(NotRegularError):
        bulk_table(made(path, 2, ";", "utf-8"), work=tmp_path)
