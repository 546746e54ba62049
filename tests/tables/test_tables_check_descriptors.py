"""From a profile's descriptors to checks, and frictionless's own command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from check_runs import check_of, schema_of

from ckanext.opencohesion.tables.checks.registry import ALL, profile_checks
from ckanext.opencohesion.tables.errors import InvalidCheckError
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "descriptor",
    [
        {"type": "row-constraint", "formula": "a > 1"},
        {"type": "no-such-check"},
        {"type": "cup"},
        {"type": "cup", "fields": ["a"], "severity": "fatal"},
        {"type": "cup", "fields": ["a"], "colour": "red"},
        {"type": "filled-when", "field": "a", "when": {"field": "b"}},
        {"type": "date-within", "fields": ["a"], "from": "2014-13-01"},
        {"type": "date-within", "fields": ["a"], "to": 2014},
        {"type": "sum-equals", "fields": ["a"], "total": "b", "tolerance": "much"},
        {"type": "list-lengths", "fields": ["a", "b"], "separator": ""},
    ],
)
def test_a_descriptor_that_can_not_be_understood_is_refused(descriptor: dict[str, Any]) -> None:
    with pytest.raises(InvalidCheckError):
        check_of(descriptor, schema_of())


def test_a_check_whose_columns_the_file_lacks_is_not_run() -> None:
    names = {"a": "a", "b": "b"}
    gone = [
        {"type": "at-most", "field": "a", "other": "z"},
        {"type": "sum-at-most", "fields": ["a", "z"], "total": "b"},
        {"type": "filled-when", "field": "a", "when": {"field": "z", "empty": True}},
        {"type": "repeated-key", "fields": ["a", "z"]},
        {"type": "cup", "fields": ["z"]},
    ]
    assert profile_checks(gone, names, schema_of()) == []
    (check,) = profile_checks([{"type": "cup", "fields": ["z", "a"]}], names, schema_of())
    assert check.to_descriptor()["fields"] == ["a"]


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_profile_names_checks_that_can_be_built(profile_id: str) -> None:
    profile = load_profile(profile_id)
    names = {field.name: field.name for field in profile.fields}
    descriptors = profile.schema.get("checks", [])
    assert len(profile_checks(descriptors, names, dict(profile.schema))) == len(descriptors)


def test_the_checks_run_from_the_command_line_of_frictionless(tmp_path: Path) -> None:
    """A profile is Table Schema and checklist at once; columns in another order than the schema's."""
    place = ROOT / "ckanext/opencohesion/schemas/tables/italiadomani/pnrr_localizzazione.json"
    labels = [field.name for field in load_profile("italiadomani/pnrr_localizzazione").fields]
    row = dict.fromkeys(labels, "") | {
        "CUP": "b11c22000180006",
        "Codice Locale Progetto": "p",
        "Codice Univoco Submisura": "s",
    }
    labels.reverse()
    table = tmp_path / "t.csv"
    table.write_text(
        ";".join(labels) + "\n" + ";".join(row[label] for label in labels) + "\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "frictionless", "validate", str(table), "--trusted", "--json"]
    command += ["--schema", str(place), "--checklist", str(place)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 1, done.stderr
    assert '"type": "code-lower-case"' in done.stdout
    assert f'"fieldNumber": {labels.index("CUP") + 1}' in done.stdout


def test_every_error_has_a_code_of_its_own() -> None:
    errors = {error for check in ALL.values() for error in check.Errors}
    assert len({error.type for error in errors}) == len(errors)
