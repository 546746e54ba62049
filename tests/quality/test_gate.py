"""The gate through CKAN's own actions: nothing unproven is public, and a bad change destroys nothing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.model import FileVerdict, Release, ResourceFile, get_state
from ckanext.opencohesion.quality.storage.uploader import content_store

pytestmark = pytest.mark.usefixtures("request_context")

SCHEMA = "opencoesione/localizzazioni"
HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;"
    "INDIRIZZO_PROG;CAP_PROG;OC_TERRITORIO_PROG"
)


def table(*rows: str) -> bytes:
    return "\ufeff".encode() + "\n".join((HEADER, *rows, "")).encode()


GOOD = table('"1CAL001";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"')
BETTER = table('"1CAL002";"018";"CALABRIA";"079";"CATANZARO";"023";"CATANZARO";"";"88100";"C"')
BROKEN = table('"";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"XX"')


def upload(content: bytes, name: str = "localizzazioni.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def call(person: Person, action: str, **data: Any) -> Any:
    return tk.get_action(action)(dict(person.context), data)


def new_dataset(officer: Person, organization: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return call(officer, "package_create", **dataset_fields(organization["id"], **fields))


def with_file(officer: Person, dataset: dict[str, Any], content: bytes, **fields: Any) -> dict[str, Any]:
    fields = {"format": "CSV", "table_schema": SCHEMA, "name": "Localizzazioni", **fields}
    return call(officer, "resource_create", package_id=dataset["id"], upload=upload(content), **fields)


def status(dataset: dict[str, Any]) -> str:
    return act("package_show", id=dataset["id"])["quality_status"]


def seen_by_all(dataset: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return tk.get_action("package_show")({"user": ""}, {"id": dataset["id"]})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None


def served(app: Any, dataset: dict[str, Any], resource_id: str, code: int = 200) -> bytes:
    url = f"/dataset/{dataset['id']}/resource/{resource_id}/download/localizzazioni.csv"
    answer = app.get(url, status=code, follow_redirects=False)
    return answer.data


@pytest.fixture
def live(officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset with one resource whose file is GOOD."""
    dataset = new_dataset(officer, organization)
    with_file(officer, dataset, GOOD)
    assert status(dataset) == "passed"
    return act("package_show", id=dataset["id"])


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


# -- every way to replace a live file by a broken one ----------------------------------------------------------------


def _update(officer: Person, live: dict[str, Any]) -> Any:
    (resource,) = live["resources"]
    return call(officer, "resource_update", **{**resource, "upload": upload(BROKEN)})


def _patch(officer: Person, live: dict[str, Any]) -> Any:
    return call(officer, "resource_patch", id=live["resources"][0]["id"], upload=upload(BROKEN))


def _package_update(officer: Person, live: dict[str, Any]) -> Any:
    changed = {
        **live,
        "title": "Cambiato insieme",
        "resources": [{**live["resources"][0], "upload": upload(BROKEN)}],
    }
    return call(officer, "package_update", **changed)


def _package_patch(officer: Person, live: dict[str, Any]) -> Any:
    resources = [{**live["resources"][0], "upload": upload(BROKEN)}]
    return call(officer, "package_patch", id=live["id"], resources=resources)


def _revise(officer: Person, live: dict[str, Any]) -> Any:
    key = f"update__resources__{live['resources'][0]['id']}"
    return call(officer, "package_revise", match={"id": live["id"]}, **{key: {"upload": upload(BROKEN)}})


def _create(officer: Person, live: dict[str, Any]) -> Any:
    return with_file(officer, live, BROKEN, name="Secondo file")


def _delete(officer: Person, live: dict[str, Any]) -> Any:
    return call(officer, "resource_delete", id=live["resources"][0]["id"])


def _other_schema(officer: Person, live: dict[str, Any]) -> Any:
    return call(
        officer, "resource_patch", id=live["resources"][0]["id"], table_schema="italiadomani/pnrr_soggetti"
    )


def _other_url(officer: Person, live: dict[str, Any]) -> Any:
    values = {"url": "http://203.0.113.1/rotto.csv", "url_type": "", "clear_upload": "true"}
    return call(officer, "resource_patch", id=live["resources"][0]["id"], **values)


