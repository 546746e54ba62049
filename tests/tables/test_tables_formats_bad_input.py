"""Hostile and damaged files of every format: each is refused with its reason, in little time and memory."""

from __future__ import annotations

import json
import random
import resource
import zipfile
from pathlib import Path

import duckdb
import pytest
from table_files import write_xlsx
from table_formats import (
    ODS_TYPE,
    SOUND,
    archive,
    ods,
    sheet,
    write_parquet_file,
    write_xls,
)

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.limits import DEFAULT_LIMITS, MIB, Limits
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.reading import read_rows


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
    archive(tmp_path / "a.zip", {"a.csv": (tmp_path / "a.csv").read_bytes()})
    write_xlsx(tmp_path / "a.xlsx", [many[:3_000]])  # the format itself has 16,384 at most
    for name in ("a.csv", "a.json", "b.json", "a.geojson", "a.ods", "b.ods", "a.zip", "a.xlsx"):
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
