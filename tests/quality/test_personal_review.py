"""The rules P4 to P8: what a person has to look at, measured on the national sources' files."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.personal.contacts import holds_contact
from ckanext.opencohesion.quality.personal.declarations import end_of
from ckanext.opencohesion.quality.personal.review import PersonalRules, find_rules
from ckanext.opencohesion.quality.personal.rules import MASK, redact
from ckanext.opencohesion.quality.personal.suspects import suspects
from ckanext.opencohesion.tables.checks.base import CellSql
from ckanext.opencohesion.tables.profile_rules import PersonalField

LABELS = (
    "CUP",
    "CUP_COD_NATURA",
    "CUP_DESCR_NATURA",
    "OC_TITOLO_PROGETTO",
    "Codice fiscale",
    "Denominazione",
    "Forma giuridica",
    "Descrizione forma giuridica",
    "Indirizzo",
    "Telefono",
    "Cognome",
    "Numero studenti",
    "Note",
)


def rules_of(**cells: str) -> set[tuple[str, str]]:
    """Judge one row, given by some of its cells: the rules that find something, and where."""
    names = {label.replace(" ", "_"): label for label in LABELS}
    row = [""] * len(LABELS)
    for name, value in cells.items():
        row[LABELS.index(names[name])] = value
    return {(hit.rule, LABELS[hit.column]) for hit in find_rules(LABELS).hits(row)}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"Denominazione": "Bianchi Maria"}, {("P4", "Denominazione")}),
        ({"Denominazione": "Bianchi Maria", "Forma_giuridica": "00"}, {("P4", "Denominazione")}),
        (
            {"Denominazione": "GEOM. VERDI", "Descrizione_forma_giuridica": "Non Disponibile"},
            {("P4", "Denominazione")},
        ),
        ({"Denominazione": "Bianchi Maria", "Forma_giuridica": "11"}, set()),
        ({"Denominazione": "BIANCHI S. R. L."}, set()),
        ({"Denominazione": "Comune di Cosenza"}, set()),
        ({"Denominazione": "*INDIVIDUO*"}, set()),
        (
            {"Denominazione": "Alfa srl:::Rossi Mario", "Forma_giuridica": "1.3.20:::"},
            {("P4", "Denominazione")},
        ),
        ({"Cognome": "Bianchi"}, {("P4", "Cognome")}),
        (
            {"CUP_COD_NATURA": "07", "OC_TITOLO_PROGETTO": "Voucher a Bianchi Maria"},
            {("P5", "OC_TITOLO_PROGETTO")},
        ),
        (
            {"CUP_DESCR_NATURA": "CONCESSIONE DI INCENTIVI", "OC_TITOLO_PROGETTO": "Dote lavoro"},
            {("P5", "OC_TITOLO_PROGETTO")},
        ),
        ({"CUP_COD_NATURA": "07", "OC_TITOLO_PROGETTO": "*TITOLO NON PUBBLICATO*"}, set()),
        ({"CUP_COD_NATURA": "03", "OC_TITOLO_PROGETTO": "Ponte sul Crati"}, set()),
        ({"Note": "scrivere a maria.bianchi@example.it"}, {("P6", "Note")}),
        ({"Note": "tel. 0984 123456"}, {("P6", "Note")}),
        ({"Note": "+39 333 1234567"}, {("P6", "Note")}),
        ({"Note": "IBAN IT60 X054 2811 1010 0000 0123 456 del beneficiario"}, {("P6", "Note")}),
        ({"Telefono": "0984123456"}, {("P6", "Telefono")}),
        ({"Note": "IT60X0542811101000000123457"}, set()),  # its check digits are wrong
        ({"Note": "00395860796", "CUP": "J59J21004560001"}, set()),  # a VAT number, a CUP
        ({"Note": "320.000.000,00"}, set()),
        ({"Indirizzo": "Via Roma 1", "Forma_giuridica": "1.1.10"}, {("P7", "Indirizzo")}),
        ({"Indirizzo": "Via Roma 1", "Codice_fiscale": "****************"}, {("P7", "Indirizzo")}),
        ({"Indirizzo": "Via Roma 1", "Forma_giuridica": "1.3.20"}, set()),
        ({"Numero_studenti": "2"}, {("P8", "Numero studenti")}),
        ({"Numero_studenti": "2,0"}, {("P8", "Numero studenti")}),
        ({"Numero_studenti": "0"}, set()),
        ({"Numero_studenti": "3"}, set()),
    ],
)
def test_what_each_rule_finds(cells: dict[str, str], found: set[tuple[str, str]]) -> None:
    assert rules_of(**cells) == found


#: Hits per file of the samples, whose titles, names and codes were masked by whoever saved them: what is left.
MEASURED = {
    # 50 of 80 unmasked names without a legal form: nearly all are sole traders and studios ("… di Cognome Nome").
    "pnrr/cut/PNRR_Aggiudicatari_Gare_2025_CAL.csv": {("P4", "denominazione_aggiudicatario"): 50},
    "pnrr/cut/PNRR_Subappaltatori_Gare_2025_CAL.csv": {("P4", "denominazione_subappaltatore"): 3},
    # 5 of 290 projects are grants, with titles of bodies' projects.
    "opencoesione/progetti_beni_confiscati_20181031.csv": {("P5", "OC_TITOLO_PROGETTO"): 5},
}


def test_what_the_rules_find_in_real_files(samples: Path) -> None:
    found = {}
    connection = duckdb.connect()
    for path in sorted(samples.rglob("*.csv")):
        labels, rows = read(path)
        rules = find_rules(labels)
        hits = {number: rules.hits(row) for number, row in enumerate(rows)}
        counted = Counter((hit.rule, labels[hit.column]) for row in hits.values() for hit in row)
        if counted:
            found[path.relative_to(samples).as_posix()] = dict(counted)
        flagged = {number for number, row in hits.items() if row}
        suspected = suspected_rows(connection, rules, labels, rows)
        assert flagged <= suspected, path
        # the screen pays: of a table hardly a row is left to judge
        assert len(suspected) <= len(flagged) + len(rows) * 0.53 + 5, path
    assert found == MEASURED


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    first = text.split("\n", 1)[0]
    header, *rows = csv.reader(text.splitlines(keepends=True), delimiter=max(";,", key=first.count))
    return [label.strip() for label in header], rows


def suspected_rows(
    connection: duckdb.DuckDBPyConnection, rules: PersonalRules, labels: list[str], rows: list[list[str]]
) -> set[int]:
    """Ask DuckDB which rows the rules' SQL suspects."""
    width = len(labels)
    names = [f"c{number}" for number in range(width)]
    cells = pd.DataFrame([(row + [""] * width)[:width] for row in rows], columns=names, dtype=str)
    cells["n"] = range(len(rows))
    connection.register("cells", cells)
    condition = " OR ".join(f"({one})" for one in suspects(rules, names, _whole(names)))
    return {number for (number,) in connection.execute(f"SELECT n FROM cells WHERE {condition}").fetchall()}


