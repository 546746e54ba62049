"""``ckan opencohesion check``: what it prints and the exit codes that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ckanext.opencohesion.quality.cli import opencohesion
from ckanext.opencohesion.quality.judging.check import RULESET

SCHEMA = "italiadomani/pnrr_localizzazione"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "luoghi.csv"
    path.write_text("a;b\n1;2\n;\n;\n", encoding="utf-8")
    return path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(opencohesion, ["check", *arguments], env={"LANGUAGE": "C"})
    return result.exit_code, result.output


def test_a_sound_file_exits_with_0(table: Path) -> None:
    table.write_text("a;b\n1;2\n", encoding="utf-8")
    code, text = run(str(table))
    assert code == 0
    assert text.splitlines()[0] == "luoghi.csv: passed."


def test_findings_exit_with_1_and_are_told(table: Path) -> None:
    code, text = run(str(table))
    assert code == 1
    assert "Row 3: The row holds no value at all. Delete the row." in text


def test_a_file_that_can_not_be_checked_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert run(str(tmp_path / "a.csv"))[0] == 2
    assert run(str(tmp_path / "missing.csv"))[0] == 2


def test_an_unknown_schema_exits_with_2(table: Path) -> None:
    code, text = run(str(table), "--schema", "no/such")
    assert code == 2
    assert "no Table Schema “no/such”" in text


@pytest.mark.parametrize("options", [(), ("--no-screen",)])
def test_the_json_report_has_the_form_of_the_action(table: Path, options: tuple[str, ...]) -> None:
    code, text = run(str(table), "--json", *options)
    report = json.loads(text)
    assert code == 1
    assert set(report) == {"verdict", "ruleset", "started", "finished", "resources", "metadata"}
    assert (report["verdict"], report["ruleset"], report["metadata"]) == ("failed", RULESET, [])
    (resource,) = report["resources"]
    assert set(resource) == {"resource_id", "report", "rules"}
    assert resource["resource_id"] is None
    assert [error["type"] for error in resource["report"]["tasks"][0]["errors"]] == ["blank-row", "blank-row"]


def test_what_is_not_listed_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n" + ";\n" * 40, encoding="utf-8")
    assert "… and 15 more of the same kind." in run(str(path))[1]
