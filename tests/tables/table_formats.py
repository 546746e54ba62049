"""The same small table written in every format that is read as one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import xlwt
from table_files import PAYMENTS, csv_bytes, header, payment

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


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path
