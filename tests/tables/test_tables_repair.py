"""Repairs of tables: what is certain is mended, all else stays, every change stands in the log, twice is once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import COHESION_PLACES, PAYMENTS, header, payment, write_csv, write_xlsx

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.repair.privacy import PersonalPrivacy
from ckanext.opencohesion.quality.repairs import repairs_for, repairs_for_all
from ckanext.opencohesion.quality.wording.messages import words_key
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.reading import read_rows
from ckanext.opencohesion.tables.repair.catalogue import REPAIRS
from ckanext.opencohesion.tables.repair.mending import Mender, preview
from ckanext.opencohesion.tables.repair.values import (
    meant_date,
    mended_letters,
    with_zeros,
    without_decimals,
)
from ckanext.opencohesion.tables.repair.writing import write_mended

ALL = [repair.name for repair in REPAIRS]
PLACES_HEADER = header(COHESION_PLACES)
PERSON = "RSSMRA80A01H501U"


def place(**cells: str) -> list[str]:
    """A sound row of places, with some cells changed."""
    row = dict.fromkeys(PLACES_HEADER, "")
    row |= {
        "COD_LOCALE_PROGETTO": "1CAL1",
        "COD_REGIONE": "018",
        "DEN_REGIONE": "CALABRIA",
        "OC_TERRITORIO_PROG": "R",
    }
    return list((row | cells).values())


def mend(
    path: Path, profile_id: str | None, names: Sequence[str] = ALL, suffix: str = ""
) -> tuple[Path, list[dict[str, str]]]:
    """Apply repairs; return the new file and the lines of the log."""
    profile = load_profile(profile_id) if profile_id else None
    source = probe(path, filename=path.name, profile=profile)
    target, log = path.with_name(f"mended{suffix}.csv"), path.with_name(f"log{suffix}.csv")
    mender = Mender(source, profile, names, PersonalPrivacy(source, profile))
    write_mended(mender, target, log)
    with log.open(encoding="utf-8-sig", newline="") as file:
        return target, list(csv.DictReader(file, delimiter=";"))


def rows_of(path: Path) -> list[list[Any]]:
    return list(read_rows(probe(path, filename=path.name)))


def keys_of(path: Path, schema: str | None) -> set[str]:
    found = check_file(path, filename=path.name, table_schema=schema)
    return {words_key(one) for one in found.findings()}


def test_a_damaged_file_of_places_becomes_the_sound_one(tmp_path: Path) -> None:
    sound = [
        PLACES_HEADER,
        place(),
        place(COD_LOCALE_PROGETTO="1CAL2", DEN_REGIONE="FRIULI-VENEZIA GIULIA", COD_REGIONE="006"),
    ]
    damaged = [
        ["Elenco dei luoghi", *[""] * (len(PLACES_HEADER) - 1)],
        [f" {PLACES_HEADER[0]} ", *PLACES_HEADER[1:]],
        place(COD_REGIONE="18,00"),
        [""] * len(PLACES_HEADER),
        place(COD_LOCALE_PROGETTO="1CAL2", DEN_REGIONE="FRIULI-VENEZIA\u00a0GIULIA", COD_REGIONE="6"),
        *[[""] * len(PLACES_HEADER)] * 3,
    ]
    path = write_csv(tmp_path / "a.csv", damaged, delimiter=",", encoding="windows-1252", end="\n")
    before = keys_of(path, COHESION_PLACES)
    wanted = [
        repair.name
        for repair in repairs_for_all(
            check_file(path, filename="a.csv", table_schema=COHESION_PLACES).findings()
        )
    ]

    mended, log = mend(path, COHESION_PLACES, wanted)

    assert {
        "lines-above-header",
        "wrong-encoding",
        "wrong-delimiter",
        "blank-edged-label",
        "blank-row",
    } <= before
    assert rows_of(mended) == sound
    left = keys_of(mended, COHESION_PLACES)
    assert not {key for key in left if any(repair.mends_code(key) for repair in REPAIRS)}
    source = mended.read_bytes()
    assert source.startswith("\ufeff".encode()) and b";" in source
    told = {
        (line["row"], line["last_row"], line["column"], line["repair"], line["before"], line["after"])
        for line in log
    }
    assert ("3", "", "COD_REGIONE", "float-codes", "18,00", "018") in told
    assert ("5", "", "COD_REGIONE", "zeros", "6", "006") in told
    assert ("6", "8", "", "empty-rows", "", "") in told, "rows left out one after the other are one line"
    assert ("", "", "", "delimiter", ",", ";") in told


def test_what_is_in_doubt_stays_as_it_is(tmp_path: Path) -> None:
    odd = payment(Pagamento_Totale="1.234", Data_di_Estrazione="31/02/2026", Finanziamento_Totale="ventimila")
    path = write_csv(tmp_path / "a.csv", [header(PAYMENTS), odd, payment(Pagamento_Totale="€ 1.234,50")])

    mended, log = mend(path, PAYMENTS)

    assert rows_of(mended)[1] == odd
    assert [(line["before"], line["after"]) for line in log] == [("€ 1.234,50", "1234,50")]


@pytest.mark.parametrize(
    ("repair", "before", "after"),
    [
        (lambda cell: with_zeros(cell, lambda text: len(text) in (2, 3)), "8", None),
        (lambda cell: with_zeros(cell, lambda text: len(text) == 3), "0", None),
        (lambda cell: with_zeros(cell, lambda text: len(text) >= 11), "123456789", "00123456789"),
        (lambda cell: without_decimals(cell, lambda text: len(text) == 3), "18.0", "018"),
        (lambda cell: without_decimals(cell, lambda text: len(text) == 3), "18,50", None),
        (mended_letters, "CittÃ\u00a0 di LocalitÃ\u00a0", "Città di Località"),
        (mended_letters, "LEGALITÃÂ\u00a0 e MUSICA Ãˆ lâ€™altra", "LEGALITà e MUSICA È l’altra"),
        (mended_letters, "SÃO PAULO, Â§ 3, già", "SÃO PAULO, § 3, già"),
        (mended_letters, "È\u00a0vero, perché\u00a0no", None),
        (mended_letters, "SÃO PAULO", None),
    ],
)  # fmt: skip
def test_each_repair_knows_when_it_does_not_know(repair: Any, before: str, after: str | None) -> None:
    assert repair(before) == after


def test_a_day_is_read_in_the_italian_way_only() -> None:
    assert str(meant_date("2026-03-31 00:00:00")) == "2026-03-31"
    assert meant_date("03/31/2026") is None
    assert meant_date("31/03/26") is None


def test_personal_values_are_masked_and_told_nowhere(tmp_path: Path) -> None:
    rows = [
        ["Codice fiscale soggetto", "Denominazione soggetto", "Forma giuridica", "Note"],
        [PERSON, "Rossi Mario", "1.1.10", f"domanda di {PERSON}"],
        ["**************", "Bianchi  Anna", "", ""],
        ["LBRGPP85B12F839K", "Ditta Esempio", "Impresa individuale", ""],
        ["00123456789", "Comune  di Cosenza", "2.4.30", ""],
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    assert {"P1", "P2"} <= keys_of(path, None)

    mended, log = mend(path, None)

    assert not {"P1", "P2", "P3"} & keys_of(mended, None)
    text = (tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    for value in (PERSON, "Rossi", "Bianchi", "LBRGPP85B12F839K", "Ditta Esempio"):
        assert value not in text
        assert value not in mended.read_text(encoding="utf-8-sig")
    assert rows_of(mended)[1] == ["*CODICE FISCALE*", "*INDIVIDUO*", "1.1.10", "domanda di *CODICE FISCALE*"]
    assert rows_of(mended)[4][1] == "Comune di Cosenza"
    assert ("***", "*INDIVIDUO*") in {(line["before"], line["after"]) for line in log}
    source = probe(path, filename="a.csv")
    samples = preview(Mender(source, None, ALL, PersonalPrivacy(source, None)), samples=50).samples
    assert "Bianchi" not in repr(samples) and PERSON not in repr(samples)


def test_the_look_for_empty_columns_can_be_broken_off(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["a", "b", ""], *[["1", "2", ""]] * 50, ["1", "2", "late"]])
    source = probe(path, filename="a.csv")
    asked: list[int] = []

    def go_on(rows: int) -> bool:
        asked.append(rows)
        return rows < 10

    names = ["empty-columns"]
    broken_off = preview(Mender(source, None, names, PersonalPrivacy(source, None), go_on=go_on), samples=5)
    assert asked == list(range(1, 11)) and broken_off.counts["empty-columns"] == 1
    whole = preview(Mender(source, None, names, PersonalPrivacy(source, None)), samples=5)
    assert not whole.counts["empty-columns"]


def test_a_workbook_becomes_the_csv_of_one_sheet(tmp_path: Path) -> None:
    rows = [header(PAYMENTS), payment(Finanziamento_Totale=100.5, Pagamento_Totale=7301)]
    path = write_xlsx(tmp_path / "a.xlsx", rows, Appunti=[[f"telefonare a {PERSON}"]])

    mended, log = mend(path, PAYMENTS, ["sheet"])

    assert rows_of(mended) == [
        header(PAYMENTS),
        payment(Finanziamento_Totale="100,5", Pagamento_Totale="7301"),
    ]
    assert [(line["repair"], line["before"]) for line in log] == [("sheet", "XLSX")]
    assert check_file(mended, filename="mended.csv", table_schema=PAYMENTS).verdict == "passed"


def test_the_tail_of_a_spreadsheet_is_left_out_in_one_line_of_the_log(tmp_path: Path) -> None:
    width = len(header(PAYMENTS))
    tail = [[""] * (width - 1) + ["13/06/2026"]] * 500
    path = write_csv(tmp_path / "a.csv", [[*header(PAYMENTS), ""], [*payment(), ""], *tail])

    mended, log = mend(path, PAYMENTS, ["empty-rows", "empty-columns"])

    assert rows_of(mended) == [header(PAYMENTS), payment()]
    assert [(line["row"], line["last_row"]) for line in log if line["repair"] == "empty-rows"] == [
        ("3", "502")
    ]


def test_a_name_in_the_log_is_no_formula(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["nome", "valore"], ["=1+1\u00a0", "x"]])
    _, log = mend(path, None)
    assert log[0]["before"].startswith("'=")


def test_every_finding_finds_its_repairs() -> None:
    expected = {"type": "date", "format": "%d/%m/%Y"}
    assert [one.name for one in repairs_for({"type": "type-error", "expected": expected})] == ["dates"]
    assert [one.name for one in repairs_for({"code": "P3"})] == ["personal"]
    assert {one.name for one in repairs_for({"code": "constraint-error:pattern"})} >= {
        "zeros",
        "float-codes",
        "cup",
    }
    assert repairs_for({"code": "is-html"}) == []


CELLS = st.sampled_from(
    ["", " ", "18", "018", "18,00", "0", "999", "x", "Cosenza", "Reggio\u00a0Calabria", "a  b ", 'di "casa"', "a;b\nc",
     "Ã\u00a0", "1.234,50", "1.234", "12.5",
     "2026-03-31", "31/03/2026", "20260331", "j59j21004560001", "-5", "NaN", PERSON, "***"]
)  # fmt: skip
CHOSEN = st.lists(st.sampled_from(ALL), unique=True)
DIALECTS = st.tuples(
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.sampled_from(["\n", "\r\n"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    names=CHOSEN,
    dialect=DIALECTS,
    profile_id=st.sampled_from([COHESION_PLACES, PAYMENTS, None]),
)
def test_the_log_tells_every_change_and_twice_is_once(
    tmp_path: Path,
    data: st.DataObject,
    names: list[str],
    dialect: tuple[str, str, str],
    profile_id: str | None,
) -> None:
    labels = header(profile_id) if profile_id else ["COD_REGIONE", " nome ", "valore"]
    row = st.lists(CELLS, min_size=len(labels), max_size=len(labels))
    rows = data.draw(st.lists(row, max_size=4))
    path = write_csv(
        tmp_path / "a.csv", [labels, *rows], delimiter=dialect[0], encoding=dialect[1], end=dialect[2]
    )
    before = list(
        read_rows(probe(path, filename="a.csv", profile=load_profile(profile_id) if profile_id else None))
    )

    mended, log = mend(path, profile_id, names)

    gone = {
        number
        for line in log
        if line["last_row"]
        for number in range(int(line["row"]), int(line["last_row"]) + 1)
    }
    kept = [(number, cells) for number, cells in enumerate(before, start=1) if number not in gone]
    with mended.open(encoding="utf-8-sig", newline="") as file:
        delimiter = (
            ";"
            if "delimiter" in names and profile_id
            else probe(
                path, filename="a.csv", profile=load_profile(profile_id) if profile_id else None
            ).delimiter
        )
        after = list(csv.reader(file, delimiter=delimiter))
    assert len(after) == len(kept)
    logged = {int(line["row"]) for line in log if line["row"] and not line["last_row"]}
    if "empty-columns" not in names:
        changed = {number for (number, cells), now in zip(kept, after, strict=True) if cells != now}
        assert changed <= logged, "what changed stands in the log"
        assert {line["repair"] for line in log} <= set(names)
    if after and any(any(cell.strip() for cell in cells) for cells in after):
        again, second = mend(mended, profile_id, names, "-again")
        assert second == []
        assert again.read_bytes() == mended.read_bytes()
