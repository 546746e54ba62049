"""A table written as Parquet holds what the file holds, and a column is a number only where every value is one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from table_files import COHESION, PAYMENTS, PROJECTS, header, payment, write_csv

from ckanext.opencohesion.tables.description import TableDescription
from ckanext.opencohesion.tables.engine import Engine
from ckanext.opencohesion.tables.errors import NotShowableError, QueryError, QueryLimitError
from ckanext.opencohesion.tables.filters import filters_from_json, make_filter
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.places import places_of
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.query import (
    Selection,
    Sort,
    Table,
    aggregate,
    aggregate_places,
    read_all,
    read_page,
)


def written(path: Path, profile_id: str | None = None) -> Table:
    """Write a file as Parquet and open it."""
    profile = load_profile(profile_id) if profile_id else None
    source = probe(path, filename=path.name, profile=profile)
    parquet, description = write_parquet(source, profile, work=path.parent)
    again = TableDescription.from_json(description.to_json())
    assert again == description
    return Table(Engine(path.parent, 256, 1), parquet, description, 20)


def rows_of(table: Table) -> list[tuple[Any, ...]]:
    return list(read_all(table, table.description.columns, Selection(), None, 10_000))


def types_of(table: Table) -> dict[str, str]:
    return {column.name: column.type for column in table.description.columns}


def text_file(folder: Path, *lines: str) -> Path:
    path = folder / "x.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def column_file(folder: Path, label: str, *values: str) -> Path:
    return text_file(folder, f"{label};altro", *(f"{value};x" for value in values))


@pytest.mark.parametrize(
    ("label", "values", "expected"),
    [
        ("quantità", ["1", "-20", "0", ""], "integer"),
        ("quantità", ["1", "007"], "text"),
        ("CAP", ["87100", "88100"], "text"),
        ("cod_misura", ["1", "2"], "text"),
        ("importo", ["1.234,50", "7,5"], "number"),
        ("importo", ["1234.5", "7"], "number"),
        ("importo", ["1.234", "5.678"], "text"),
        ("importo", ["12,345", "1,234"], "text"),
        ("importo", ["1,5", "1.5"], "text"),
        ("importo", ["1,5", "n.d."], "text"),
        ("importo", ["1e3", "2"], "text"),
        ("importo", ["9" * 40, "1"], "text"),
        ("giorno", ["31/12/2024", "01/02/2023"], "date"),
        ("giorno", ["2024-12-31", ""], "date"),
        ("giorno", ["31/12/2024", "31/02/2024"], "text"),
        ("giorno", ["20241231"], "integer"),
        ("nota", ["", " "], "text"),
    ],
)
def test_without_a_schema_a_type_is_what_every_value_allows(
    tmp_path: Path, label: str, values: list[str], expected: str
) -> None:
    table = written(column_file(tmp_path, label, *values))
    assert types_of(table)[label] == expected
    if expected == "text":
        assert [row[0] for row in rows_of(table)] == [value if value.strip() else None for value in values]


def test_a_schema_gives_money_dates_and_codes_their_types(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "x.csv",
        [
            header(PAYMENTS),
            payment(Pagamento_Totale="0042576,5", Pagamento_PNRR="7", Codice_Univoco_Submisura="007"),
            payment(**{"Pagamento_Totale": "", "Data_di_Estrazione": "31/12/9999"}),
        ],
    )
    table = written(path, PAYMENTS)
    kinds = types_of(table)
    assert kinds["Pagamento Totale"] == "number" and kinds["Codice Univoco Submisura"] == "text"
    assert kinds["Data di Estrazione"] == "date"
    named = {column.name: column.position for column in table.description.columns}
    first, second = rows_of(table)
    assert first[named["Pagamento Totale"]] == Decimal("42576.50")
    assert first[named["Codice Univoco Submisura"]] == "007"
    assert second[named["Pagamento Totale"]] is None and second[named["Data di Estrazione"]] is None
    parquet = duckdb.execute("SELECT typeof(c4) FROM read_parquet(?)", [str(table.path)]).fetchone()
    assert parquet == ("DECIMAL(18,2)",)


def test_a_value_that_is_no_number_keeps_the_column_as_it_stands(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment(Pagamento_Totale="circa 5")])
    table = written(path, PAYMENTS)
    assert types_of(table)["Pagamento Totale"] == "text"
    assert "circa 5" in rows_of(table)[0]


def test_blanks_of_any_kind_are_no_value_and_blanks_around_one_stay(tmp_path: Path) -> None:
    table = written(column_file(tmp_path, "nota", " ", "\xa0", "~", " x", "\xa0x", "è"))
    assert [row[0] for row in rows_of(table)] == [None, None, "~", " x", "\xa0x", "è"]


def test_a_workbook_s_native_cells_keep_their_value(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Importo", "Giorno", "Codice", "Ora"])
    sheet.append([1234.1 + 0.2, date(2024, 12, 31), "007", datetime(2024, 1, 2, 3, 4, 5)])
    sheet.append([2.5, date(2023, 1, 1), "012", None])
    book.save(tmp_path / "x.xlsx")
    table = written(tmp_path / "x.xlsx")
    assert types_of(table) == {"Importo": "number", "Giorno": "date", "Codice": "text", "Ora": "text"}
    assert rows_of(table)[0] == (Decimal("1234.30"), date(2024, 12, 31), "007", "2024-01-02 03:04:05")


_CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12
) | st.sampled_from(
    [
        "a\nb",
        "a\r\nb",
        '"',
        '""',
        "'; DROP TABLE rows;--",
        "<script>alert(1)</script>",
        ";",
        ",",
        "\\",
        "=1+1",
        "%s{}",
    ]
)


@given(table=st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=40))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_come_out_as_they_went_in(tmp_path: Path, table: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows([["codice a", "codice b", "codice c"], ["x", "y", "z"], *table])
    (tmp_path / "x.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    found = [row for row in rows_of(written(tmp_path / "x.csv")) if row != ("x", "y", "z")]
    kept = [[cell if cell.strip(" ") else None for cell in row] for row in table if any(row)]
    kept = [row for row in kept if row != ["x", "y", "z"]]
    as_text = [[str(cell) if cell is not None else None for cell in row] for row in found]
    if all(isinstance(cell, str | None) for row in found for cell in row):
        assert as_text == kept


def test_row_numbers_of_what_is_too_wide_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotShowableError) as caught:
        written(text_file(tmp_path, "a;b", "1;2", "1;2;3"))
    assert caught.value.params == {"row": 3}


# -- questions ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Table:
    folder = tmp_path_factory.mktemp("many")
    lines = [
        f"{number:06d};{'pari' if number % 2 == 0 else 'dispari'};{number},25;0{number % 9 + 1}/01/2024"
        for number in range(45_000)
    ]
    return written(text_file(folder, 'codice;"specie "" <b>\'";importo;giorno', *lines))


def test_pages_follow_the_file_s_order_and_sorting_is_stable(many: Table) -> None:
    columns = many.description.columns
    page = read_page(many, columns, Selection(), None, offset=30_000, limit=2)
    assert [row[0] for row in page.rows] == ["030000", "030001"] and page.total == 45_000
    assert read_page(many, columns, Selection(), None, offset=10**9, limit=5).rows == []
    kind = columns[1]
    largest = read_page(many, columns, Selection(), Sort(kind, descending=True), offset=1, limit=2)
    assert [row[0] for row in largest.rows] == ["000002", "000004"]


def test_filters_bind_what_they_are_given(many: Table) -> None:
    name = many.description.columns[1].name
    assert name == "specie \" <b>'"
    picked = filters_from_json(
        many.description, [{"column": "importo", "operator": "ge", "value": "44.998,25"}]
    )
    page = read_page(many, many.description.columns[:1], Selection(picked), None, offset=0, limit=10)
    assert page.rows == [("044998",), ("044999",)] and page.total == 2
    hostile = filters_from_json(many.description, {name: "x' OR 1=1 --"})
    assert read_page(many, many.description.columns, Selection(hostile), None, offset=0, limit=5).total == 0
    assert (
        read_page(many, many.description.columns, Selection((), "DISPARI"), None, offset=0, limit=1).total
        == 22_500
    )


@pytest.mark.parametrize(
    "given_filters",
    [
        '{"importo": "abc"}',
        '{"nessuna": 1}',
        "[1]",
        "7",
        "{",
        '{"giorno": "32/13/2024"}',
        '[{"column": "codice", "operator": "=="}]',
        '{"importo": {"a": 1}}',
        '[{"column": null, "value": 1}]',
        '[{"column": {"a": 1}, "value": 1}]',
        '{"codice": []}',
    ],
)
def test_a_filter_that_makes_no_sense_is_told_in_a_sentence(many: Table, given_filters: str) -> None:
    with pytest.raises(QueryError) as caught:
        filters_from_json(many.description, given_filters)
    assert str(caught.value).endswith(".")


def test_groups_add_up_to_the_whole(many: Table) -> None:
    kind, money, day = many.description.columns[1:4]
    groups = aggregate(many, kind, money, "sum", Selection(), limit=1)
    assert groups.count == 2 and groups.rows == 45_000
    assert groups.groups[0].key == "dispari" and groups.value == sum(
        Decimal(number) + Decimal("0.25") for number in range(45_000)
    )
    years = aggregate(many, day, None, "count", Selection(), limit=9, by_key=True)
    assert [(one.key, one.value) for one in years.groups] == [(2024, 45_000)]


def test_the_engine_reads_its_folder_and_nothing_else(many: Table, tmp_path: Path) -> None:
    secret = text_file(tmp_path, "segreto;b", "1;2")
    for statement in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM '{many.path.parent}/../{tmp_path.name}/x.csv'",
        f"ATTACH '{tmp_path}/x.db'",
        "INSTALL httpfs",
        "SET enable_external_access=true",
        f"COPY (SELECT 1) TO '{tmp_path}/y.csv'",
    ):
        with pytest.raises(duckdb.Error), many.engine.cursor(5) as cursor:
            cursor.execute(statement)


def test_a_question_without_end_is_broken_off(many: Table) -> None:
    with pytest.raises(QueryLimitError) as caught, many.engine.cursor(0.3) as cursor:
        cursor.execute(
            "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a.range % 7 = b.range % 5"
        ).fetchall()
    assert caught.value.limit == "time"


def test_what_can_not_be_answered_is_told_in_a_sentence_and_never_breaks(tmp_path: Path) -> None:
    table = written(text_file(tmp_path, "nome;grande", f"a;{'9' * 30},55", "b;1,5"))
    name, large = table.description.columns
    assert large.type == "number"
    precise = filters_from_json(table.description, {"grande": "1,123456789012"})
    with pytest.raises(QueryError, match="too large"):
        read_page(table, [name], Selection(precise), None, offset=0, limit=1)
    table.path.unlink()
    with pytest.raises(QueryLimitError) as caught:
        read_page(table, [name], Selection(), None, offset=0, limit=1)
    assert caught.value.limit == "gone"


def test_all_rows_are_given_in_the_file_s_order_and_in_bounded_memory(many: Table) -> None:
    codes = [row[0] for row in read_all(many, many.description.columns[:1], Selection(), None, 44_000)]
    assert codes == [f"{number:06d}" for number in range(44_000)]
    small = replace(many, engine=Engine(many.path.parent, 24, 1))
    rows = list(
        read_all(small, many.description.columns, Selection(), Sort(many.description.columns[1]), 45_000)
    )
    assert len(rows) == 45_000 and rows[0][0] == "000001", (
        "what does not fit into the memory goes to the disk"
    )


# -- the publishers' files ---------------------------------------------------------------------------------------------

REAL = [
    ("pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv", PAYMENTS, "pagamenti_totali"),
    ("pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv", None, "pagamenti_totali"),
    ("pnrr/cut/PNRR_Progetti-Dati_Validati_2023_CAL.csv", PROJECTS, "Finanziamento PNRR"),
    ("opencoesione/progetti_beni_confiscati_20181031.csv", None, "OC_FINANZ_TOT_PUB_NETTO"),
]


@pytest.mark.parametrize(("name", "profile_id", "money"), REAL)
def test_a_publisher_s_file_is_all_there_to_the_cent(
    samples: Path, tmp_path: Path, name: str, profile_id: str | None, money: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((samples / name).read_bytes())
    table = written(path, profile_id)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if any(row.values())]
    amounts = [row[money].replace(".", "").replace(",", ".") for row in rows if row[money]]
    column = table.description.column(money)
    assert (table.description.rows, column.type, column.filled) == (len(rows), "number", len(amounts))
    groups = aggregate(table, table.description.columns[0], column, "sum", Selection(), limit=1)
    assert groups.value == sum(map(Decimal, amounts))


# -- places ------------------------------------------------------------------------------------------------------------


def test_a_column_is_of_places_only_where_every_value_is_such_a_code(tmp_path: Path) -> None:
    table = written(
        text_file(
            tmp_path,
            "Codice Istat Comune;Provincia;Regione;Comune n.",
            "078045;CS;18;1",
            "079023;cz;18;2",
            "048017;FI;09;3",
        )
    )
    assert [column.place for column in table.description.columns] == [
        "municipality",
        "province_abbreviation",
        "region",
        None,
    ]
    places = places_of(table.description, None)
    assert places is not None and places.additive
    regions = aggregate_places(table, places.levels["region"], Selection())
    assert regions == {"18": 2, "09": 1}
    provinces = aggregate_places(table, places.levels["province"], Selection())
    assert provinces == {"078": 1, "079": 1, "048": 1}
    broken = written(text_file(tmp_path, "Codice Istat Comune;b", "078045;x", "999999;y"))
    assert places_of(broken.description, None) is None


def test_a_project_in_several_places_counts_once_in_each_and_its_money_nowhere(tmp_path: Path) -> None:
    profile = load_profile(COHESION)
    cells = {
        "COD_LOCALE_PROGETTO": "P1",
        "COD_COMUNE": "018078045:::018079023:::018078045",
        "OC_FINANZ_TOT_PUB_NETTO": "100,00",
    }
    labels = header(COHESION, "2025")
    path = write_csv(
        tmp_path / "x.csv",
        [
            labels,
            [cells.get(name, "") for name in labels],
            [{**cells, "COD_LOCALE_PROGETTO": "P2"}.get(name, "") for name in labels],
        ],
    )
    table = written(path, COHESION)
    places = places_of(table.description, profile)
    assert places is not None and places.several and not places.additive
    counted = aggregate_places(
        table, places.levels["municipality"], Selection(), several=True, distinct=places.projects
    )
    assert counted == {"078045": 2, "079023": 2}


def test_a_file_that_repeats_projects_adds_up_no_money_by_place(tmp_path: Path) -> None:
    table = written(
        text_file(tmp_path, "CUP;Codice comune;importo", "J1;078045;10,5", "J1;079023;10,5", "J2;078045;3,5")
    )
    places = places_of(table.description, None)
    assert places is not None and not places.additive and [one.name for one in places.projects] == ["CUP"]


def test_a_filter_by_hand_reads_numbers_as_people_write_them(many: Table) -> None:
    assert make_filter(many.description, "importo", "eq", ["1.000.000,5"]).values == (Decimal("1000000.5"),)
    assert make_filter(many.description, "giorno", "le", ["31/12/2024"]).values == (date(2024, 12, 31),)
