"""Between tables and between releases: what is told of references and of drift, on small tables and on real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ckanext.opencohesion.quality.between.bench import TableFile, bench, told_key
from ckanext.opencohesion.quality.between.drift import drift_rules
from ckanext.opencohesion.quality.between.references import Target, reference_rules
from ckanext.opencohesion.quality.wording.messages import explain
from ckanext.opencohesion.tables.profile_rules import Drift, Reference
from ckanext.opencohesion.tables.profiles import load_profile

PROJECTS, PLACES = "italiadomani/pnrr_progetti", "italiadomani/pnrr_localizzazione"
PAYMENTS, PARTIES = "italiadomani/pnrr_pagamenti", "italiadomani/pnrr_soggetti"
OC_PLACES, OC_PROJECTS, OC_FLAT = (
    "opencoesione/localizzazioni",
    "opencoesione/progetti_esteso",
    "opencoesione/progetti",
)
KEY = ["CUP", "Codice Locale Progetto", "Codice Univoco Submisura"]

Found = list[dict[str, Any]]


@pytest.fixture
def payments(tmp_path: Path) -> Callable[..., TableFile]:
    """Write payments: rows of (code of the project, amount, day of extraction)."""

    def write(name: str, *rows: tuple[str, str, str], header: str = "") -> TableFile:
        labels = header or ";".join([*KEY, "Pagamento Totale", "Data di Estrazione"])
        lines = [f"B11C22000180006;{code};M1C1I1.02.00;{amount};{day}" for code, amount, day in rows]
        path = tmp_path / name
        path.write_bytes("\r\n".join(["\ufeff" + labels, *lines, ""]).encode())
        return TableFile(path, name, load_profile(PAYMENTS), name)

    return write


def drift(tmp_path: Path, new: TableFile, *old: TableFile) -> Found:
    with bench(tmp_path) as workbench:
        return drift_rules(workbench, new, *old)


def of(found: Found, code: str) -> dict[str, Any]:
    (only,) = [one for one in found if one["code"] == code]
    return only


def rows(count: int, amount: str = "10,00", day: str = "13/06/2026") -> list[tuple[str, str, str]]:
    return [(f"p{number}", amount, day) for number in range(count)]


# -- drift -------------------------------------------------------------------------------------------------------------


def test_the_next_release_that_grows_as_usual_says_nothing(payments: Any, tmp_path: Path) -> None:
    first, second = payments("1.csv", *rows(100)), payments("2.csv", *rows(110, day="13/08/2026"))
    assert drift(tmp_path, second, first) == []


def test_rows_and_keys_lost_beyond_the_threshold_hold_back(payments: Any, tmp_path: Path) -> None:
    found = drift(tmp_path, payments("2.csv", *rows(80)), payments("1.csv", *rows(100)))
    lost, keys = of(found, "rows-lost"), of(found, "keys-lost")
    assert (lost["severity"], keys["severity"]) == ("error", "error")
    assert lost["params"] == {"count": 20, "before": 100, "now": 80, "share": "20", "limit": "5"}
    assert keys["params"]["count"] == 20
    assert keys["params"]["examples"][0] == "B11C22000180006 · P80 · M1C1I1.02.00"
    assert "80 rows, the published one has 100: 20 % fewer" in explain(lost).sentence


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("J59J21004560001", "CLP/12"), "J59J21004560001 · CLP/12"),
        (("CLP 1", "Via Segreta 9"), "*** · ***"),
        (("ROSSI",), "***"),
        (("maria.rossi1@example.it", "18", "ITA"), "*** · 18 · ITA"),
    ],
)
def test_of_a_key_only_codes_are_told(key: tuple[str, ...], told: str) -> None:
    assert told_key(chr(31).join(key)) == told


def test_a_few_keys_gone_are_told_and_hold_nothing_back(payments: Any, tmp_path: Path) -> None:
    found = drift(tmp_path, payments("2.csv", *rows(100)[4:]), payments("1.csv", *rows(100)))
    assert [(one["code"], one["severity"]) for one in found] == [("keys-gone", "info")]


def test_a_small_table_may_lose_a_few_rows(payments: Any, tmp_path: Path) -> None:
    found = drift(tmp_path, payments("2.csv", *rows(3)), payments("1.csv", *rows(8)))
    assert {one["code"] for one in found} <= {"keys-gone", "total-moved"}


def test_amounts_in_thousands_hold_back(payments: Any, tmp_path: Path) -> None:
    old, new = payments("1.csv", *rows(50, "1000,50")), payments("2.csv", *rows(50, "1,00"))
    moved = of(drift(tmp_path, new, old), "total-moved")
    assert moved["severity"] == "error"
    assert moved["params"] | {"now": "50", "before": "50\u202f025"} == moved["params"]
    assert moved["column"] == 4


def test_zeros_and_letter_case_make_no_other_key(payments: Any, tmp_path: Path) -> None:
    old = payments("1.csv", *[(f"00a{number}", "1", "13/06/2026") for number in range(30)])
    new = payments("2.csv", *[(f"A{number}", "1", "13/06/2026") for number in range(30)])
    assert drift(tmp_path, new, old) == []


def test_a_skipped_period_is_told_and_an_older_file_held_back(payments: Any, tmp_path: Path) -> None:
    april, june, october = (
        payments(f"{month}.csv", *rows(20, day=f"13/{month}/2026")) for month in ("04", "06", "10")
    )
    skipped = of(drift(tmp_path, october, june, april), "period-skipped")
    assert skipped["severity"] == "warning"
    assert (skipped["params"]["days"], skipped["params"]["usual"]) == (122, 61)
    assert drift(tmp_path, june, april) == []
    back = of(drift(tmp_path, april, june), "period-back")
    assert back["severity"] == "error"
    assert "reaches 2026-04-13 only; the published version reaches 2026-06-13" in explain(back).sentence


def test_columns_lost_renamed_and_new_are_told_apart(payments: Any, tmp_path: Path) -> None:
    labels = [*KEY, "Pagamento Totale", "Data di Estrazione"]
    old = payments("1.csv", *rows(3), header=";".join([*labels, "Nota", "Vecchia"]))
    new = payments("2.csv", *rows(3), header=";".join([*labels, "Osservazione", "Vecchia", "Nuova"]))
    found = drift(tmp_path, new, old)
    assert of(found, "columns-lost")["params"]["fields"] == ["Nota"]
    assert of(found, "columns-added")["params"]["fields"] == ["Osservazione", "Nuova"]
    new = payments("3.csv", *rows(3), header=";".join([*labels, "Osservazione", "Vecchia"]))
    assert of(drift(tmp_path, new, old), "columns-renamed")["params"]["renamed"] == [["Nota", "Osservazione"]]


def test_without_a_profile_a_loss_is_a_warning(tmp_path: Path) -> None:
    old, new = tmp_path / "1.csv", tmp_path / "2.csv"
    old.write_text("a;b\n" + "1;2\n" * 100)
    new.write_text("a;b\n" + "1;2\n" * 70)
    found = drift(tmp_path, TableFile(new, "2.csv", None), TableFile(old, "1.csv", None))
    assert [(one["code"], one["severity"]) for one in found] == [("rows-lost", "warning")]


def test_the_thresholds_are_the_profiles(payments: Any, tmp_path: Path) -> None:
    old, new = payments("1.csv", *rows(100)), payments("2.csv", *rows(50))
    lenient = replace(load_profile(PAYMENTS), drift=Drift(rows_lost=0.5))
    assert drift(tmp_path, replace(new, profile=lenient), old) == []


# -- references --------------------------------------------------------------------------------------------------------


def references(tmp_path: Path, file: TableFile, targets: dict[str, Target]) -> Found:
    with bench(tmp_path) as workbench:
        return reference_rules(workbench, file, targets, {PROJECTS: "PNRR: progetti"})


def projects(tmp_path: Path, *codes: str) -> TableFile:
    path = tmp_path / "progetti.csv"
    lines = [f"B11C22000180006;{code};M1C1I1.02.00" for code in codes]
    path.write_bytes("\r\n".join(["\ufeff" + ";".join(KEY), *lines, ""]).encode())
    return TableFile(path, path.name, load_profile(PROJECTS), "Progetti")


def test_payments_without_project_are_one_finding(payments: Any, tmp_path: Path) -> None:
    severe = replace(
        load_profile(PAYMENTS), references=(Reference(tuple(KEY), PROJECTS, tuple(KEY), "error"),)
    )
    paid = replace(payments("1.csv", *rows(9), ("P1", "1", "13/06/2026")), profile=severe)
    there = projects(tmp_path, *[f"p{number}" for number in range(7)])
    missing = of(references(tmp_path, paid, {PROJECTS: Target((there,), True)}), "reference-missing")
    assert (missing["severity"], missing["row"], missing["column"]) == ("error", 9, 1)
    assert missing["params"]["count"] == missing["params"]["keys"] == 2
    assert missing["params"]["examples"][0] == "B11C22000180006 · P7 · M1C1I1.02.00 (→ 9)"
    # in another dataset, which is of another day and perhaps of another office, it is a warning at most
    elsewhere = references(tmp_path, paid, {PROJECTS: Target((there,), False)})
    assert of(elsewhere, "reference-missing")["severity"] == "warning"
    # several files together hold the other table
    rest = replace(there, path=tmp_path / "altri.csv")
    rest.path.write_bytes(there.path.read_bytes().replace(b";p0;", b";p7;").replace(b";p1;", b";p8;"))
    assert references(tmp_path, paid, {PROJECTS: Target((there, rest), True)}) == []


def test_another_cut_is_told_as_such(payments: Any, tmp_path: Path) -> None:
    paid, there = payments("1.csv", *rows(5)), projects(tmp_path, "q1")
    assert [one["code"] for one in references(tmp_path, paid, {PROJECTS: Target((there,), False)})] == [
        "reference-other-cut"
    ]


def test_a_table_that_is_not_here_is_no_fault(payments: Any, tmp_path: Path) -> None:
    (told,) = references(tmp_path, payments("1.csv", *rows(5)), {})
    assert (told["code"], told["severity"]) == ("reference-table-missing", "info")
    assert "“PNRR: progetti”" in explain(told).sentence


def test_either_release_of_the_projects_will_do(tmp_path: Path) -> None:
    """OpenCoesione's places refer to the projects, which are released wide and narrow."""
    tables = {reference.table for reference in load_profile(OC_PLACES).references}
    assert {OC_PROJECTS, OC_FLAT} <= tables
    path, wide = tmp_path / "l.csv", tmp_path / "p.csv"
    path.write_text("COD_LOCALE_PROGETTO;COD_REGIONE\n1CAL001;018\n")
    wide.write_text("COD_LOCALE_PROGETTO;CUP\n1CAL001;\n")
    places = TableFile(path, "l.csv", load_profile(OC_PLACES))
    target = Target((TableFile(wide, "p.csv", load_profile(OC_PROJECTS)),), True)
    assert references(tmp_path, places, {OC_PROJECTS: target}) == []


