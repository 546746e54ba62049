"""Questions from the public: asking, who reads what, answering, moderation, and what keeps programs out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import mailer
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from hypothesis import given
from hypothesis import strategies as st
from support import people
from support.people import Person

from ckanext.opencohesion.stewardship.questions import guard, mail, rules, store
from ckanext.opencohesion.stewardship.questions.model import Question, utcnow

TEXT = "Alla riga 12 l'importo è negativo: è giusto?"
XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>"
EMAIL = "cittadina@example.org"


@pytest.fixture
def dataset(app: Any, publish: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    with app.flask_app.test_request_context():
        return publish()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between opening and sending a form."""
    monkeypatch.setattr(guard, "LEAST_SECONDS", 0)


def form(app: Any, dataset: dict[str, Any], **headers: str) -> dict[str, str]:
    page = BeautifulSoup(app.get(f"/dataset/{dataset['name']}/ask", headers=headers).body, "html.parser")
    return {
        node["name"]: node.get("value", "")
        for node in page.select("main form input[type=hidden], form.oc-form input[type=hidden]")
    }


def send(app: Any, dataset: dict[str, Any], status: int = 302, **values: str) -> Any:
    data = {**form(app, dataset), "kind": "mistake", "text": TEXT, **values}
    return app.post(f"/dataset/{dataset['name']}/ask", data=data, status=status, follow_redirects=False)


def stored() -> list[Question]:
    model.Session.expire_all()
    return model.Session.query(Question).order_by(Question.created).all()


def call(person: Person, action: str, **data: Any) -> Any:
    return tk.get_action(action)(dict(person.context), data)


def test_a_visitor_asks_the_office_answers_and_everyone_reads_it(
    app: Any, dataset: dict[str, Any], officer: Person, patient: None
) -> None:
    send(app, dataset, resource_id=dataset["resources"][0]["id"], place="riga 12")
    (question,) = stored()
    assert (question.kind, question.text, question.place) == ("mistake", TEXT, "riga 12")
    page = f"/dataset/{dataset['name']}"
    assert TEXT not in app.get(page).body.replace("&#39;", "'"), (
        "nothing is shown before the office has answered"
    )
    inbox = app.get("/dashboard/questions", headers=officer.headers).body
    assert "Domande (1 in sospeso)" in inbox
    assert f"/dashboard/questions/{question.id}" in inbox
    one = f"/dashboard/questions/{question.id}"
    assert "riga 12" in app.get(one, headers=officer.headers).body
    app.post(
        one,
        headers=officer.headers,
        data={
            "do": "answer",
            "answer": "È uno storno.",
            "public_text": "L'importo alla riga 12?",
            "publish": "true",
        },
        follow_redirects=False,
    )
    shown = BeautifulSoup(app.get(page).body, "html.parser").select_one(f"#question-{question.id}")
    assert shown is not None
    assert "L'importo alla riga 12?" in shown.get_text()
    assert "È uno storno." in shown.get_text()
    assert TEXT not in shown.get_text(), "what the officer redacted stays with the office"
    (public,) = app.get(f"/api/3/action/opencohesion_question_list?id={dataset['id']}").json["result"]
    assert set(public) == {"id", "kind", "resource_id", "text", "answer", "asked", "published"}
    app.post(one, headers=officer.headers, data={"do": "close", "reason": "Doppione"}, follow_redirects=False)
    assert "È uno storno." not in app.get(page).body
    (closed,) = stored()
    assert (closed.status, closed.published, closed.closing_reason) == ("closed", None, "Doppione")


