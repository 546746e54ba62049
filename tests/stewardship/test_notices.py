"""The end of a check, told to who waits for it: on the portal, by mail unless they said no, and never with a value."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from support.mail_server import MailServer
from support.people import Person, act, dataset_fields, make_person
from support.tax_codes import MARIO
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality import asking

PERSONAL = f"anno;nome;importo\n2024;{MARIO};1500,00\n".encode()
GOOD = b"anno;comune;importo\n2024;Cosenza;1500,00\n"


@pytest.fixture
def mail_server(ckan_config: Any) -> Iterator[MailServer]:
    server = MailServer()
    ckan_config["smtp.server"] = server.address
    ckan_config["smtp.mail_from"] = "portale@example.org"
    yield server
    server.close()


@pytest.fixture
def in_background(ckan_config: Any) -> None:
    """No file is so small that it is checked before the officer's page answers."""
    ckan_config["ckanext.opencohesion.quality.check_at_once_bytes"] = 0


def bring(
    app: Any, person: Person, organization: dict[str, Any], body: bytes, **fields: Any
) -> dict[str, Any]:
    """Save a dataset with one file as this person; left again before pages are asked for."""
    with app.flask_app.test_request_context():
        context: Any = dict(person.context)
        dataset = tk.get_action("package_create")(context, dataset_fields(organization["id"], **fields))
        values = {
            "name": "Dati",
            "format": "CSV",
            "upload": FileStorage(io.BytesIO(body), filename="dati.csv"),
        }
        context = dict(person.context)
        tk.get_action("resource_create")(context, {"package_id": dataset["id"], **values})
        return dataset


def notices(app: Any, person: Person) -> dict[str, Any]:
    return app.get("/api/3/action/opencohesion_notice_list", headers=person.headers).json["result"]


def test_who_waits_is_told_once_and_no_value_is_repeated(
    app: Any,
    officer: Person,
    organization: dict[str, Any],
    mail_server: MailServer,
    in_background: None,
    run_jobs: Callable[[], None],
) -> None:
    colleague = make_person(organization=organization["id"])
    dataset = bring(app, officer, organization, PERSONAL, title="Elenco\r\nBcc: x@example.org")
    assert notices(app, officer)["count"] == 0
    run_jobs()
    found = notices(app, officer)
    assert (found["count"], found["unseen"], found["results"][0]["verdict"]) == (1, 1, "failed")
    assert "non ha superato i controlli" in found["results"][0]["text"]
    assert notices(app, colleague)["count"] == 0
    [mail] = mail_server.mails
    assert mail["To"].addresses[0].addr_spec == f"{officer.name}@example.org"
    text = mail.get_content()
    assert f"/dataset/{dataset['name']}/quality" in text and "/dashboard/quality" in text
    assert MARIO not in mail.as_string() and "Bcc" not in mail
    assert "non ha superato i controlli" in text

    page = app.get("/dashboard/notices", headers=officer.headers).body
    assert f"/dataset/{dataset['name']}/quality" in page and MARIO not in page
    assert "Notifiche (1 da leggere)" in page
    app.post("/dashboard/notices/seen", headers=officer.headers)
    assert notices(app, officer)["unseen"] == 0


def test_who_said_no_gets_no_mail_but_the_notice(
    app: Any,
    officer: Person,
    organization: dict[str, Any],
    mail_server: MailServer,
    in_background: None,
    run_jobs: Callable[[], None],
) -> None:
    app.post("/dashboard/notices/mail", headers=officer.headers, data={})
    assert notices(app, officer)["mail"] is False
    bring(app, officer, organization, GOOD)
    run_jobs()
    found = notices(app, officer)
    assert [one["verdict"] for one in found["results"]] == ["passed"]
    assert found["results"][0]["live"] is True
    assert mail_server.mails == []
    app.post("/dashboard/notices/mail", headers=officer.headers, data={"mail": "true"})
    assert notices(app, officer)["mail"] is True


def test_what_nobody_asked_for_is_told_to_the_office_only_if_there_is_something_to_do(
    app: Any,
    officer: Person,
    manager: Person,
    organization: dict[str, Any],
    mail_server: MailServer,
    run_jobs: Callable[[], None],
) -> None:
    reader = make_person(organization=organization["id"], role="member")
    good = bring(app, officer, organization, GOOD)
    bad = bring(app, officer, organization, PERSONAL)
    assert notices(app, officer)["count"] == 0, "checked before the page answered: it told the outcome"
    with app.flask_app.test_request_context():
        for dataset in (good, bad):
            package = model.Package.get(dataset["id"])
            assert package is not None
            asking.request_check(package, later=True)
        model.Session.commit()
    run_jobs()
    for person in (officer, manager):
        assert [one["dataset"]["id"] for one in notices(app, person)["results"]] == [bad["id"]]
    assert notices(app, reader)["count"] == 0
    assert mail_server.mails == []
    act("organization_member_delete", id=organization["id"], username=officer.name)
    assert notices(app, officer)["results"][0]["dataset"] is None
    assert bad["title"] not in app.get("/dashboard/notices", headers=officer.headers).body


def test_notices_are_each_one_s_own(app: Any, officer: Person) -> None:
    assert "/user/login" in app.get("/dashboard/notices", follow_redirects=False).headers["Location"]
    app.get("/dashboard/notices?page=x", headers=officer.headers, status=400)
    for path in ("seen", "mail"):
        assert app.post(f"/dashboard/notices/{path}", follow_redirects=False).status_code in (302, 403)
    assert app.get("/api/3/action/opencohesion_notice_list").status_code == 403


def test_who_may_decide_is_told_that_something_awaits_them(
    app: Any, officer: Person, manager: Person, organization: dict[str, Any], mail_server: MailServer
) -> None:
    contacts = b"ente;contatto\nComune di prova;nome.cognome@example.org\n"
    dataset = bring(app, officer, organization, contacts)
    [told] = notices(app, manager)["results"]
    assert (told["verdict"], told["dataset"]["id"]) == ("awaiting_approval", dataset["id"])
    assert "attende la decisione di una persona" in told["text"]
    assert notices(app, officer)["count"] == 0, (
        "who brought the data does not decide, and was told by the page"
    )
    assert "nome.cognome" not in str(told)