def test_the_real_tables_of_calabria(samples: Path, tmp_path: Path) -> None:
    """Validated data of 2023: every place has its project; 185 projects have their place in another region."""

    def cut(name: str, profile: str) -> TableFile:
        return TableFile(samples / "pnrr/cut" / name, name, load_profile(profile), name)

    held = cut("PNRR_Progetti-Dati_Validati_2023_CAL.csv", PROJECTS)
    places = cut("PNRR_Localizzazione-Dati_Validati_2023_CAL.csv", PLACES)
    parties = cut("PNRR_Soggetti-Dati_Validati_2023_CAL.csv", PARTIES)
    assert references(tmp_path, places, {PROJECTS: Target((held,), True)}) == []
    assert references(tmp_path, parties, {PROJECTS: Target((held,), True)}) == []
    lone = of(references(tmp_path, held, {PLACES: Target((places,), True)}), "reference-missing")
    assert (lone["params"]["count"], lone["params"]["of"]) == (185, 2796)
    paid = cut("PNRR_Pagamenti_di_Progetto_2025_CAL.csv", PAYMENTS)
    newer = of(references(tmp_path, paid, {PROJECTS: Target((held,), False)}), "reference-missing")
    assert (newer["params"]["count"], newer["severity"]) == (1686, "warning")

    old = cut("PNRR_Progetti_2022_CAL.csv", PROJECTS)
    back = drift(tmp_path, old, held)
    assert of(back, "rows-lost")["params"]["share"] == "98"
    assert of(back, "keys-lost")["params"]["count"] == 2773
    assert {one["column"] for one in back if one["code"] == "total-moved"} == {26, 28}
    assert {one["code"] for one in drift(tmp_path, held, old)} == {
        "columns-lost",
        "columns-added",
        "keys-lost",
        "total-moved",
    }