@pytest.mark.parametrize("state", ["live", "private", "deleted"])
def test_who_reads_and_asks_in_which_state(
    app: Any,
    dataset: dict[str, Any],
    officer: Person,
    outsider: Person,
    administrator: Person,
    patient: None,
    state: str,
) -> None:
    send(app, dataset)
    question_id = stored()[0].id
    with app.flask_app.test_request_context():
        member = people.make_person(organization=dataset["owner_org"], role="member")
        other = people.make_person(organization=people.make_organization()["id"], role="admin")
        call(
            officer,
            "opencohesion_question_answer",
            id=question_id,
            answer="Sì.",
            publish=True,
            public_text=TEXT,
        )
        if state == "private":
            people.act("package_patch", id=dataset["id"], private=True)
        if state == "deleted":
            people.act("package_delete", id=dataset["id"])
    live = state == "live"
    # what is deleted is its editors' alone
    member_sees = state != "deleted"
    seen = {
        "": live,
        "outsider": live,
        "other": live,
        "member": member_sees,
        "officer": True,
        "sysadmin": True,
    }
    headers: dict[str, dict[str, str]] = {
        "": {},
        "outsider": outsider.headers,
        "other": other.headers,
        "member": member.headers,
        "officer": officer.headers,
        "sysadmin": administrator.headers,
    }
    for who, sees in seen.items():
        listed = f"/api/3/action/opencohesion_question_list?id={dataset['id']}"
        app.get(listed, headers=headers[who], status=200 if sees else 404)
        app.get(f"/dataset/{dataset['name']}/ask", headers=headers[who], status=200 if sees else 404)
        handles = who in ("officer", "sysadmin")
        app.get(f"/dashboard/questions/{question_id}", headers=headers[who], status=200 if handles else 404)
        one = app.get(
            f"/api/3/action/opencohesion_question_show?id={question_id}",
            headers=headers[who],
            status=200 if handles else 404,
        )
        assert (TEXT in one.json.get("result", {}).get("text", "")) == handles
    unknown = app.get(
        "/api/3/action/opencohesion_question_show?id=nobody", headers=outsider.headers, status=404
    )
    known = app.get(
        f"/api/3/action/opencohesion_question_show?id={question_id}", headers=outsider.headers, status=404
    )
    assert unknown.json["error"] == known.json["error"], "nobody learns which questions there are"


def test_only_who_answers_for_the_organization_acts(
    app: Any, dataset: dict[str, Any], outsider: Person, patient: None
) -> None:
    send(app, dataset)
    question_id = stored()[0].id
    with app.flask_app.test_request_context():
        member = people.make_person(organization=dataset["owner_org"], role="member")
        for person in (outsider, member):
            for action, data in (
                ("opencohesion_question_answer", {"answer": "No.", "publish": True, "public_text": TEXT}),
                ("opencohesion_question_close", {"reason": "Motivo"}),
            ):
                with pytest.raises(tk.ObjectNotFound):
                    call(person, action, id=question_id, **data)
            assert call(person, "opencohesion_question_inbox", status="all")["count"] == 0
            with pytest.raises(tk.NotAuthorized):
                call(person, "opencohesion_question_inbox", organization=dataset["owner_org"])
    assert stored()[0].status == "open"
    app.get("/dashboard/questions?status=nonsense", headers=outsider.headers, status=400)
    app.get("/dashboard/questions?page=minus", headers=outsider.headers, status=400)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "joke"}, "Scegli di che cosa si tratta."),
        ({"text": "breve"}, "Scrivi almeno 10 caratteri."),
        ({"text": "x" * 4001}, "Scrivi al massimo 4000 caratteri"),
        ({"place": "y" * 201}, "Scrivi al massimo 200 caratteri"),
        ({"resource_id": "elsewhere"}, "Scegli un file di questo dataset"),
        ({"website": "https://spam.example"}, "Lascia vuoto questo campo"),
        ({"form_token": "forged"}, "Il modulo non è stato aperto da questa pagina"),
        ({"email": "nobody"}, "non è un indirizzo e-mail|non è un solo indirizzo"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    app: Any, dataset: dict[str, Any], patient: None, values: dict[str, str], told: str
) -> None:
    answer = send(app, dataset, status=400, **values)
    assert any(words in answer.body.replace("&#39;", "'") for words in told.split("|")) or "email" in values
    assert "aria-invalid" in answer.body or 'role="alert"' in answer.body
    assert not stored()
    if "text" not in values:
        assert TEXT in answer.body.replace("&#39;", "'"), "what was written is still in the form"


