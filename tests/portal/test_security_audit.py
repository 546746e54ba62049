"""The audit log: every act leaves its entry, with who did it; nothing in it can be changed unnoticed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.forms import send_login
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.portal.audit import seals
from ckanext.opencohesion.portal.audit.events import EVENTS
from ckanext.opencohesion.portal.audit.model import AuditEntry, utcnow

SHARED_PASSWORD = "a-password-for-tests"


def entries(**conditions: Any) -> list[AuditEntry]:
    model.Session.expire_all()
    query = sa.select(AuditEntry).filter_by(**conditions).order_by(AuditEntry.id)
    return list(model.Session.scalars(query))


def events_of(name: str) -> list[str]:
    return [entry.event for entry in entries(object_name=name)]


def api(app: Any, action: str, person: Person, **data: Any) -> Any:
    answer = app.post(f"/api/3/action/{action}", json=data, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json["result"]


def test_acts_through_the_api_name_who_did_them(app: Any, administrator: Person) -> None:
    office = make_organization(name="ufficio")
    person = make_person()
    api(app, "user_patch", administrator, id=person.name, sysadmin=True)
    api(app, "user_patch", administrator, id=person.name, sysadmin=False)
    member = {"id": office["id"], "username": person.name}
    api(app, "organization_member_create", administrator, **member, role="editor")
    api(app, "organization_member_create", administrator, **member, role="admin")
    api(app, "organization_member_delete", administrator, **member)
    api(app, "api_token_create", administrator, user=person.name, name="cron")
    api(app, "organization_patch", administrator, id="ufficio", email="nuovo@example.org")
    api(app, "config_option_update", administrator, **{"ckan.site_about": "Chi siamo"})
    api(app, "user_delete", administrator, id=person.name)

    found = entries(actor_name=administrator.name)
    told = [(entry.event, entry.object_name) for entry in found]
    who = person.name
    for expected in (
        ("sysadmin_granted", who),
        ("sysadmin_revoked", who),
        ("role_given", who),
        ("role_changed", who),
        ("role_taken", who),
        ("token_created", who),
        ("organization_changed", "ufficio"),
        ("setting_changed", "ckan.site_about"),
        ("user_deleted", who),
    ):
        assert told.count(expected) == 1, (expected, told)
    made = model.User.by_name(who)
    assert made is not None
    assert [entry.object_id for entry in entries(event="user_created", object_name=who)] == [made.id]
    changed = next(entry for entry in found if entry.event == "role_changed")
    assert changed.detail == {"role": "admin", "before": "editor", "in": "ufficio"}
    # names of what was changed, never the values
    assert "nuovo@example.org" not in str([entry.detail for entry in found])


def test_publication_and_take_down_are_written_by_the_job_that_does_them(
    app: Any, officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    fields = dataset_fields(organization["id"], name="pubblicato", private=False)
    dataset = tk.get_action("package_create")(officer.context, fields)
    file = FileStorage(io.BytesIO(b"anno;importo\n2024;10\n2025;20\n"), "spesa.csv")
    tk.get_action("resource_create")(
        officer.context, {"package_id": dataset["id"], "name": "Spesa", "upload": file, "format": "CSV"}
    )
    run_jobs()
    told = events_of("pubblicato")
    assert told[0] == "dataset_created"
    assert "release_published" in told
    published = entries(event="published", object_name="pubblicato")
    assert [entry.detail.get("data_by") for entry in published] == [officer.name]
    act("package_patch", id=dataset["id"], private=True)
    run_jobs()
    assert "withdrawn" in events_of("pubblicato")
    act("package_delete", id=dataset["id"])
    assert events_of("pubblicato")[-1] == "dataset_deleted"


def test_an_act_that_is_rolled_back_leaves_no_entry(clean_db: None) -> None:
    model.Session.add(model.User(name="nobody-yet", email="x@example.org", password=SHARED_PASSWORD))
    model.Session.flush()
    assert events_of("nobody-yet") == ["user_created"]
    model.Session.rollback()
    assert events_of("nobody-yet") == []


def test_logins_are_written_with_the_address_and_a_typed_password_is_not(app: Any) -> None:
    person = make_person()
    for login, password in (
        (person.name, "wrong"),
        ("Hunter2-typed-here", "x"),
        (person.name, person.password),
    ):
        send_login(app.test_client(use_cookies=True), login, password)
    found = [entry for entry in entries() if entry.event.startswith("login")]
    assert [(entry.event, entry.object_name) for entry in found] == [
        ("login_failed", person.name),
        ("login_failed", ""),
        ("login", person.name),
    ]
    assert all(entry.address == "127.0.0.1" for entry in found)
    assert "Hunter2" not in str(
        [entry.as_dict() if hasattr(entry, "as_dict") else vars(entry) for entry in found]
    )


def test_only_sysadmins_see_it(app: Any, officer: Person, administrator: Person) -> None:
    for address in ("/ckan-admin/audit", "/ckan-admin/audit.csv", "/api/3/action/opencohesion_audit_list"):
        assert app.get(address).status_code == 403
        assert app.get(address, headers=officer.headers).status_code == 403
        assert app.get(address, headers=administrator.headers).status_code == 200


def test_the_page_filters_and_pages(app: Any, administrator: Person) -> None:
    make_person()
    page = app.get("/ckan-admin/audit?event=user_created&actor=system", headers=administrator.headers)
    assert page.text.count("<tr>") > 2
    empty = app.get("/ckan-admin/audit?event=role_taken", headers=administrator.headers)
    assert empty.text.count("<tr>") == 0
    assert app.get("/en/ckan-admin/audit?page=2", headers=administrator.headers).status_code == 200
    today = utcnow().date().isoformat()
    table = app.get(f"/ckan-admin/audit.csv?since={today}&until={today}", headers=administrator.headers)
    rows = list(csv.reader(io.StringIO(table.text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["at", "event", "actor"]
    assert {row[1] for row in rows[1:]} >= {"user_created", "token_created"}
    for wrong in (
        "page=0",
        "page=x",
        "event=none",
        "since=yesterday",
        "until=9999-99-99",
        "since=0001-01-01",
    ):
        answer = app.get(f"/ckan-admin/audit?{wrong}", headers=administrator.headers)
        assert answer.status_code == 400, wrong


@pytest.mark.parametrize("statement", ["UPDATE oc_audit SET actor_name = 'x'", "DELETE FROM oc_audit"])
def test_the_database_refuses_to_change_an_entry(clean_db: None, statement: str) -> None:
    make_person()
    with pytest.raises(sa.exc.DBAPIError, match="only be added to"):
        model.Session.execute(sa.text(statement))
    model.Session.rollback()


def insert(days_ago: int, name: str) -> None:
    at = utcnow() - timedelta(days=days_ago)
    model.Session.add(
        AuditEntry(at=at, event="login", actor_name=name, object_type="user", object_name=name, detail={})
    )
    model.Session.commit()


def test_a_tampered_day_and_those_sealed_after_it_are_found(clean_db: None) -> None:
    for days_ago in (4, 3, 2, 0):
        insert(days_ago, f"person-{days_ago}")
    assert seals.seal_past_days() == 3
    assert seals.seal_past_days() == 0
    assert seals.broken_days() == []
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("ALTER TABLE oc_audit DISABLE TRIGGER oc_audit_append_only"))
        connection.execute(
            sa.text("UPDATE oc_audit SET actor_name = 'somebody' WHERE actor_name = 'person-3'")
        )
        connection.execute(sa.text("ALTER TABLE oc_audit ENABLE TRIGGER oc_audit_append_only"))
    model.Session.expire_all()
    assert seals.broken_days() == [(utcnow() - timedelta(days=3)).date()]


def test_entries_go_when_their_time_is_over(clean_db: None) -> None:
    for days_ago in (800, 700, 1):
        insert(days_ago, f"person-{days_ago}")
    seals.seal_and_clean(None, {})  # pyright: ignore[reportArgumentType]
    assert [entry.actor_name for entry in entries(event="login")] == ["person-700", "person-1"]
    assert seals.broken_days() == []


def test_every_act_has_a_name(clean_db: None) -> None:
    assert all(code.replace("_", "").isalpha() and name for code, name in EVENTS.items())
