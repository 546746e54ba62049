"""Tables in formats other than CSV and XLSX: the same rows, the same judgement."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import PAYMENTS, errors_of, header, judge, payment, write_xlsx
from table_formats import (
    SOUND,
    WRITERS,
    ods,
    sheet,
    write_zip,
)

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.reading import read_rows

BROKEN = [header(PAYMENTS), payment(CUP="troppo corto", Finanziamento_Totale=100.5, Pagamento_Totale=50)]


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_rows_are_judged_alike_in_every_format(tmp_path: Path, suffix: str) -> None:
    sound = WRITERS[suffix](tmp_path / f"a.{suffix}", SOUND)
    found = check_file(sound, filename=sound.name, table_schema=PAYMENTS)
    assert (found.verdict, found.basis, found.rows) == ("passed", "whole_file", 2), found.rules

    broken = WRITERS[suffix](tmp_path / f"b.{suffix}", BROKEN)
    assert (
        errors_of(judge(broken, PAYMENTS)).keys()
        == errors_of(judge(write_xlsx(tmp_path / "b.xlsx", BROKEN), PAYMENTS)).keys()
    )

    (tmp_path / "work").mkdir()
    _, description = write_parquet(probe(sound, filename=sound.name), None, work=tmp_path / "work")
    assert description.rows == 2 and description.column("Pagamento Totale").type == "number"


def test_a_zip_of_one_table_is_that_table(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [header(PAYMENTS), payment(Pagamento_Totale="50")])
    source = probe(path, filename="a.zip")
    assert (source.member, source.format) == ("pagamenti.csv", "CSV")
    copy = source.path
    assert next(read_rows(source)) == header(PAYMENTS)
    del source
    assert not copy.exists(), "the unpacked copy goes with what it was unpacked for"
    for declared in ("CSV", "ZIP"):
        found = check_file(path, filename="a.zip", declared_format=declared, table_schema=PAYMENTS)
        assert (found.verdict, found.format) == ("passed", "ZIP"), found.rules
    assert check_file(path, filename="a.zip", declared_format="XLSX").verdict == "failed"


def test_json_as_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '\ufeff[{"cod": "018", "n": 1.5, "x": {"a": [1]}}, {"n": 18, "altro": true}]', encoding="utf-8"
    )
    assert list(read_rows(probe(path, filename="a.json"))) == [
        ["cod", "n", "x", "altro"],
        ["018", 1.5, '{"a":[1]}', None],
        [None, 18, None, True],
    ]
    path.write_text('[["cod", "n"], ["018", 2]]')
    assert list(read_rows(probe(path, filename="a.json"))) == [["cod", "n"], ["018", 2]]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON_VALUES, min_size=1), min_size=1, max_size=5),
       indent=st.sampled_from([None, 1]))  # fmt: skip
def test_json_read_in_pieces_is_what_python_reads_whole(
    tmp_path: Path, rows: list[dict[str, Any]], indent: int | None
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, indent=indent), encoding="utf-8")
    labels, *found = read_rows(probe(path, filename="a.json"))
    for row, cells in zip(rows, found, strict=True):
        for label, cell in zip(labels, cells, strict=True):
            value = row.get(label)
            assert cell == (
                json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                if isinstance(value, dict | list)
                else value
            )


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(one) for one in ring]]}


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (point(16.2, 39.3), None),
        (None, None),
        (polygon((0, 0), (1, 0), (1, 1), (0, 0)), None),
        ({"type": "GeometryCollection", "geometries": [point(1, 1)]}, None),
        (point(612345.0, 4345678.0), "geometry-not-wgs84"),
        (polygon((0, 0), (0, 1), (1, 1), (0, 0)), "geometry-winding"),
        (polygon((0, 0), (1, 0), (1, 1)), "geometry-invalid"),
        (polygon((0, 0), (1, 0), (1, 1), (0, 1)), "geometry-invalid"),
        ({"type": "Point", "coordinates": ["16", 39]}, "geometry-invalid"),
        ({"type": "Punto", "coordinates": [16, 39]}, "geometry-invalid"),
        ({"type": "MultiPolygon", "coordinates": 3}, "geometry-invalid"),
    ],
)  # fmt: skip
def test_geometries_are_held_to_the_standard(tmp_path: Path, geometry: Any, code: str | None) -> None:
    path = tmp_path / "a.geojson"
    feature = {"type": "Feature", "id": 7, "properties": {"nome": "x"}, "geometry": geometry}
    path.write_text(json.dumps({"features": [feature], "type": "FeatureCollection"}))
    source = probe(path, filename="a.geojson")
    assert [note.code for note in source.notes] == ([code] if code else [])
    assert list(read_rows(source)) == [["id", "nome"], [7, "x"]]
    wanted = "passed" if code in (None, "geometry-winding") else "failed"
    assert check_file(path, filename="a.geojson", declared_format="GEOJSON").verdict == wanted


def test_an_ods_as_people_make_it(tmp_path: Path) -> None:
    hidden = '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    body = (
        sheet([["nascosto"]], "N", ' table:style-name="h"')
        + (
            '<table:table table:name="Dati"><table:table-row>'
            '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p>'
            '</table:table-cell><table:table-cell office:value-type="string" table:number-columns-repeated="2">'
            "<office:annotation><text:p>no</text:p></office:annotation><text:p>x</text:p></table:table-cell></table:table-row>"
            '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
            '<table:table-row table:number-rows-repeated="2">'
            '<table:table-cell office:value-type="float" office:value="18.0"/>'
            '<table:table-cell table:formula="of:=A1"/><table:covered-table-cell/></table:table-row></table:table>'
        )
        + sheet([["altro"]], "Altro")
    )
    source = probe(ods(tmp_path / "a.ods", body, hidden), filename="a.ods")
    assert source.sheet == "Dati"
    assert list(read_rows(source)) == [["a  b\nc", "x", "x"], [], [], [18, None], [18, None]]
    assert {note.code for note in source.notes} == {"other-sheets", "formula-without-value", "formulas"}


def test_single_precision_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 0.1::FLOAT AS importo, DATE '2026-01-02' AS giorno) TO '{path}' (FORMAT parquet)"
        )
    source = probe(path, filename="a.parquet")
    assert [(note.code, note.params) for note in source.notes] == [
        ("single-precision", {"fields": ["importo"]})
    ]
    assert list(read_rows(source))[1] == [0.1, date(2026, 1, 2)]


def test_personal_codes_are_found_in_every_format(tmp_path: Path) -> None:
    rows = [["nome", "codice"], ["a", "RSSMRA80A01H501U"]]
    for suffix, write in WRITERS.items():
        found = check_file(write(tmp_path / f"p.{suffix}", rows), filename=f"p.{suffix}")
        codes = {error["type"] for task in found.report["tasks"] for error in task["errors"]}
        assert found.verdict == "failed" and "P1" in codes, suffix
        assert "RSSMRA80A01H501U" not in repr(found.to_dict())
