"""Laws of a check: frictionless is the judge, and no report repeats a personal code."""

from __future__ import annotations

import json
from pathlib import Path

from check_world import (
    PARTIES,
    PARTIES_HEADER,
    check,
    codes,
    parties,
    places,
    write,
)
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.tax_codes import MARIO, personal_tax_codes

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.reading import file_schema

# Frictionless is the judge

_LABELS = ["CUP", "Codice Locale Progetto", "Ruolo soggetto", "Data di aggiornamento", "ignota"]
_CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "B11C22000180006",
            "b11c22000180006",
            "02",
            "2",
            "21/02/2023",
            "31/02/2023",
            "2023-02-21",
            "NaN",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6),
    st.sampled_from(["a;b", 'di "x"', "due\nrighe", "è", "€ 1,00", "1,50"]),
)


def _plain(path: Path, schema: str | None) -> list[tuple[str, int | None, int | None]]:
    """What frictionless alone finds, reading the file itself."""
    profile = load_profile(schema) if schema else None
    source = probe(path, filename=path.name, profile=profile)
    descriptor = {
        "name": "plain",
        "path": path.name,
        "encoding": "utf-8-sig",
        "schema": file_schema(source, profile),
        # what is not told here, frictionless guesses from the first lines: it takes blanks at the start of cells for noise
        "dialect": {
            "headerRows": [source.header_row],
            "csv": {"delimiter": source.delimiter, "skipInitialSpace": False},
        },
    }
    report = TableResource.from_descriptor(descriptor, basepath=str(path.parent)).validate(limit_errors=0)
    return [
        (error.type, getattr(error, "row_number", None), getattr(error, "field_number", None))
        for error in report.tasks[0].errors
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    schema=st.sampled_from([PARTIES, None]),
    labels=st.permutations(_LABELS),
    rows=st.lists(st.lists(_CELLS, max_size=6), min_size=1, max_size=8),
)
def test_the_errors_are_those_of_frictionless_alone(
    tmp_path: Path, schema: str | None, labels: list[str], rows: list[list[str]]
) -> None:
    path = write(tmp_path / "t.csv", [labels, *rows])
    found = places(check(path, schema))
    # a row in which nothing but a date is filled has one finding, in place of one for each required cell
    said = {("constraint-error", row) for code, row, _ in found if code == "only-filled"}
    own = {"P1", "P2", "P3", "number-form", "only-filled"}
    ours = [place for place in found if place[0] not in own]
    assert ours == [place for place in _plain(path, schema) if place[:2] not in said]


# No report repeats what it found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    schema=st.sampled_from([PARTIES, None]),
    codes=st.lists(personal_tax_codes(), min_size=1, max_size=3),
    rows=st.lists(st.lists(_CELLS, min_size=5, max_size=6), min_size=1, max_size=5),
    data=st.data(),
)
def test_no_report_repeats_a_personal_code(
    tmp_path: Path, schema: str | None, codes: list[str], rows: list[list[str]], data: st.DataObject
) -> None:
    table = [list(_LABELS), *rows]
    for code in codes:
        row = data.draw(st.integers(0, len(table) - 1))
        column = data.draw(st.integers(0, len(table[row]) - 1))
        around = data.draw(st.sampled_from(["", "a ", "(", "€"]))
        table[row][column] = f"{around}{code}"
    path = write(tmp_path / "t.csv", table)
    found = check(path, schema)
    assert found.verdict in {"failed", "unreadable"}
    told = json.dumps(found.to_dict(), ensure_ascii=False)
    planted = [cell for row in table for cell in row for code in codes if code in cell]
    assert not [code for code in codes if any(code in cell for cell in planted) and code in told]


def test_no_report_repeats_a_name_beside_a_masked_code(tmp_path: Path) -> None:
    name = "ROSSI MARIO ANTONIO"
    broken = {
        "Denominazione": name,
        "Codice fiscale soggetto": "*CODICE FISCALE*",
        "CUP": name,
        "Ruolo soggetto": name,
    }
    found = check(parties(tmp_path / "a.csv", broken), PARTIES)
    assert ("P2", 2, PARTIES_HEADER.index("Denominazione") + 1) in places(found)
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_a_file_without_header_is_not_quoted_in_column_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["ROSSI MARIO", MARIO, ""], ["VERDI ANNA", "", "x"], ["a"]])
    found = check(path)
    assert "P1-header" in codes(found)
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_a_header_that_is_a_row_of_data_is_not_quoted_in_the_rules_either(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [["CUP", "ROSSI MARIO ", MARIO], ["B11C22000180006", "x", "y"]])
    found = check(path, PARTIES)
    assert found.verdict == "failed"
    assert "ROSSI" not in json.dumps(found.to_dict())


def test_long_texts_are_cut_after_they_were_masked(tmp_path: Path) -> None:
    long = "x" * 195 + f" {MARIO} " + "y" * 100_000
    path = write(tmp_path / "a.csv", [["CUP", long, long], [long, "", ""], ["a", "b", "c", long]])
    found = check(path, PARTIES)
    told = json.dumps(found.to_dict())
    assert len(told) < 20_000
    assert MARIO[:5] not in told


def test_a_report_holds_no_path_of_this_machine(tmp_path: Path) -> None:
    found = check_file(
        parties(tmp_path / "stored-9f86", {"CUP": "x"}), filename="dati.csv", table_schema=PARTIES
    )
    told = json.dumps(found.to_dict())
    assert "stored-9f86" not in told
    assert str(tmp_path) not in told