WAYS = [
    _update,
    _patch,
    _package_update,
    _package_patch,
    _revise,
    _create,
    _delete,
    _other_schema,
    _other_url,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_broken_update_leaves_the_live_dataset_untouched(
    way: Any, officer: Person, live: dict[str, Any], app: Any
) -> None:
    before = seen_by_all(live)
    answer = way(officer, live)
    assert answer["staged"] is True
    assert seen_by_all(live) == before
    assert served(app, live, live["resources"][0]["id"]) == GOOD
    staged = call(officer, "opencohesion_quality_staged_show", id=live["id"])
    assert staged["status"] in ("pending", "failed", "unreadable")


def test_records_can_not_be_written_past_the_gate(officer: Person, live: dict[str, Any], app: Any) -> None:
    resource_id = live["resources"][0]["id"]
    for target in ({"resource_id": resource_id, "force": True}, {"resource": {"package_id": live["id"]}}):
        with pytest.raises(tk.ValidationError):
            call(officer, "datastore_create", records=[{"a": 1}], **target)
    assert len(act("package_show", id=live["id"])["resources"]) == 1
    assert served(app, live, resource_id) == GOOD


# -- a staged change -------------------------------------------------------------------------------------------------


def test_a_good_update_replaces_the_live_file_in_one_step(
    officer: Person, live: dict[str, Any], app: Any
) -> None:
    (resource,) = live["resources"]
    answer = call(officer, "resource_patch", id=resource["id"], upload=upload(BETTER), name="Nuovo nome")
    assert answer["staged"] is True
    assert answer["id"] == resource["id"]
    shown = seen_by_all(live)
    assert shown is not None
    assert shown["resources"][0]["name"] == "Nuovo nome"
    assert served(app, live, resource["id"]) == BETTER
    numbers = [row.number for row in model.Session.query(Release).order_by(Release.number)]
    assert numbers == [1, 2]


def test_every_published_version_stays_public(officer: Person, live: dict[str, Any], app: Any) -> None:
    (resource,) = live["resources"]
    call(officer, "resource_patch", id=resource["id"], upload=upload(BETTER))
    for number, content in ((1, GOOD), (2, BETTER)):
        url = f"/dataset/{live['name']}/resource/{resource['id']}/release/{number}/localizzazioni.csv"
        assert app.get(url).data == content


def test_metadata_of_a_live_dataset_changes_at_once(officer: Person, live: dict[str, Any], app: Any) -> None:
    answer = call(officer, "package_patch", id=live["id"], title="Titolo migliore")
    assert "staged" not in answer
    call(officer, "resource_patch", id=live["resources"][0]["id"], description="Descrizione migliore")
    shown = seen_by_all(live)
    assert shown is not None
    assert shown["title"] == "Titolo migliore"
    assert shown["resources"][0]["description"] == "Descrizione migliore"
    assert served(app, live, live["resources"][0]["id"]) == GOOD


def test_a_staged_change_is_laid_on_what_is_live_when_it_passes(
    officer: Person, live: dict[str, Any]
) -> None:
    (resource,) = live["resources"]
    call(officer, "resource_patch", id=resource["id"], upload=upload(BROKEN))
    call(officer, "package_patch", id=live["id"], title="Titolo cambiato intanto")
    call(officer, "resource_patch", id=resource["id"], description="Descrizione cambiata intanto")
    call(officer, "resource_patch", id=resource["id"], upload=upload(BETTER))
    shown = seen_by_all(live)
    assert shown is not None
    assert shown["title"] == "Titolo cambiato intanto"
    assert shown["resources"][0]["description"] == "Descrizione cambiata intanto"
    assert shown["resources"][0]["size"] == len(BETTER)


def test_a_discarded_change_is_gone(officer: Person, live: dict[str, Any]) -> None:
    call(officer, "resource_patch", id=live["resources"][0]["id"], upload=upload(BROKEN))
    call(officer, "opencohesion_quality_staged_discard", id=live["id"])
    with pytest.raises(tk.ObjectNotFound):
        call(officer, "opencohesion_quality_staged_show", id=live["id"])


def test_a_resource_that_is_only_staged_can_be_mended_and_forgotten(
    officer: Person, live: dict[str, Any]
) -> None:
    staged = with_file(officer, live, BROKEN, name="Secondo")
    call(officer, "resource_patch", id=staged["id"], upload=upload(BETTER))
    shown = seen_by_all(live)
    assert shown is not None
    assert [resource["id"] for resource in shown["resources"]] == [live["resources"][0]["id"], staged["id"]]

    third = with_file(officer, live, BROKEN, name="Terzo")
    assert call(officer, "resource_delete", id=third["id"])["staged"] is True
    with pytest.raises(tk.ObjectNotFound):
        call(officer, "opencohesion_quality_staged_show", id=live["id"])


def test_a_staged_change_is_told_to_editors_only(
    officer: Person, outsider: Person, live: dict[str, Any]
) -> None:
    call(officer, "resource_patch", id=live["resources"][0]["id"], upload=upload(BROKEN))
    for who in ({"user": ""}, dict(outsider.context)):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("opencohesion_quality_staged_show")(dict(who), {"id": live["id"]})
        report = tk.get_action("opencohesion_quality_report_show")(dict(who), {"id": live["id"]})
        assert (report["target"], report["verdict"]) == ("current", "passed")
    mine = call(officer, "opencohesion_quality_report_show", id=live["id"])
    assert (mine["target"], mine["verdict"]) == ("staged", "failed")


def test_an_invalid_change_is_refused_and_nothing_is_staged(officer: Person, live: dict[str, Any]) -> None:
    changed = {
        **live,
        "title": "",
        "theme": [],
        "resources": [{**live["resources"][0], "upload": upload(BETTER)}],
    }
    with pytest.raises(tk.ValidationError):
        call(officer, "package_update", **changed)
    with pytest.raises(tk.ObjectNotFound):
        call(officer, "opencohesion_quality_staged_show", id=live["id"])


# -- who may ---------------------------------------------------------------------------------------------------------


def test_others_may_not_check_change_or_override(
    officer: Person, outsider: Person, live: dict[str, Any]
) -> None:
    for action in ("check", "staged_discard", "override"):
        with pytest.raises(tk.NotAuthorized):
            call(
                outsider,
                f"opencohesion_quality_{action}",
                id=live["id"],
                reason="Perché sì, perché lo dico io.",
            )
    with pytest.raises(tk.NotAuthorized):
        call(outsider, "resource_patch", id=live["resources"][0]["id"], upload=upload(BROKEN))


def test_the_uploader_may_not_override(
    manager: Person, organization: dict[str, Any], ckan_config: Any, administrator: Person
) -> None:
    ckan_config["ckanext.opencohesion.quality.data_office"] = organization["name"]
    reason = "La colonna vuota è prevista dalla delibera 12 del 2026."
    try:
        dataset = new_dataset(manager, organization, private=False)
        with_file(manager, dataset, BROKEN)
        with pytest.raises(tk.NotAuthorized):
            call(manager, "opencohesion_quality_override", id=dataset["id"], reason=reason)
        call(administrator, "opencohesion_quality_override", id=dataset["id"], reason=reason)
    finally:
        ckan_config["ckanext.opencohesion.quality.data_office"] = None
    shown = seen_by_all(dataset)
    assert shown is not None
    assert shown["quality_status"] == "overridden"
    report = tk.get_action("opencohesion_quality_report_show")({"user": ""}, {"id": dataset["id"]})
    assert report["overrides"][0]["reason"] == reason


def test_an_override_is_for_that_content_only(
    officer: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    dataset = new_dataset(officer, organization, private=False)
    resource = with_file(officer, dataset, BROKEN)
    call(
        administrator,
        "opencohesion_quality_override",
        id=dataset["id"],
        reason="Una ragione lunga abbastanza.",
    )
    assert seen_by_all(dataset) is not None
    call(officer, "resource_patch", id=resource["id"], upload=upload(BROKEN + b'"";"018"\n'))
    shown = seen_by_all(dataset)
    assert shown is not None
    assert shown["resources"][0]["size"] == len(BROKEN)


def test_personal_tax_codes_can_not_be_overridden(
    officer: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    leak = table('"RSSMRA85T10A562S";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"')
    dataset = new_dataset(officer, organization, private=False)
    with_file(officer, dataset, leak)
    assert status(dataset) == "failed"
    with pytest.raises(tk.ValidationError):
        call(
            administrator,
            "opencohesion_quality_override",
            id=dataset["id"],
            reason="Una ragione lunga abbastanza.",
        )
    report = call(officer, "opencohesion_quality_report_show", id=dataset["id"])
    assert "RSSMRA85T10A562S" not in str(report)


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
