"""The gate through CKAN's own actions: nothing unproven is public."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from gate_world import (
    BROKEN,
    GOOD,
    SCHEMA,
    call,
    live_dataset,
    new_dataset,
    seen_by_all,
    served,
    status,
    upload,
    with_file,
)
from support.people import Person

from ckanext.opencohesion.quality.model import FileVerdict, ResourceFile, get_state
from ckanext.opencohesion.quality.storage.uploader import content_store

pytestmark = pytest.mark.usefixtures("request_context")


@pytest.fixture
def live(officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset with one resource whose file is GOOD."""
    return live_dataset(officer, organization)


# -- into the open ---------------------------------------------------------------------------------------------------


def test_a_dataset_without_a_file_stays_pending(officer: Person, organization: dict[str, Any]) -> None:
    dataset = new_dataset(officer, organization, private=False)
    assert dataset["quality_status"] == "pending"
    assert dataset["private"] is False
    assert dataset["quality_live"] is False
    assert seen_by_all(dataset) is None
    assert model.Package.get(dataset["id"]).private is True


def test_the_first_file_that_passes_brings_it_live(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = new_dataset(officer, organization, private=False)
    resource = with_file(officer, dataset, GOOD)
    shown = seen_by_all(dataset)
    assert shown is not None
    assert shown["quality_status"] == "passed"
    assert shown["quality_checked"].endswith("Z")
    assert shown["private"] is False
    assert model.Package.get(dataset["id"]).private is False
    assert shown["resources"][0]["size"] == len(GOOD)
    assert served(app, dataset, resource["id"]) == GOOD


def test_a_page_that_was_uploaded_does_not_run_as_ours(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    page = b"<!doctype html><html lang=it><title>x</title><body><script>alert(1)</script></body></html>"
    dataset = new_dataset(officer, organization, private=False)
    values = {"upload": upload(page, "pagina.html"), "format": "HTML"}
    resource = call(officer, "resource_create", package_id=dataset["id"], **values)
    assert status(dataset) == "passed"
    for url in (
        resource["url"].partition(tk.config["ckan.site_url"])[2],
        f"/dataset/{dataset['id']}/resource/{resource['id']}/checked/x",
    ):
        answer = app.get(url)
        assert answer.data == page
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_broken_file_holds_it_back(officer: Person, organization: dict[str, Any], app: Any) -> None:
    dataset = new_dataset(officer, organization, private=False)
    resource = with_file(officer, dataset, BROKEN)
    assert status(dataset) == "failed"
    assert seen_by_all(dataset) is None
    assert model.Package.get(dataset["id"]).private is True
    served(app, dataset, resource["id"], code=404)
    report = call(officer, "opencohesion_quality_report_show", id=dataset["id"])
    assert report["verdict"] == "failed"
    (only,) = report["resources"]
    assert only["resource_id"] == resource["id"]
    rows = {error["rowNumber"] for task in only["report"]["tasks"] for error in task["errors"]}
    assert rows == {2}


def test_mending_the_file_brings_it_live(officer: Person, organization: dict[str, Any]) -> None:
    dataset = new_dataset(officer, organization, private=False)
    resource = with_file(officer, dataset, BROKEN)
    call(officer, "resource_patch", id=resource["id"], upload=upload(GOOD))
    assert status(dataset) == "passed"
    assert seen_by_all(dataset) is not None


def test_what_is_wanted_private_stays_private_though_it_passed(
    officer: Person, organization: dict[str, Any]
) -> None:
    dataset = new_dataset(officer, organization, private=True)
    with_file(officer, dataset, GOOD)
    assert status(dataset) == "passed"
    assert seen_by_all(dataset) is None
    call(officer, "package_patch", id=dataset["id"], private=False)
    assert seen_by_all(dataset) is not None


def test_private_and_public_again(officer: Person, live: dict[str, Any]) -> None:
    call(officer, "package_patch", id=live["id"], private=True)
    assert seen_by_all(live) is None
    assert model.Package.get(live["id"]).private is True
    call(officer, "package_patch", id=live["id"], private=False)
    assert seen_by_all(live) is not None


def test_a_client_that_sends_back_what_it_read_withdraws_nothing(
    officer: Person, organization: dict[str, Any]
) -> None:
    dataset = new_dataset(officer, organization, private=False)
    read = call(officer, "package_show", id=dataset["id"])
    call(officer, "package_update", **{**read, "title": "Altro titolo"})
    with_file(officer, dataset, GOOD)
    assert seen_by_all(dataset) is not None


def test_a_client_can_not_write_the_gate_s_fields(officer: Person, organization: dict[str, Any]) -> None:
    dataset = new_dataset(
        officer, organization, quality_status="passed", quality_checked="2020-01-01T00:00:00Z"
    )
    assert dataset["quality_status"] == "pending"
    call(officer, "package_patch", id=dataset["id"], quality_status="overridden")
    assert status(dataset) == "pending"
    assert seen_by_all(dataset) is None


def test_what_was_measured_of_a_file_stays_shown_until_new_rules_have_judged_it(
    officer: Person, live: dict[str, Any]
) -> None:
    before = call(officer, "package_show", id=live["id"])["resources"][0]
    assert before["mimetype"] == "text/csv"
    # under new rules the verdict on the same bytes has another key
    model.Session.execute(sa.update(FileVerdict).values(key="old " + FileVerdict.key))
    model.Session.commit()
    after = call(officer, "package_show", id=live["id"])["resources"][0]
    assert (after["mimetype"], after["format"]) == (before["mimetype"], before["format"])


def test_a_draft_is_checked_but_not_public_before_it_is_finished(
    officer: Person, organization: dict[str, Any]
) -> None:
    dataset = new_dataset(officer, organization, private=False, state="draft")
    with_file(officer, dataset, GOOD)
    assert status(dataset) == "passed"
    assert seen_by_all(dataset) is None
    call(officer, "package_patch", id=dataset["id"], state="active")
    assert seen_by_all(dataset) is not None


def test_a_large_file_is_checked_by_a_worker(
    officer: Person, organization: dict[str, Any], run_jobs: Any, ckan_config: Any
) -> None:
    ckan_config["ckanext.opencohesion.quality.check_at_once_bytes"] = 0
    try:
        dataset = new_dataset(officer, organization, private=False)
        with_file(officer, dataset, GOOD)
        assert status(dataset) == "pending"
        assert seen_by_all(dataset) is None
        run_jobs()
        assert seen_by_all(dataset) is not None
    finally:
        ckan_config["ckanext.opencohesion.quality.check_at_once_bytes"] = 262144


# -- linked files ----------------------------------------------------------------------------------------------------


def test_a_linked_file_is_fetched_checked_and_served_by_us(
    officer: Person, organization: dict[str, Any], web_source: Any, run_jobs: Any, app: Any
) -> None:
    url = web_source.put("/localizzazioni.csv", GOOD, content_type="text/csv")
    dataset = new_dataset(officer, organization, private=False)
    resource = call(
        officer, "resource_create", package_id=dataset["id"], url=url, format="CSV", table_schema=SCHEMA
    )
    run_jobs()
    shown = seen_by_all(dataset)
    assert shown is not None
    (only,) = shown["resources"]
    assert only["url"] == url
    assert only["size"] == len(GOOD)
    path = only["download_url"].partition(tk.config["ckan.site_url"])[2]
    web_source.put("/localizzazioni.csv", BROKEN)
    assert app.get(path).data == GOOD
    assert resource["id"] in path


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 404}, "unreadable"),
        ({"body": b"<!doctype html><html><body>Accesso negato</body></html>"}, "failed"),
    ],
    ids=["not found", "a page instead of a file"],
)
def test_a_link_that_gives_no_file_holds_the_dataset_back(
    answer: Any, expected: str, officer: Person, organization: dict[str, Any], web_source: Any, run_jobs: Any
) -> None:
    url = web_source.put("/dati.csv", content_type="text/html", **answer)
    dataset = new_dataset(officer, organization, private=False)
    call(officer, "resource_create", package_id=dataset["id"], url=url, format="CSV", table_schema=SCHEMA)
    run_jobs()
    assert status(dataset) in (expected, "failed", "unreadable")
    assert seen_by_all(dataset) is None
    report = call(officer, "opencohesion_quality_report_show", id=dataset["id"])
    assert report["resources"][0]["rules"] or report["resources"][0]["report"]["errors"]


# -- one verdict for equal bytes -------------------------------------------------------------------------------------


def test_equal_bytes_are_kept_and_judged_once(officer: Person, organization: dict[str, Any]) -> None:
    for _ in range(2):
        with_file(officer, new_dataset(officer, organization), GOOD)
    shas = {row.sha256 for row in model.Session.query(ResourceFile)}
    assert len(shas) == 1
    assert Path(content_store().path(shas.pop())).read_bytes() == GOOD


def test_deleting_a_live_dataset_closes_it_and_restoring_checks_it_again(
    officer: Person, administrator: Person, live: dict[str, Any]
) -> None:
    call(officer, "package_delete", id=live["id"])
    state = get_state(live["id"])
    assert state is not None
    assert state.live is False
    call(administrator, "package_patch", id=live["id"], state="active")
    assert seen_by_all(live) is not None
