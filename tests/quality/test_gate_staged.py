"""A change to what is live waits for its verdict: a bad one destroys nothing, a good one comes in one step."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from gate_world import (
    BETTER,
    BROKEN,
    GOOD,
    call,
    live_dataset,
    seen_by_all,
    served,
    upload,
    with_file,
)
from support.people import Person, act

from ckanext.opencohesion.quality.model import Release

pytestmark = pytest.mark.usefixtures("request_context")


@pytest.fixture
def live(officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset with one resource whose file is GOOD."""
    return live_dataset(officer, organization)


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