PIECES = st.sampled_from(
    [
        *(
            "",
            "00",
            "06",
            "7",
            "1",
            "2",
            "17",
            "1.1.10",
            "1.3.20",
            "Impresa individuale",
            "Non Disponibile",
            ":::",
        ),
        *(
            "Rossi Mario",
            "ROSSI S.R.L.",
            "Comune di Ñ",
            "*",
            "****",
            "*INDIVIDUO*",
            "RSSMRA80A01H501U",
            "rssmra80a01h501u",
        ),
        *(
            "a@b.it",
            "+39 0984 123456",
            "tel 0984123456",
            "333 1234567",
            "IT60X0542811101000000123456",
            " ",
            "\t",
            "é",
        ),
        *("CONTRIBUTI", "Incentivi", "Via Roma, 1", "\n", "SRL"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=3).map("".join), min_size=len(LABELS), max_size=len(LABELS)))
def test_no_row_that_a_rule_finds_is_missed_by_its_sql(row: list[str]) -> None:
    rules = find_rules(LABELS)
    if rules.hits(row):
        assert suspected(rules, row)


_CONNECTION = duckdb.connect()


def _whole(cells: list[str]) -> str:
    return CellSql.of({cell: cell for cell in cells}).whole


def suspected(rules: PersonalRules, row: list[str]) -> bool:
    names = [f"c{number}" for number in range(len(row))]
    condition = " OR ".join(f"({one})" for one in suspects(rules, names, _whole(names)))
    given_row = ", ".join(f"?::VARCHAR AS {name}" for name in names)
    answer = _CONNECTION.execute(f"SELECT {condition} FROM (SELECT {given_row})", row).fetchone()
    return bool(answer and answer[0])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=5).map(" ".join))
