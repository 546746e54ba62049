"""demo/README.md says of each file whether it goes live or is held back; here it is held against the checks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ckanext.opencohesion.quality.judging.check import FileCheck, check_file
from demo.plans import DatasetPlan
from demo.real_files import real_plans
from demo.sample import sample_plans
from demo.write import write

README = Path(__file__).parents[2] / "demo" / "README.md"


def told(table: str) -> dict[str, tuple[str, str, set[str]]]:
    """The README's table: path → (Table Schema, outcome, what is found)."""
    text = README.read_text("utf-8").split(f"<!-- outcomes: {table} -->")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.strip().splitlines()[2:]]
    return {
        path.strip("`"): (schema.strip("`–"), outcome, set(re.findall(r"`([^`]+)`", found)))
        for path, schema, outcome, found, _why in rows
    }


def found(plans: list[DatasetPlan], folder: Path) -> dict[str, tuple[str, str, set[str]]]:
    """The same of what the checks say."""
    result = {}
    for plan in plans:
        for file in plan.files:
            check = check_file(
                folder / file.path,
                filename=Path(file.path).name,
                declared_format=file.format,
                table_schema=file.table_schema or None,
            )
            outcome = "live" if check.verdict == "passed" else "held back"
            result[file.path] = (file.table_schema, outcome, codes_of(check))
    return result


def codes_of(check: FileCheck) -> set[str]:
    """Errors and warnings by their code; what is only information is left out."""
    rules = {rule["code"] for rule in check.rules if rule["severity"] != "info"}
    causes = [cause for cause in check.report["causes"] if cause["severity"] != "info"]
    return rules | {cause["code"].split(":")[0] for cause in causes}


@pytest.mark.parametrize("region", ["18", "09"])
def test_the_sample_files_fare_as_the_table_says(region: str, tmp_path: Path) -> None:
    write(region, tmp_path)
    assert found(sample_plans(region), tmp_path) == told("sample")


def test_calabria_s_real_files_fare_as_the_table_says(samples: Path) -> None:
    assert found(real_plans("18", samples)[0], samples) == told("real")


def test_some_files_of_each_table_go_live_and_some_are_held_back() -> None:
    for table in ("sample", "real"):
        assert {outcome for _, outcome, _ in told(table).values()} == {"live", "held back"}
