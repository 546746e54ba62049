"""References and drift through the real gate: the tables of one dataset, of several, and the next release of a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

pytestmark = pytest.mark.usefixtures("request_context")

PROJECTS, PLACES = "italiadomani/pnrr_progetti", "italiadomani/pnrr_localizzazione"
PARTIES = "italiadomani/pnrr_soggetti"
VALIDATED = "Dati_Validati_2023_CAL.csv"


@pytest.fixture
def cuts(samples: Path) -> Path:
    """The real tables of Calabria."""
    return samples / "pnrr/cut"


def call(person: Person, action: str, **data: Any) -> Any:
    return tk.get_action(action)(dict(person.context), data)


def dataset_of(
    officer: Person, organization: dict[str, Any], *tables: tuple[str, str, bytes], private: bool = False
) -> dict[str, Any]:
    """Make a dataset with one resource per (name, schema, content), which wants to be public unless told otherwise."""
    dataset = call(officer, "package_create", **dataset_fields(organization["id"], private=private))
    for name, schema, content in tables:
        add(officer, dataset, name, schema, content)
    checked(officer, dataset)
    return act("package_show", id=dataset["id"])


def add(officer: Person, dataset: dict[str, Any], name: str, schema: str, content: bytes) -> dict[str, Any]:
    file = FileStorage(io.BytesIO(content), filename=f"{name}.csv")
    fields = {"format": "CSV", "table_schema": schema, "name": name, "upload": file}
    return call(officer, "resource_create", package_id=dataset["id"], **fields)


def replaced(officer: Person, resource: dict[str, Any], content: bytes) -> None:
    file = FileStorage(io.BytesIO(content), filename=f"{resource['name']}.csv")
    call(officer, "resource_patch", id=resource["id"], upload=file)
    checked(officer, {"id": resource["package_id"]})


def checked(officer: Person, dataset: dict[str, Any]) -> None:
    """Have a dataset checked now: large files wait for a worker."""
    call(officer, "opencohesion_quality_check", id=dataset["id"], wait=True)


def report(officer: Person, dataset: dict[str, Any], target: str = "current") -> dict[str, Any]:
    return call(officer, "opencohesion_quality_report_show", id=dataset["id"], target=target)


def told(officer: Person, dataset: dict[str, Any], target: str = "current") -> set[tuple[str, str]]:
    """Return code and severity of what was found in the rules of the report's resources."""
    return {
        (rule["code"], rule["severity"])
        for resource in report(officer, dataset, target)["resources"]
        for rule in resource["rules"]
    }


def first_rows(path: Path, count: int) -> bytes:
    """Cut a real table after its first lines; none of them holds a line break."""
    return b"".join(path.read_bytes().splitlines(keepends=True)[: count + 1])


def projects_of(cuts: Path, table: bytes) -> bytes:
    """Cut the real projects to those whose CUP stands in a table."""
    header, *lines = (cuts / f"PNRR_Progetti-{VALIDATED}").read_bytes().splitlines(keepends=True)
    cup = header.decode("utf-8-sig").split(";").index("CUP")
    kept = [line for line in lines if len(cells := line.split(b";")) > cup and cells[cup] in table]
    return b"".join([header, *kept])


def test_places_without_their_projects_hold_the_dataset_back(
    officer: Person, organization: dict[str, Any], cuts: Path
) -> None:
    places = first_rows(cuts / f"PNRR_Localizzazione-{VALIDATED}", 40)
    few = first_rows(cuts / f"PNRR_Progetti-{VALIDATED}", 5)
    tables = (("Progetti", PROJECTS, few), ("Luoghi", PLACES, places))
    dataset = dataset_of(officer, organization, *tables, private=True)
    assert dataset["quality_status"] == "failed"
    assert ("reference-missing", "error") in told(officer, dataset)
    of_places = next(one for one in report(officer, dataset)["resources"] if one["name"] == "Luoghi")
    assert of_places["verdict"] == "failed"
    missing = next(one for one in of_places["rules"] if one["code"] == "reference-missing")
    assert missing["params"]["tables"] == ["Progetti"]
    # their projects beside them: what is wrong no longer is
    replaced(officer, dataset["resources"][0], projects_of(cuts, places))
    of_places = next(one for one in report(officer, dataset)["resources"] if one["name"] == "Luoghi")
    assert (of_places["verdict"], of_places["rules"]) == ("passed", [])


def test_the_other_table_may_be_live_in_another_dataset(
    officer: Person, organization: dict[str, Any], cuts: Path
) -> None:
    parties = (cuts / f"PNRR_Soggetti-{VALIDATED}").read_bytes()
    alone = dataset_of(officer, organization, ("Soggetti", PARTIES, parties))
    assert alone["quality_status"] == "passed"
    assert ("reference-table-missing", "info") in told(officer, alone)
    of_parties = projects_of(cuts, parties).splitlines(keepends=True)
    projects = dataset_of(officer, organization, ("Progetti", PROJECTS, b"".join(of_parties[:-20])))
    assert projects["quality_live"]
    checked(officer, alone)
    assert ("reference-missing", "warning") in told(officer, alone)
    assert act("package_show", id=alone["id"])["quality_live"]
    # what is not public is no measure
    call(officer, "package_patch", id=projects["id"], private=True)
    checked(officer, alone)
    assert ("reference-table-missing", "info") in told(officer, alone)


def test_half_a_release_does_not_replace_the_whole(
    officer: Person, organization: dict[str, Any], cuts: Path, app: Any
) -> None:
    path = cuts / f"PNRR_Soggetti-{VALIDATED}"
    dataset = dataset_of(officer, organization, ("Soggetti", PARTIES, path.read_bytes()))
    assert dataset["quality_live"]
    resource = dataset["resources"][0]
    replaced(officer, resource, first_rows(path, 30))
    staged = report(officer, dataset, "staged")
    assert staged["verdict"] == "failed"
    assert {("rows-lost", "error"), ("keys-lost", "error")} <= told(officer, dataset, "staged")
    served = app.get(
        f"/dataset/{dataset['id']}/resource/{resource['id']}/download/x.csv", follow_redirects=False
    )
    assert served.data == path.read_bytes()
    # the whole again, with one row more: published
    lines = path.read_bytes().splitlines(keepends=True)
    replaced(officer, resource, b"".join([*lines, lines[-1].replace(b";", b";X", 2)]))
    assert act("package_show", id=dataset["id"])["quality_live"]
    assert ("rows-lost", "error") not in told(officer, dataset)
