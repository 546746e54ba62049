"""What the activity stream keeps of a dataset: CKAN freezes the whole dataset, and who may see it, in every row."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields, make_organization, make_person
from twins import set_live

from ckanext.opencohesion.quality.visibility import rewrite_activity_labels

pytestmark = pytest.mark.usefixtures("clean_db")

UNPROVEN, PROVEN = "Testo mai provato", "Testo provato"


@pytest.fixture
def dataset(organization: dict[str, Any], officer: Person) -> dict[str, Any]:
    """A dataset that was edited before it was live, and edited again since."""
    editing: dict[str, Any] = {"user": officer.name, "ignore_auth": True}
    fields = dataset_fields(organization["id"], notes=UNPROVEN, private=True)
    created = tk.get_action("package_create")(dict(editing), fields)
    set_live(created["id"], live=True)
    for notes in (PROVEN, f"{PROVEN} due"):
        tk.get_action("package_patch")(dict(editing), {"id": created["id"], "notes": notes})
    return created


@pytest.fixture
def details_for_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option by which a portal lets everyone compare the versions of a dataset (off in ours)."""
    monkeypatch.setitem(config, "ckan.auth.public_activity_stream_detail", True)


def activities(package_id: str) -> list[dict[str, Any]]:
    """Return all activities of a dataset, the oldest first."""
    return act("package_activity_list", id=package_id)[::-1]


def told(app: Any, action: str, person: Person | None = None, **parameters: str) -> Any:
    headers = person.headers if person else {}
    return app.get(f"/api/3/action/{action}", query_string=parameters, headers=headers)


def test_a_live_dataset_shows_its_public_changes_and_none_of_before(
    dataset: dict[str, Any], app: Any, officer: Person, outsider: Person
) -> None:
    everything = [row["id"] for row in activities(dataset["id"])]
    assert len(everything) == 3
    for person in (None, outsider):
        shown = told(app, "package_activity_list", person, id=dataset["id"])
        assert [row["id"] for row in shown.json["result"]] == everything[:0:-1]
        assert PROVEN in shown.text
        assert UNPROVEN not in shown.text
    assert UNPROVEN in told(app, "package_activity_list", officer, id=dataset["id"]).text


@pytest.mark.usefixtures("details_for_everyone")
def test_no_detail_of_a_change_shows_what_was_before_the_dataset_was_live(
    dataset: dict[str, Any], app: Any
) -> None:
    before, first, second = (row["id"] for row in activities(dataset["id"]))

    shown = told(app, "activity_diff", id=second, object_type="package").text
    assert PROVEN in shown
    assert PROVEN in told(app, "activity_data_show", id=first, object_type="package").text

    compared = told(app, "activity_diff", id=first, object_type="package")
    assert compared.status_code == 404
    assert UNPROVEN not in compared.text
    for action in ("activity_data_show", "activity_show"):
        refused = told(app, action, id=before, object_type="package", include_data="true")
        assert refused.status_code == 403
        assert UNPROVEN not in refused.text

    assert app.get(f"/dataset/changes/{second}").status_code == 200
    pages = (
        f"/dataset/changes/{first}",
        f"/dataset/changes_multiple?new_id={second}&old_id={first}",
        f"/dataset/{dataset['name']}/history/{before}",
        f"/dataset/activity/{dataset['name']}",
    )
    for page in pages:
        assert UNPROVEN not in app.get(page).text, page


@pytest.mark.usefixtures("details_for_everyone")
def test_the_editor_still_compares_with_what_was_before(
    dataset: dict[str, Any], app: Any, officer: Person
) -> None:
    first = activities(dataset["id"])[1]["id"]
    assert UNPROVEN in told(app, "activity_diff", officer, id=first, object_type="package").text


def test_a_withdrawn_dataset_leaves_no_public_row(
    dataset: dict[str, Any], app: Any, officer: Person, outsider: Person
) -> None:
    def labels() -> list[list[str]]:
        query = "SELECT permission_labels FROM activity WHERE object_id = :id ORDER BY timestamp"
        return [row[0] for row in model.Session.execute(sa.text(query), {"id": dataset["id"]})]

    assert "public" in labels()[-1]
    act("follow_user", id=officer.name)
    set_live(dataset["id"], live=False)
    rewrite_activity_labels(dataset["id"])
    model.Session.commit()
    assert all("public" not in row for row in labels())
    for action in ("recently_changed_packages_activity_list", "user_activity_list"):
        shown = told(app, action, outsider, id=officer.name)
        assert shown.status_code == 200
        assert dataset["id"] not in shown.text
        assert dataset["id"] in told(app, action, officer, id=officer.name).text


def test_what_was_withdrawn_does_not_come_back_when_the_mended_dataset_goes_live(
    dataset: dict[str, Any], app: Any, officer: Person
) -> None:
    set_live(dataset["id"], live=False)
    rewrite_activity_labels(dataset["id"])
    model.Session.commit()
    set_live(dataset["id"], live=True)
    rewrite_activity_labels(dataset["id"])
    model.Session.commit()
    shown = told(app, "package_activity_list", id=dataset["id"])
    assert shown.json["result"] == []
    assert PROVEN in told(app, "package_activity_list", officer, id=dataset["id"]).text


def test_the_history_before_goes_with_the_dataset_to_its_new_organization(
    dataset: dict[str, Any], app: Any, officer: Person
) -> None:
    newcomer_office = make_organization()
    newcomer = make_person(organization=newcomer_office["id"])
    assert UNPROVEN not in told(app, "package_activity_list", newcomer, id=dataset["id"]).text

    model.Session.query(model.Package).filter_by(id=dataset["id"]).update(
        {"owner_org": newcomer_office["id"]}
    )
    rewrite_activity_labels(dataset["id"])
    model.Session.commit()
    assert UNPROVEN in told(app, "package_activity_list", newcomer, id=dataset["id"]).text
    assert UNPROVEN not in told(app, "package_activity_list", officer, id=dataset["id"]).text
    assert PROVEN in told(app, "package_activity_list", officer, id=dataset["id"]).text
