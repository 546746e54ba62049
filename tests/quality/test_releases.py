"""Published versions: who gets them in which state, how one is taken down, and when its bytes go."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from support import people
from support.people import Person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality import releases
from ckanext.opencohesion.quality.storage.uploader import content_store

FIRST = b"anno;comune;importo\n2024;Cosenza;1500,00\n"
SECOND = FIRST + b"2025;Crotone;2500,50\n"
REASON = "Conteneva righe che non dovevano essere pubbliche."


def upload(body: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(body), filename="dati.csv")


def age(sha256: str) -> Path:
    """Make stored bytes old enough to be deleted."""
    path = content_store().path(sha256)
    before = time.time() - 2 * releases.GRACE_SECONDS
    os.utime(path, (before, before))
    return path


@pytest.fixture
def two(app: Any, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset whose file has two published versions."""
    with app.flask_app.test_request_context():
        dataset = people.act(
            "package_create", **people.dataset_fields(organization["id"], version_notes="Prima uscita.")
        )
        resource = people.act(
            "resource_create", package_id=dataset["id"], name="Dati", upload=upload(FIRST), url=""
        )
        people.act("package_patch", id=dataset["id"], version_notes="Aggiunto il 2025.")
        people.act("resource_patch", id=resource["id"], upload=upload(SECOND))
        shown = people.act("package_show", id=dataset["id"])
        assert shown["quality_live"]
        return shown


def listed(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    return people.act("opencohesion_quality_release_list", id=dataset["id"])


def withdraw(person: Person, dataset: dict[str, Any], number: Any, reason: str = REASON) -> dict[str, Any]:
    values = {"resource_id": dataset["resources"][0]["id"], "number": number, "reason": reason}
    return tk.get_action("opencohesion_quality_release_withdraw")(
        dict(person.context), {"id": dataset["id"], **values}
    )


def path_of(dataset: dict[str, Any], number: int) -> str:
    return f"/dataset/{dataset['id']}/resource/{dataset['resources'][0]['id']}/release/{number}/dati.csv"


def test_every_version_stays_with_its_facts_and_is_served_safely(app: Any, two: dict[str, Any]) -> None:
    with app.flask_app.test_request_context():
        newest, oldest = listed(two)
    assert (newest["number"], newest["rows"], newest["notes"]) == (2, 2, "Aggiunto il 2025.")
    assert (oldest["number"], oldest["rows"], oldest["notes"]) == (1, 1, "Prima uscita.")
    assert oldest["url"].endswith(path_of(two, 1))
    answer = app.get(path_of(two, 1))
    assert answer.data == FIRST
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    app.get(path_of(two, 1), headers={"If-None-Match": answer.headers["ETag"]}, status=304)
    part = app.get(path_of(two, 1), headers={"Range": "bytes=5-10"}, status=206)
    assert part.data == FIRST[5:11]
    for number in (3, 10**12):
        app.get(path_of(two, number), status=404)


@pytest.mark.parametrize("state", ["live", "private", "deleted"])
def test_who_gets_a_version_in_which_state(
    app: Any,
    two: dict[str, Any],
    state: str,
    officer: Person,
    outsider: Person,
    administrator: Person,
) -> None:
    with app.flask_app.test_request_context():
        if state == "private":
            people.act("package_patch", id=two["id"], private=True)
        if state == "deleted":
            people.act("package_delete", id=two["id"])
    public = state == "live"
    for headers, gets in (
        ({}, public),
        (outsider.headers, public),
        (officer.headers, True),
        (administrator.headers, True),
    ):
        for path in (path_of(two, 1), path_of(two, 2)):
            app.get(path, headers=headers, status=200 if gets else 404)
        listing = f"/api/3/action/opencohesion_quality_release_list?id={two['id']}"
        assert (
            "Prima uscita." in app.get(listing, headers=headers, status=200 if gets else 404).body
        ) == gets


def test_a_version_taken_down_says_so_and_its_bytes_go(
    app: Any, two: dict[str, Any], officer: Person, manager: Person, outsider: Person
) -> None:
    with app.flask_app.test_request_context():
        path = age(listed(two)[1]["sha256"])
        for person in (officer, outsider):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                withdraw(person, two, 1)
        with pytest.raises(tk.ValidationError):
            withdraw(manager, two, 1, reason="breve")
        with pytest.raises(tk.ValidationError):
            withdraw(manager, two, "uno")
        with pytest.raises(tk.ObjectNotFound):
            withdraw(manager, two, 7)
        assert path.exists()
        assert withdraw(manager, two, 1)["bytes_deleted"] is True
        assert not path.exists()
        gone = listed(two)[1]
        assert gone["withdrawn_reason"] == REASON
        assert "sha256" not in gone
    answer = app.get(path_of(two, 1), status=410)
    assert REASON in answer.body
    assert "è stata ritirata" in answer.body
    assert "ritirata il" in app.get(f"/dataset/{two['name']}").body
    assert app.get(path_of(two, 2)).data == SECOND


def test_the_present_version_is_not_taken_down_by_mistake(
    app: Any, two: dict[str, Any], manager: Person
) -> None:
    with app.flask_app.test_request_context():
        with pytest.raises(tk.ValidationError, match=r"adesso|now"):
            withdraw(manager, two, 2)
        people.act("package_patch", id=two["id"], private=True)
        path = age(listed(two)[0]["sha256"])
        assert withdraw(manager, two, 2)["bytes_deleted"] is False
        assert path.exists(), "the resource still stands for these bytes"
    app.get(path_of(two, 2), headers=manager.headers, status=410)


def test_bytes_stay_while_something_stands_for_them_or_an_upload_may(
    app: Any, two: dict[str, Any], manager: Person
) -> None:
    with app.flask_app.test_request_context():
        twin = people.act("resource_create", package_id=two["id"], name="Copia", upload=upload(FIRST), url="")
        first = next(one["sha256"] for one in listed(two) if one["number"] == 1)
        path = age(first)
        assert withdraw(manager, two, 1)["bytes_deleted"] is False
        assert path.exists(), "another file of the portal is the same"
        people.act("resource_delete", id=twin["id"])
        row = releases.release_of(two["id"], twin["id"], 1)
        assert row is not None
        content_store().path(first).touch()
        assert releases.withdraw(row, user_id="somebody", reason=REASON) is False, (
            "stored just now: for the next sweep"
        )
        age(first)
        assert releases.sweep(None, {}) == {"gone": 1}  # pyright: ignore[reportArgumentType]
        assert not path.exists()


def test_the_button_is_the_managers_and_acts(
    app: Any, two: dict[str, Any], manager: Person, officer: Person
) -> None:
    action = f"/dataset/{two['name']}/resource/{two['resources'][0]['id']}/release/1/withdraw"
    assert action in app.get(f"/dataset/{two['name']}", headers=manager.headers).body
    assert action not in app.get(f"/dataset/{two['name']}", headers=officer.headers).body
    app.post(action, headers=officer.headers, data={"reason": REASON}, status=403, follow_redirects=False)
    app.post(action, headers=manager.headers, data={"reason": REASON}, follow_redirects=False)
    app.get(path_of(two, 1), status=410)
