"""A table as bytes, in each publisher's dialect. Equal tables give equal bytes everywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from demo.facts import Column

BOM = "﻿"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Sheet:
    """A header and its rows, every value as it stands in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def italia_domani(sheet: Sheet, *, encoding: str = "utf-8", bom: bool = True, delimiter: str = ";") -> bytes:
    """Return ``sheet`` as Italia Domani writes it: UTF-8 with BOM, semicolon, quotes only where needed, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(sheet.header)
    writer.writerows(sheet.rows)
    return ((BOM if bom else "") + out.getvalue()).encode(encoding)


def opencoesione(sheet: Sheet, columns: Sequence[Column]) -> bytes:
    """Return ``sheet`` as OpenCoesione writes it: UTF-8 with BOM, semicolon, every text quoted, numbers bare, LF."""
    quoted = [column.kind == "text" for column in columns]
    lines = [";".join(_quote(name) for name in sheet.header)]
    lines += [
        ";".join(_quote(value) if text else value for value, text in zip(row, quoted, strict=True))
        for row in sheet.rows
    ]
    return (BOM + "\n".join(lines) + "\n").encode()


def _quote(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def xlsx(sheet: Sheet) -> bytes:
    """Return ``sheet`` as a workbook of one sheet; a value that begins with ``=`` becomes a formula without result.

    Written by hand, stored and with a fixed date: openpyxl and zlib write other bytes at every run or version.
    """
    rows = "".join(_xlsx_row(number, row) for number, row in enumerate((sheet.header, *sheet.rows), 1))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{XLSX_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{OFFICE}"><sheets><sheet name="dati" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, body in parts.items():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            archive.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + body)
    return out.getvalue()


def _xlsx_row(number: int, row: Sequence[str]) -> str:
    cells = "".join(
        _xlsx_cell(f"{_letters(index)}{number}", value) for index, value in enumerate(row) if value
    )
    return f'<row r="{number}">{cells}</row>'


def _xlsx_cell(place: str, value: str) -> str:
    if value.startswith("="):
        return f'<c r="{place}"><f>{escape(value[1:])}</f></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _letters(index: int) -> str:
    first, last = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)
