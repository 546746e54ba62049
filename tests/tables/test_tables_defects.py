"""Every defect that publishers' files were seen to have (the domain's list), each in a small file of its source's dialect.

The ids are the list's rows. Beside the damaged file stands its sound twin, which must not have the finding; that the
real files have theirs is tested with the samples.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from table_files import PAYMENTS, PLACES, PROJECTS, header, payment, write_csv

from ckanext.opencohesion.quality.between.bench import TableFile, bench
from ckanext.opencohesion.quality.between.references import Target, reference_rules
from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.tables.profiles import load_profile

TENDERS, TARGETS = "italiadomani/pnrr_gare", "italiadomani/pnrr_indicatori_target"
PROGRAMME, STATE = "italiadomani/pnrr_met_programmazione", "italiadomani/pnrr_met_attuazione"
CUP, PLACE = "B11C22000180006", "PRJ_1"

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Defect:
    """Rows (the header first) with a defect and without it, the schema they are judged by, and what must be told."""

    code: str
    damaged: Rows
    sound: Rows
    schema: str | None = None


def under(labels: Sequence[str], **cells: str) -> list[str]:
    """Return a row with these cells (blanks in labels may be underscores here); the others are empty."""
    values = {name if name in labels else name.replace("_", " "): cell for name, cell in cells.items()}
    assert values.keys() <= set(labels)
    return [values.get(label, "") for label in labels]


def columns(schema: str, release: str | None = None, **relabelled: str) -> list[list[str]]:
    """Return the header of a release, with some labels written otherwise."""
    new = {name.replace("_", " "): label for name, label in relabelled.items()}
    return [[new.get(label, label) for label in header(schema, release)]]


def labelled(damaged: str, sound: str, code: str) -> Defect:
    """Return a defect of a label in a table of which no schema tells."""
    row = ["1", "2", "3"]
    return Defect(code, [["a", damaged, "c"], row], [["a", sound, "c"], row])


def celled(label: str, damaged: Sequence[str], sound: Sequence[str], code: str) -> Defect:
    """Return a defect in the cells of one column of a table of which no schema tells."""
    return Defect(
        code,
        [["n", label, "z"], *([str(number), cell, "z"] for number, cell in enumerate(damaged))],
        [["n", label, "z"], *([str(number), cell, "z"] for number, cell in enumerate(sound))],
    )


def paid(code: str, *damaged: Sequence[str], **relabelled: str) -> Defect:
    """Return a defect among payments: in their rows, or in their header."""
    sound = [*columns(PAYMENTS), payment()]
    return Defect(code, [*columns(PAYMENTS, **relabelled), payment(), *damaged], sound, PAYMENTS)


def tender(**cells: str) -> list[str]:
    row = {"CUP": CUP, "Codice_Locale_Progetto": PLACE, "Codice_Univoco_Submisura": "M1C1I1.02.00"}
    return under(header(TENDERS), **row | {"CIG": "96906311AF", "Data_di_Estrazione": "13/06/2026"} | cells)


def offered(code: str, *damaged: Sequence[str]) -> Defect:
    """Return a defect among tenders."""
    return Defect(code, [*columns(TENDERS), tender(), *damaged], [*columns(TENDERS), tender()], TENDERS)


def amounts(change: Callable[[float], float]) -> list[str]:
    exact = [131_072 + 9_973 * number + number * 37 % 100 / 100 for number in range(1, 60)]
    return [f"{change(amount):.2f}".replace(".", ",") for amount in exact]


def single(amount: float) -> float:
    return struct.unpack("f", struct.pack("f", amount))[0]


def target(value: str) -> list[list[str]]:
    labels = columns(TARGETS)
    cells = {"CUP": CUP, "Codice_Locale_Progetto": PLACE, "Codice_Univoco_Submisura": "M1C1I1.02.00"}
    return [*labels, under(labels[0], **cells, Codice_Indicatore="1", Valore_Programmato=value)]


def place(**cells: str) -> Rows:
    row = {"CUP": CUP, "Codice_Locale_Progetto": PLACE, "Codice_Univoco_Submisura": "M1C1I1.02.00"}
    sound = {"Regione": "18", "Provincia": "078", "Comune": "045"}
    return [*columns(PLACES), under(header(PLACES), **row | sound | cells)]


TAIL = ["", "", "", "", "", ""]
DEFECTS = {
    "header: trailing space": paid("blank-edged-label (warning)", CUP="CUP "),
    "header: odd spacing": labelled(
        "codice fiscale  ATTUATORE", "codice fiscale ATTUATORE", "untidy-label (info)"
    ),
    "header: blank before an underscore": labelled(
        "FINANZIAMENTO _UE", "FINANZIAMENTO_UE", "untidy-label (info)"
    ),
    "header: typos": paid("unknown-column (warning)", Finanziamento_Totale="Finanziamentto Totale"),
    "header: typos, the column then lacks": paid(
        "missing-optional-columns (info)", Finanziamento_Totale="Descrizione Mssione"
    ),
    "BOM inside the header": paid(
        "bom-in-label (warning)", Finanziamento_Totale="\ufeffFinanziamento Totale"
    ),
    "number of columns changes per quarter": Defect(
        "unknown-column (warning)",
        [[*columns(STATE, "2022-T4")[0], "Allegato 99"]],
        columns(STATE, "2021-T4"),
        STATE,
    ),
    "same table, three schemas in a row": Defect(
        "renamed-columns (info)", columns(PROGRAMME, "2022-v01"), columns(PROGRAMME), PROGRAMME
    ),
    "header: vertical bar": labelled("investimento| intervento", "intervento", "untidy-label (info)"),
    "header: curly apostrophe": labelled("Titolo dell’avviso", "Titolo dell'avviso", "untidy-label (info)"),
    "empty tail": Defect("blank-row", [["a", "b"], ["1", "2"], *[["", ""]] * 9], [["a", "b"], ["1", "2"]]),
    "nameless columns": Defect("blank-label", [["a", "", ""], ["1", "2", ""]], [["a"], ["1"]]),
    "Excel-limit tail: only the date is filled": paid(
        "only-filled", [*TAIL, *[""] * (len(header(PAYMENTS)) - 7), "13/06/2026"]
    ),
    "Excel-limit tail: the table ends there": celled("b", ["x"] * 65_535, ["x"] * 9, "excel-limit (warning)"),
    "leading zeros lost: tax code": celled(
        "Codice fiscale", ["2205340793"], ["02205340793"], "lost-zeros (warning)"
    ),
    "leading zeros lost: province": Defect(
        "constraint-error:pattern", place(Provincia="78"), place(), PLACES
    ),
    "region code as float, no schema": celled("codice_regione", ["18,00"], ["18"], "float-code (warning)"),
    "region code as float": Defect("constraint-error:pattern", place(Regione="18,00"), place(), PLACES),
    "32-bit floats: cents lost": celled("importo", amounts(single), amounts(float), "cents-lost (warning)"),
    "label variants: double blanks": celled(
        "forma", ["Società  a r.l.", "Società a r.l."] * 3, ["Società a r.l."] * 6, "label-variants (info)"
    ),
    "label variants: case": celled(
        "stato", ["Attivo"] * 5 + ["ATTIVO"], ["Attivo"] * 6, "label-variants (info)"
    ),
    "label variants: apostrophe for accent": celled(
        "forma", ["SOCIETA'", "SOCIETÀ"] * 3, ["SOCIETÀ"] * 6, "label-variants (info)"
    ),
    "enumerated value in other letters": Defect(
        "constraint-error:enum",
        [*columns(PROGRAMME), under(header(PROGRAMME), milestone_target="MILESTONE")],
        [*columns(PROGRAMME), under(header(PROGRAMME), milestone_target="Milestone")],
        PROGRAMME,
    ),
    "masked letters: #": celled("titolo", ["Sp#c#s"], ["Species"], "masked-letters (warning)"),
    "masked letters: ?": celled("titolo", ["Sp?c?s"], ["Species"], "masked-letters (warning)"),
    "lower-case CUP": paid(
        "code-lower-case (warning)", payment(CUP="b11c22000180006", Codice_Locale_Progetto="q")
    ),
    "titles cut": celled(
        "titolo",
        [f"{n} {'x' * 300}"[:255] for n in range(5)],
        [f"{n} {'x' * n}" for n in range(5)],
        "cut-texts (warning)",
    ),
    "N/A CUP": paid("constraint-error:pattern", payment(CUP="N/A")),
    "tender without CIG and without its reason": offered(
        "filled-when (warning)", tender(CIG="", Codice_Interno_PDA="7")
    ),
    "tender twice": offered("repeated-key (warning)", tender()),
    "numbers as text with comma: a point beside them": Defect(
        "type-error", target("1.00"), target("1,00"), TARGETS
    ),
}


def found(path: Path, schema: str | None) -> dict[str, int]:
    """Return every finding on a file, with its severity where it is no error, and how often."""
    check = check_file(path, filename=path.name, table_schema=schema)
    counted: dict[str, int] = {}
    for one in check.report["causes"]:
        counted[told(one["code"], one["severity"])] = one["total"]
    for one in check.rules:
        counted.setdefault(told(one["code"], one["severity"]), 1)
    return counted


def told(code: str, severity: str) -> str:
    return code if severity == "error" else f"{code} ({severity})"


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_gives_its_finding_and_the_sound_twin_does_not(tmp_path: Path, defect: Defect) -> None:
    damaged = found(write_csv(tmp_path / "damaged.csv", defect.damaged), defect.schema)
    sound = found(write_csv(tmp_path / "sound.csv", defect.sound), defect.schema)

    assert defect.code in damaged
    assert defect.code not in sound


def test_a_malformed_line_is_told(tmp_path: Path) -> None:
    """A quotation mark at its start swallows the first separator, so the row lacks a cell."""
    (tmp_path / "a.csv").write_bytes(b'a;b;c\r\n1;2;3\r\n";1;2;3\r\n')
    assert "missing-cell" in found(tmp_path / "a.csv", None)


def test_32_bit_floats_of_a_parquet_are_told(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 0.1::FLOAT AS importo) TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)"
        )
    assert "single-precision (warning)" in found(tmp_path / "a.parquet", None)


def test_a_project_that_has_payments_and_no_location_is_told(tmp_path: Path) -> None:
    def table(name: str, schema: str, rows: Rows) -> TableFile:
        return TableFile(write_csv(tmp_path / name, rows), name, load_profile(schema), name)

    def project(code: str) -> list[str]:
        return under(
            header(PROJECTS), CUP=code, Codice_Locale_Progetto=PLACE, Codice_Univoco_Submisura="M1C1I1.02.00"
        )

    projects = table("projects.csv", PROJECTS, [*columns(PROJECTS), project(CUP), project("C41C22000180006")])
    places = Target((table("places.csv", PLACES, place()),), same_dataset=True)
    with bench(tmp_path) as workbench:
        rules = reference_rules(workbench, projects, {PLACES: places}, {})
    assert [(one["code"], one["severity"], one["params"]["keys"]) for one in rules] == [
        ("reference-missing", "warning", 1)
    ]