def test_programs_are_kept_out(app: Any, dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Invio troppo rapido" in send(app, dataset, status=400).body
    monkeypatch.setattr(guard, "LEAST_SECONDS", 0)
    values = {**form(app, dataset), "kind": "other", "text": TEXT}
    path = f"/dataset/{dataset['name']}/ask"
    app.post(path, data=values, status=302, follow_redirects=False)
    assert "già stato inviato" in app.post(path, data=values, status=400).body
    answers = [send(app, dataset, status=None) for _ in range(5)]
    assert [one.status_code for one in answers] == [302] * 4 + [400]
    assert "troppe domande" in answers[-1].body
    assert len(stored()) == 5
    keys = [key.decode() for key in connect_to_redis().scan_iter("opencohesion:question:*")]
    assert not any("127.0.0.1" in key for key in keys)
    assert all(connect_to_redis().ttl(key) > 0 for key in keys), "nothing of it stays"


def test_what_is_written_never_runs(
    app: Any, dataset: dict[str, Any], officer: Person, patient: None
) -> None:
    send(app, dataset, text=XSS, place=XSS)
    question_id = stored()[0].id
    with app.flask_app.test_request_context():
        call(
            officer, "opencohesion_question_answer", id=question_id, answer=XSS, public_text=XSS, publish=True
        )
        # the officer's own title is no safer than the visitor's words
        people.act("package_patch", id=dataset["id"], title=XSS)
    pages = [
        ("/dashboard/questions?status=all", officer.headers),
        (f"/dashboard/questions/{question_id}", officer.headers),
    ]
    pages += [
        (f"/dataset/{dataset['name']}", {}),
        (f"/dataset/{dataset['name']}/ask?place={XSS}&kind={XSS}", {}),
    ]
    for path, headers in pages:
        page = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
        assert not page.select("[onerror]"), path
        assert "alert(1)" in page.get_text(), path
        executable = [s for s in page.select("script") if s.get("type") != "application/ld+json"]
        assert not any("alert(1)" in (s.string or "") for s in executable), path


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What is given to CKAN's mailer, which speaks with the outside."""
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setitem(tk.config, "smtp.mail_from", "portale@example.org")
    monkeypatch.setattr(
        mailer,
        "mail_recipient",
        lambda _name, address, subject, body, **_more: sent.append((address, subject, body)),
    )
    return sent


class _Handle:
    def __init__(self, key: str) -> None:
        self.job = type("Job", (), {"key": key})()


def test_mail_goes_to_the_contact_and_the_answer_to_who_asked(
    app: Any, dataset: dict[str, Any], officer: Person, patient: None, letters: list[tuple[str, str, str]]
) -> None:
    send(app, dataset, email=EMAIL)
    question_id = stored()[0].id
    for page in (f"/dashboard/questions/{question_id}", "/dashboard/questions"):
        assert EMAIL not in app.get(page, headers=officer.headers).body, "not even the officer sees it"
    handle: Any = _Handle(question_id)
    with app.flask_app.test_request_context():
        assert mail.send_asked(handle, {}) == {"sent": True}
        call(officer, "opencohesion_question_answer", id=question_id, answer="È giusto.")
        assert mail.send_answered(handle, {}) == {"sent": True}
    (contact, subject, body), (asker, _subject, answer) = letters
    assert (contact, asker) == ("dati@example.org", EMAIL)
    assert "Nuova domanda" in subject
    assert EMAIL not in body
    assert "È giusto." in answer


def test_addresses_are_forgotten_in_time(app: Any, dataset: dict[str, Any], clean_db: None) -> None:
    now = utcnow()
    ages = {
        "answered long ago": ("answered", now - timedelta(days=31), now - timedelta(days=40), None),
        "answered lately": ("answered", now - timedelta(days=5), now - timedelta(days=40), EMAIL),
        "never handled": ("open", None, now - timedelta(days=366), None),
        "waits": ("open", None, now - timedelta(days=100), EMAIL),
    }
    for text, (status, handled, created, _kept) in ages.items():
        values = {"status": status, "handled": handled, "created": created, "email": EMAIL}
        model.Session.add(
            Question(package_id=dataset["id"], kind="other", text=text, language="it", **values)
        )
    model.Session.commit()
    handle: Any = _Handle("periodic")
    assert store.purge_addresses(handle, {}) == {"purged": 2}
    assert {q.text: q.email for q in stored()} == {text: kept for text, (*_rest, kept) in ages.items()}


def test_without_a_mail_server_no_address_is_asked_for_nor_kept(
    app: Any, dataset: dict[str, Any], patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tk.config, "smtp.mail_from", "")
    assert 'name="email"' not in app.get(f"/dataset/{dataset['name']}/ask").body
    send(app, dataset, email=EMAIL)
    assert stored()[0].email is None


@given(st.text())
def test_a_cleaned_text_can_be_kept_and_is_stable(text: str) -> None:
    once = rules.clean_text(text)
    assert "\x00" not in once
    assert "\u202e" not in once
    assert once == once.strip()
    assert rules.clean_text(once) == once


def test_a_token_serves_one_dataset_once_for_a_day() -> None:
    token = guard.new_token("secret", "a")
    for secret, package in (("other", "a"), ("secret", "b")):
        with pytest.raises(guard.BadTokenError, match="missing"):
            guard.read_token(secret, token, package)
    with pytest.raises(guard.BadTokenError, match="quick"):
        guard.read_token("secret", token, "a")
