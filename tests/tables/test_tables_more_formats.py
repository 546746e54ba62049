"""Tables in formats other than CSV and XLSX: the same rows, the same judgement, and every limit of each format."""

from __future__ import annotations

import json
import random
import resource
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import PAYMENTS, csv_bytes, errors_of, header, judge, payment, write_xlsx

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.limits import DEFAULT_LIMITS, MIB, Limits
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.reading import read_rows

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text", "style")
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def cell_xml(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>~</text:p></table:table-cell>'
    text = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods(path: Path, body: str, styles: str = "") -> Path:
    content = (
        f'<?xml version="1.0"?><office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", content)
    return path


def sheet(rows: list[list[Any]], name: str = "Dati", more: str = "") -> str:
    told = "".join(f"<table:table-row>{''.join(map(cell_xml, row))}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}"{more}>{told}</table:table>'


def write_ods(path: Path, rows: list[list[Any]]) -> Path:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    return ods(path, sheet(rows).replace("</table:table>", f"{tail}</table:table>"))


def write_xls(path: Path, rows: list[list[Any]]) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("Dati")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value not in (None, ""):
                page.write(number, column, value, *([day] if isinstance(value, datetime) else []))
    book.save(str(path))
    return path


def as_objects(rows: list[list[Any]]) -> list[dict[str, Any]]:
    labels = rows[0]
    return [
        {label: plain(value) for label, value in zip(labels, row, strict=True) if value != ""}
        for row in rows[1:]
    ]


def plain(value: Any) -> Any:
    return value.strftime("%d/%m/%Y") if isinstance(value, datetime) else value


def write_json(path: Path, rows: list[list[Any]]) -> Path:
    path.write_text(json.dumps(as_objects(rows)), encoding="utf-8")
    return path


def write_json_lines(path: Path, rows: list[list[Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in as_objects(rows)), encoding="utf-8")
    return path


def write_geojson(path: Path, rows: list[list[Any]]) -> Path:
    point = {"type": "Point", "coordinates": [16.25, 39.3]}
    features = [{"type": "Feature", "properties": row, "geometry": point} for row in as_objects(rows)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def write_zip(path: Path, rows: list[list[Any]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2026/pagamenti.csv", csv_bytes([[plain(cell) for cell in row] for row in rows]))
        archive.writestr("__MACOSX/._pagamenti.csv", b"x")
    return path


def write_parquet_file(path: Path, rows: list[list[Any]]) -> Path:
    labels, values = rows[0], rows[1:]
    with duckdb.connect() as connection:
        columns = ", ".join(
            f'"{label}" {"DECIMAL(18,2)" if "Totale" in label else "VARCHAR"}' for label in labels
        )
        connection.execute(f"CREATE TABLE t ({columns})")
        for row in values:
            told = [None if cell == "" else plain(cell) for cell in row]
            connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(labels))})", told)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


WRITERS: dict[str, Callable[[Path, list[list[Any]]], Path]] = {
    "ods": write_ods,
    "xls": write_xls,
    "json": write_json,
    "jsonl": write_json_lines,
    "geojson": write_geojson,
    "parquet": write_parquet_file,
}
SOUND = [
    header(PAYMENTS),
    payment(Finanziamento_Totale=100.5, Pagamento_Totale=50, Data_di_Estrazione=datetime(2026, 6, 13)),
    payment(Codice_Locale_Progetto="Città & <C>", Finanziamento_Totale=7.25, Pagamento_Totale=7.25),
]
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


# -- bad input -----------------------------------------------------------------------------------------------------------


def refusal(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(UnreadableTableError) as caught:
        for _ in read_rows(probe(path, filename=path.name, limits=limits), limits):
            pass
    return caught.value.code


def test_a_hundred_thousand_columns(tmp_path: Path) -> None:
    many = [f"c{number}" for number in range(100_000)]
    (tmp_path / "a.csv").write_text(";".join(many) + "\n" + ";".join(["1"] * len(many)) + "\n")
    (tmp_path / "a.json").write_text(json.dumps([dict.fromkeys(many, 1)]))
    (tmp_path / "b.json").write_text(json.dumps([many]))
    feature = {"type": "Feature", "properties": dict.fromkeys(many, 1), "geometry": None}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    ods(tmp_path / "a.ods", sheet([many]))
    ods(tmp_path / "b.ods", '<table:table table:name="D"><table:table-row><table:table-cell office:value-type="float" '
        'office:value="1" table:number-columns-repeated="2147483647"/></table:table-row></table:table>')  # fmt: skip
    for name in ("a.csv", "a.json", "b.json", "a.geojson", "a.ods", "b.ods"):
        assert refusal(tmp_path / name) == "too-many-columns", name
    with duckdb.connect() as connection:
        columns = ", ".join(f"1 AS c{number}" for number in range(4_500))
        connection.execute(f"COPY (SELECT {columns}) TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)")
    assert refusal(tmp_path / "a.parquet") == "too-many-columns"


def test_a_line_or_value_without_end_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    piece = b"a" * MIB
    for name, begin in (("a.csv", b"a;b\n1;"), ("a.json", b'[{"a":"'), ("a.jsonl", b'{"a":1}\n{"a":"')):
        with (tmp_path / name).open("wb") as file:
            file.write(begin)
            for _ in range(64):
                file.write(piece)
    assert refusal(tmp_path / "a.csv") == "record-too-long"
    assert refusal(tmp_path / "a.json") == "json-value-too-long"
    assert refusal(tmp_path / "a.jsonl") == "json-value-too-long"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60 * 1024, f"{grown // 1024} MB for one line"


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_archives_that_are_refused_say_why(tmp_path: Path) -> None:
    table = b"a;b\n1;2\n"
    inner = archive(tmp_path / "inner.zip", {"a.csv": table}).read_bytes()
    noise = random.Random(1).randbytes(2_000)
    cases = {
        "unsafe-name": [
            {"../a.csv": table},
            {"/etc/a.csv": table},
            {"C:\\a.csv": table},
            {"x/../../a.csv": table},
        ],
        "nested-archive": [{"a.zip": inner}, {"a.csv": table, "b.zip": inner}],
        "too-many-members": [{f"{number}.csv": b"" for number in range(10_000)}],
        "archive-bomb": [{"a.csv": b"a;b\n" + b"0" * (64 * MIB)}],
    }
    for code, contents in cases.items():
        for members in contents:
            path = archive(tmp_path / "x.zip", members)
            found = check_file(path, filename="x.zip", declared_format="ZIP")
            assert (found.verdict, {one["code"] for one in found.rules}) == ("unreadable", {code}), (
                members.keys()
            )
    several = archive(tmp_path / "x.zip", {"a.csv": table, "b.csv": table})
    assert check_file(several, filename="x.zip", declared_format="ZIP").verdict == "passed"
    assert refusal(several) == "not-one-file"
    assert refusal(archive(tmp_path / "x.zip", {"a.pdf": b"%PDF-1.7\n"})) == "zip-without-table"
    cut = archive(tmp_path / "x.zip", {"a.csv": noise * 50}, zipfile.ZIP_STORED).read_bytes()[:-200]
    (tmp_path / "cut.zip").write_bytes(cut)
    assert refusal(tmp_path / "cut.zip") == "broken-archive"
    limits = Limits(zipped_table_bytes=1_000)
    assert (
        refusal(archive(tmp_path / "x.zip", {"a.csv": table * 500}, zipfile.ZIP_STORED), limits)
        == "archive-bomb"
    )


def test_rows_and_cells_that_repeat_for_ever_are_not_made(tmp_path: Path) -> None:
    filled = '<table:table-cell office:value-type="float" office:value="1"/>'
    rows = '<table:table-row table:number-rows-repeated="2147483647">'
    assert (
        refusal(
            ods(
                tmp_path / "a.ods",
                f'<table:table table:name="D">{rows}{filled}</table:table-row></table:table>',
            )
        )
        == "too-many-rows"
    )
    spaces = (
        '<table:table-cell office:value-type="string"><text:p>'
        + '<text:s text:c="2147483647"/>' * 3
        + "</text:p></table:table-cell>"
    )
    assert (
        refusal(
            ods(
                tmp_path / "b.ods",
                f'<table:table table:name="D"><table:table-row>{spaces}</table:table-row></table:table>',
            )
        )
        == "cell-too-long"
    )
    with zipfile.ZipFile(tmp_path / "c.ods", "w") as made:
        made.writestr("mimetype", ODS_TYPE)
        made.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert refusal(tmp_path / "c.ods") == "xml-entities"


def test_what_is_damaged_says_so(tmp_path: Path) -> None:
    sound = write_parquet_file(tmp_path / "a.parquet", SOUND).read_bytes()
    cases: dict[str, tuple[str, bytes]] = {
        "footer.parquet": ("does-not-open", b"PAR1xxxx\xff\xff\xff\x7fPAR1"),
        "middle.parquet": ("does-not-open", sound[:40] + b"\xff" * 60 + sound[100:]),
        "cut.xls": ("broken-workbook", write_xls(tmp_path / "a.xls", SOUND).read_bytes()[:2_000]),
        "a.ods": ("broken-workbook", b""),
        "repeated.json": ("json-repeated-name", b'[{"a": 1, "a": 2}]'),
        "mixed.json": ("json-mixed", b'[{"a": 1}, [2]]'),
        "cut.json": ("does-not-open", b'[{"a": 1}, {"a":'),
        "huge.json": ("does-not-open", b'[{"a": 1e999}]'),
        "latin.json": ("does-not-open", '[{"a": "città"}]'.encode("latin-1")),
        "deep.json": ("does-not-open", b'[{"a":' + b"[" * 100_000),
        "list.geojson": ("not-a-feature", b'{"type": "FeatureCollection", "features": [3]}'),
        "bare.geojson": (
            "no-properties",
            b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":null}]}',
        ),
    }  # fmt: skip
    for name, (code, content) in cases.items():
        path = tmp_path / name
        if name.endswith(".ods"):
            archive(path, {"mimetype": ODS_TYPE.encode(), "content.xml": b"<office"})
        else:
            path.write_bytes(content)
        assert refusal(path) == code, name


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