def test_nothing_that_is_found_survives_redaction(text: str) -> None:
    assert not holds_contact(redact(text))


def test_no_report_repeats_what_a_person_has_to_look_at(tmp_path: Path) -> None:
    path = tmp_path / "registro.csv"
    secrets = ("maria.bianchi@example.it", "Bianchi Maria", "Via Segreta 9", "0984 123456")
    path.write_text(
        "CUP;Codice fiscale;Denominazione;Forma giuridica;Indirizzo;Telefono;Note\n"
        f"J59J21004560001;;{secrets[1]};1.1.10;{secrets[2]};{secrets[3]};{secrets[0]}\n"
        f"J59J21004560001;;{secrets[1]};;{secrets[2]};{secrets[3]};{secrets[0]};una cella in più\n",
        encoding="utf-8",
    )
    found = check_file(path, filename="registro.csv")
    report = str(found.to_dict())
    assert found.verdict == "failed"  # the extra cell, an error that is worse than a review
    assert {"P4", "P6", "P7"} <= {rule["code"] for rule in found.rules}
    assert all(rule["params"]["cell"] == MASK for rule in found.rules if rule["code"].startswith("P"))
    assert not [secret for secret in secrets if secret in report]


def test_only_findings_for_a_person_make_a_review_of_it(tmp_path: Path) -> None:
    path = tmp_path / "uffici.csv"
    path.write_text(
        "ufficio,email\nUfficio dati,dati@example.it\nProtocollo,protocollo@example.it\n", encoding="utf-8"
    )
    found = check_file(path, filename="uffici.csv")
    assert found.verdict == "review"
    assert found.report["valid"] is True, "for frictionless nothing is wrong"
    (cause,) = found.report["causes"]
    assert (cause["code"], cause["severity"], cause["total"]) == ("P6", "review", 2)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.json", '{"ufficio": {"email": "maria.bianchi@example.it"}}', (1, 1)),
        ("a.xml", "<u>\n<t>tel. 0984 123456</t>\n<t>+39 333 1234567</t></u>", (2, 2)),
        ("a.txt", "Nota\nIBAN IT60 X054 2811 1010 0000 0123 456\n", (1, 2)),
        ("a.json", '{"x": "345 678 9012", "@id": "urn:a@b"}', None),
    ],
)
def test_contacts_in_texts_that_are_no_tables_want_a_review(
    name: str, content: str, found: tuple[int, int] | None, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    result = check_file(path, filename=name)
    told = [
        (one["params"]["count"], one["params"]["line"]) for one in result.rules if one["code"] == "P6-file"
    ]
    assert told == ([found] if found else [])
    assert result.verdict == ("review" if found else "passed")


def test_a_schema_without_units_does_not_take_a_count_out_of_sight() -> None:
    assert find_rules(["Numero studenti"], units={0: ""}).hits(["2"])
    assert find_rules(["Quanti"], units={0: "persons"}).hits(["2"])
    assert not find_rules(["Numero studenti"], units={0: "hours"}).hits(["2"])


@pytest.mark.parametrize(
    ("until", "published", "end"),
    [
        (None, date(2024, 2, 29), None),
        ("2026-12-31", None, date(2027, 1, 1)),
        ("P2Y", None, None),
        ("P2Y", date(2024, 2, 29), date(2026, 2, 28)),
        ("P1Y6M10D", date(2024, 8, 31), date(2026, 3, 10)),
    ],
)
def test_until_when_a_declaration_holds(until: str | None, published: date | None, end: date | None) -> None:
    declared = PersonalField("email", "office-contact", {"it": "", "en": ""}, until)
    assert end_of(declared, published) == end
