"""An officer's own schema: what is refused and why, what is proposed from a file, and that no pattern can run away."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_files import write_csv, write_xlsx

from ckanext.opencohesion.quality.judging.cli_check import run_check
from ckanext.opencohesion.tables import published
from ckanext.opencohesion.tables.dictionary import columns, dictionary_csv, rules
from ckanext.opencohesion.tables.draft_schema import draft_schema
from ckanext.opencohesion.tables.errors import UnknownProfileError
from ckanext.opencohesion.tables.office_schema import MAX_BYTES, OfficeSchemaError, clean_schema, read_schema
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile, profile_from_schema, profile_ids
from ckanext.opencohesion.tables.safe_pattern import UnsafePatternError, check_pattern

CODE = {"name": "codice", "constraints": {"required": True}}


def cleaned(found: Any) -> dict[str, Any]:
    return clean_schema(found, title={"it": "Alberi"}, schema_id="office/x/alberi/1", version="1")


# -- patterns ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"^[A-Z]{2}[0-9]{3}$", r"^[A-Z]+-[0-9]+$", r"^(IT|FR|DE)[0-9]{11}$", r"^(0|40|100)%?$"),
        *(r"^\d{1,3}(\.\d{3})*(,\d+)?$", r"[^;]*;[^;]*", r"^[A-Za-z][0-9]{2}[A-Za-z][0-9]{11}$", ""),
    ],
)
def test_patterns_that_people_write_are_accepted(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(a+)+b", r"(a|a)*b", r"(.*)*x", r"^(\w+\s?)*$", r"(x+x+)+y", r"(a?){50}a{50}", r".*.*.*=x"),
        *(
            r"\d+\d+$",
            r"(a|aa)+$",
            r"(?=a)a",
            r"(a)\1",
            r"[",
            r"a{2",
            "x" * 301,
            r"(a{1,30}){30}",
            r"a*?a*?b",
        ),
        *(r"(?:a?a?)*b", r"(?<=a)b", r"(?i:a+)+b", "[a-z]*[a-f]*!", r"\s+$|(\s*)*x"),
    ],
)
def test_patterns_that_could_run_away_are_refused_with_a_sentence(pattern: str) -> None:
    if pattern == r"a{2":  # to Python these are four plain characters
        check_pattern(pattern)
        return
    with pytest.raises(UnsafePatternError) as caught:
        check_pattern(pattern)
    assert len(str(caught.value)) > 20


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "ab", "(ab)", "(a|b)", r"\d", "(?:a)"])
REPEATS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{0,40}", "*?", "{2,}"])
PIECES = st.recursive(
    st.builds(str.__add__, ATOMS, REPEATS),
    lambda inner: st.builds(
        lambda body, repeat: f"({body}){repeat}",
        st.lists(inner, min_size=1, max_size=3).map("".join),
        REPEATS,
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join), st.sampled_from(["a", "b", "ab", "aab", "1"]))
def test_no_accepted_pattern_takes_long_on_a_long_cell(pattern: str, unit: str) -> None:
    try:
        check_pattern(pattern)
    except UnsafePatternError:
        return
    judged = re.compile(f"^{pattern}$")
    started = time.process_time()
    judged.match(unit * 20_000 + "!")
    judged.match(unit * 20_000)
    assert time.process_time() - started < 1.5, pattern


# -- schemas -------------------------------------------------------------------------------------------------------------


def test_a_plain_table_schema_becomes_a_profile() -> None:
    schema = cleaned(
        {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [
                CODE,
                {"name": "altezza", "type": "number", "decimalChar": ",", "unit": "EUR", "formula": "=1"},
                {"name": "giorno", "type": "date", "format": "%d/%m/%Y"},
            ],
            "primaryKey": "codice",
            "checks": [
                {"type": "dates-in-order", "severity": "warning", "field": "giorno", "other": "giorno"}
            ],
        }
    )
    profile = profile_from_schema(schema)

    assert profile.id == "office/x/alberi/1"
    assert (profile.primary_key, profile.key) == (("codice",), ("codice",))
    assert profile.field("altezza").unit == "EUR"
    assert "formula" not in json.dumps(schema) and "$schema" not in schema
    assert [check.type for check in profile.checks] == ["dates-in-order"]
    assert {dialect.delimiter for dialect in profile.dialects} == {";", ",", "\t", "|"}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({}, "no columns"),
        ({"fields": []}, "no columns"),
        ({"fields": [{"name": f"c{number}"} for number in range(501)]}, "501 columns"),
        ({"fields": "columns.json"}, "outside itself"),
        ({"fields": [CODE], "foreignKeys": []}, "outside itself"),
        ({"fields": [{**CODE, "constraints": {"$ref": "file:///etc/passwd"}}]}, "outside itself"),
        ({"fields": [CODE, {"type": "string"}]}, "Column 2 has no name"),
        ({"fields": [CODE, {"name": " CODICE"}]}, "twice"),
        ({"fields": [{**CODE, "type": "geojson"}]}, "is not one of"),
        ({"fields": [{**CODE, "type": "date", "format": "%c; rm -rf"}]}, "no form of this type"),
        (
            {"fields": [{**CODE, "constraints": {"required": True, "pattern": "(a+)+"}}]},
            "Column “codice”: A repetition",
        ),
        ({"fields": [{"name": "nota"}]}, "always present"),
        ({"fields": [CODE], "primaryKey": ["id"]}, "“id”"),
        (
            {"fields": [{**CODE, "type": "integer", "constraints": {"required": True, "minimum": "x"}}]},
            "no value of the column",
        ),
        (
            {"fields": [CODE], "checks": [{"type": "row-constraint", "formula": "exit()"}]},
            "can not be understood",
        ),
        ({"fields": [CODE], "drift": 5}, "can not be understood"),
        ({"fields": [CODE], "checks": [{"type": "cup", "fields": ["cup"], "severity": "error"}]}, "cup"),
    ],
)
def test_what_can_not_be_a_structure_is_refused_with_a_sentence(found: dict[str, Any], told: str) -> None:
    with pytest.raises(OfficeSchemaError) as caught:
        cleaned(found)
    assert any(told in fault.sentence(str) for fault in caught.value.faults), str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff\xfe", b"{" * 5000, b'{"a":', b" " * (MAX_BYTES + 1), b"[" * 100_000]
)
def test_what_is_no_schema_file_is_refused(content: bytes) -> None:
    with pytest.raises(OfficeSchemaError):
        read_schema(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "type", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {"name": st.sampled_from(["codice", "nome"]) | JSON},
    optional=dict.fromkeys(
        ("type", "format", "constraints", "missingValues", "decimalChar", "aliases", "title"), JSON
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {"fields": st.lists(FIELDS, min_size=1, max_size=3)},
        optional=dict.fromkeys(
            ("primaryKey", "missingValues", "checks", "drift", "personal", "key", "title"), JSON
        ),
    )
)
def test_whatever_comes_is_a_profile_or_a_sentence(found: dict[str, Any]) -> None:
    try:
        schema = cleaned(found)
    except OfficeSchemaError as error:
        assert error.faults
    else:
        assert profile_from_schema(schema).fields


def test_a_draft_takes_no_code_for_a_number(tmp_path: Path) -> None:
    head = ["cup", "cod_istat", "cap", "valore", "importo", "quota", "giorno", "compatta", "nota", "vuota"]
    rows = [
        ["B11C22000180006", "78110", "87100", "12", "1234,50", "0.5", "31/12/2024", "20241231", "x", ""],
        ["B11C22000240006", "80034", "89050", "-3", "7", "1.25", "01/02/2023", "20230201", "", ""],
    ]
    drafts = [
        draft_schema(probe(write_csv(tmp_path / "a.csv", [head, *rows]), filename="a.csv")),
        draft_schema(probe(write_csv(tmp_path / "b.csv", [head, *rows], delimiter="\t"), filename="b.tsv")),
    ]
    for draft in drafts:
        types = {
            field["name"]: (field["type"], field.get("format") or field.get("decimalChar"))
            for field in draft["fields"]
        }
        assert types == {
            "cup": ("string", None),
            "cod_istat": ("string", None),
            "cap": ("string", None),
            "valore": ("integer", None),
            "importo": ("number", ","),
            "quota": ("number", "."),
            "giorno": ("date", "%d/%m/%Y"),
            "compatta": ("date", "%Y%m%d"),
            "nota": ("string", None),
            "vuota": ("string", None),
        }
        assert draft["checks"] == [{"type": "cup", "fields": ["cup"], "severity": "error"}]
        assert profile_from_schema(cleaned(draft)).field("cup").required

    sheet = write_xlsx(tmp_path / "c.xlsx", [["nome", "altezza"], ["Pino", 12.5], ["Abete", 9]])
    assert [field["type"] for field in draft_schema(probe(sheet, filename="c.xlsx"))["fields"]] == [
        "string",
        "number",
    ]


def test_a_real_file_passes_the_structure_drafted_from_it(samples: Path, tmp_path: Path) -> None:
    path = samples / "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv"
    (tmp_path / "pagamenti.json").write_text(json.dumps(draft_schema(probe(path, filename=path.name))))
    text, code = run_check(path, str(tmp_path / "pagamenti.json"), as_json=False, translate=str)

    assert code == 0, text
    assert "Every cell was compared" in text


def test_the_command_line_says_what_is_wrong_with_a_schema_file(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", [["codice"], ["1"]])
    (tmp_path / "bad.json").write_text(
        '{"fields": [{"name": "codice", "constraints": {"pattern": "(a+)+"}}]}'
    )
    text, code = run_check(table, str(tmp_path / "bad.json"), as_json=False, translate=str)
    assert code == 2 and "never ends" in text

    (tmp_path / "ours.json").write_text(published.version_text("italiadomani/pnrr_gare", "1.0.0"))
    text, code = run_check(table, str(tmp_path / "ours.json"), as_json=False, translate=str)
    assert code == 1


# -- what is published -----------------------------------------------------------------------------------------------------


def test_a_published_version_has_not_changed() -> None:
    for name, digest in published.final_versions().items():
        profile_id, _, version = name.rpartition("/")
        assert published.digest(published.version_text(profile_id, version)) == digest, name
    for profile_id in profile_ids():
        newest, *older = published.versions(profile_id)
        assert newest == load_profile(profile_id).version
        assert all(published.is_final(profile_id, version) for version in older)
    with pytest.raises(UnknownProfileError):
        published.version_text("italiadomani/pnrr_gare", "../../pnrr_gare")


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_column_and_rule_has_words(profile_id: str) -> None:
    profile = load_profile(profile_id)
    told = rules(profile, str, str)
    assert len(told) == len(profile.checks) + len(profile.references) + bool(profile.primary_key)
    assert all("{" not in rule.sentence for rule in told)
    for language in ("it", "en"):
        assert all(column.title and column.type for column in columns(profile, language, str))
    assert dictionary_csv(profile, "it", str).count("\r\n") >= len(profile.fields) + 1
