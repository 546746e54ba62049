"""Rows taken out of a table: what stays is what it was, byte by byte."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.removal import (
    NotWritableError,
    UnknownColumnError,
    count_rows,
    row_finder,
    write_without,
)

# no carriage return: before Python 3.13 the csv module writes one without quotes, which ends the row
CELLS = st.text(st.sampled_from('ab;"\né '), max_size=6)
ROWS = st.lists(st.tuples(st.sampled_from(["X1", "x1 ", "Y2", "Z3"]), CELLS), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    ROWS, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
)
def test_what_stays_is_what_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    has_bom: bool,
    end: str,
    quoting: int,
) -> None:
    folder = tmp_path_factory.mktemp("removal")

    def written(kept: list[tuple[str, str]]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator=end, quoting=quoting)  # pyright: ignore[reportArgumentType]
        writer.writerows([("CUP", "nota"), *kept])
        return text.getvalue().encode("utf-8-sig" if has_bom else "utf-8")

    path, target = folder / "table.csv", folder / "out.csv"
    path.write_bytes(written(rows))
    source = probe(path, filename="table.csv")
    found = row_finder(source, None, [{"CUP": "X1"}])
    kept = [row for row in rows if row[0].strip().casefold() != "x1"]
    assert count_rows(source, found) == len(rows) - len(kept)
    assert write_without(source, found, target) == len(rows) - len(kept)
    assert target.read_bytes() == written(kept)


def test_all_columns_of_a_key_must_hold_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("CUP;CLP\nA;1\nA;2\n", encoding="utf-8")
    source = probe(path, filename="table.csv")
    assert count_rows(source, row_finder(source, None, [{"CUP": "A", "CLP": "2"}])) == 1
    with pytest.raises(UnknownColumnError, match="CIG"):
        row_finder(source, None, [{"CIG": "A"}])


def test_a_file_that_a_program_wrote_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text('[{"CUP": "A"}, {"CUP": "B"}]', encoding="utf-8")
    source = probe(path, filename="table.json")
    found = row_finder(source, None, [{"CUP": "A"}])
    assert count_rows(source, found) == 1
    with pytest.raises(NotWritableError, match="JSON"):
        write_without(source, found, tmp_path / "out")
