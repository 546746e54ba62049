"""Login with an identity provider: a real one (oidc-provider-mock speaks the protocol over HTTP), and false answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from oidc_provider_mock import User, run_server_in_thread
from support.forms import send_login
from support.people import act, make_person

from ckanext.opencohesion.portal.audit.model import AuditEntry

OPTION = "ckanext.opencohesion.oidc."


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    people = [
        User(sub="anna", claims={"email": "anna@example.org", "email_verified": True, "name": "Anna Rossi"}),
        User(sub="bruno", claims={"email": "bruno@example.org", "email_verified": False}),
    ]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def portal(app: Any, issuer: str) -> Iterator[Any]:
    values = {"issuer": issuer, "client_id": "portal", "client_secret": "a-secret"}
    before = {name: tk.config[OPTION + name] for name in ("issuer", "client_id", "client_secret")}
    tk.config.update({OPTION + name: value for name, value in values.items()})
    yield app.test_client(use_cookies=True)
    tk.config.update({OPTION + name: value for name, value in before.items()})


def option(name: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tk.config, OPTION + name, value)


def at_the_provider(address: str, who: str) -> str:
    """Choose who one is on the provider's page; return where it sends the browser back to, path and query."""
    answer = requests.post(address, data={"sub": who}, allow_redirects=False, timeout=10)
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def way_there(portal: Any, came_from: str = "") -> str:
    answer = portal.get("/user/oidc", query_string={"came_from": came_from}, follow_redirects=False)
    assert answer.status_code == 302
    return answer.headers["Location"]


def log_in(portal: Any, who: str, came_from: str = "") -> Any:
    return portal.get(at_the_provider(way_there(portal, came_from), who), follow_redirects=False)


def is_logged_in(portal: Any) -> bool:
    return portal.get("/user/edit", follow_redirects=False).status_code == 200


def test_a_person_with_an_account_comes_in_and_is_known_again(portal: Any) -> None:
    act("user_create", name="anna-rossi", email="Anna@example.org", password="something-long-1")
    answer = log_in(portal, "anna", "/organization/")
    assert urlsplit(answer.headers["Location"]).path == "/organization/"
    assert is_logged_in(portal)
    # from now on the provider's own name for her counts, whatever her address
    act("user_patch", id="anna-rossi", email="anna.rossi@elsewhere.example")
    portal.get("/user/_logout")
    assert not is_logged_in(portal)
    log_in(portal, "anna")
    assert is_logged_in(portal)
    logins = model.Session.scalars(sa.select(AuditEntry.actor_name).where(AuditEntry.event == "login"))
    assert list(logins) == ["anna-rossi", "anna-rossi"]


def test_the_question_has_pkce_state_and_nonce(portal: Any) -> None:
    asked = parse_qs(urlsplit(way_there(portal)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["state"][0]) > 20
    assert len(asked["nonce"][0]) > 20
    assert asked["redirect_uri"] == [f"{tk.config['ckan.site_url']}/user/oidc/done"]


def test_who_has_no_account_gets_none_unless_wanted(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = log_in(portal, "anna")
    assert "/user/login" in answer.headers["Location"]
    assert not is_logged_in(portal)
    option("create_users", True, monkeypatch)
    log_in(portal, "anna")
    assert is_logged_in(portal)
    made = model.User.by_email("anna@example.org")
    assert made is not None
    assert (made.name, made.fullname, made.sysadmin) == ("anna", "Anna Rossi", False)


def test_an_address_that_is_not_proven_opens_no_account(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    act("user_create", name="bruno-bianchi", email="bruno@example.org", password="something-long-1")
    log_in(portal, "bruno")
    assert not is_logged_in(portal)
    option("trust_email", True, monkeypatch)
    log_in(portal, "bruno")
    assert is_logged_in(portal)


def test_a_second_person_does_not_get_a_linked_account(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    log_in(portal, "anna")
    portal.get("/user/_logout")
    act("user_patch", id="anna-rossi", email="bruno@example.org")
    option("trust_email", True, monkeypatch)
    option("create_users", True, monkeypatch)
    log_in(portal, "bruno")
    assert not is_logged_in(portal)


def test_nobody_waits_for_a_colleague_with_the_colleague_s_address(portal: Any) -> None:
    """Account pre-hijacking: an address that one wrote into one's own account proves nothing."""
    waiting = make_person()
    headers = {"Authorization": waiting.token}
    own = act("user_show", id=waiting.name)
    changed = {"id": own["id"], "email": "anna@example.org"}
    answer = portal.post("/api/3/action/user_patch", json=changed, headers=headers)
    assert answer.status_code == 200, answer.text
    log_in(portal, "anna")
    assert not is_logged_in(portal)
    act("user_patch", id=waiting.name, email="x@example.org")
    act("user_patch", id=waiting.name, email="anna@example.org")
    log_in(portal, "anna")
    assert is_logged_in(portal)


def test_a_deleted_user_stays_out(portal: Any) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    log_in(portal, "anna")
    portal.get("/user/_logout")
    act("user_delete", id="anna-rossi")
    log_in(portal, "anna")
    assert not is_logged_in(portal)


@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.replace("code=", "code=x"),
        lambda back: back.partition("?")[0],
        lambda back: back.partition("?")[0] + "?error=access_denied&state=x",
        lambda back: back + "&iss=https://elsewhere.example",
    ],
)
def test_an_answer_that_was_tampered_with_is_refused(portal: Any, change: Any) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    back = at_the_provider(way_there(portal), "anna")
    answer = portal.get(change(back), follow_redirects=False)
    assert "/user/login" in answer.headers["Location"]
    assert not is_logged_in(portal)


def test_an_answer_for_another_browser_or_a_second_time_is_refused(app: Any, portal: Any) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    back = at_the_provider(way_there(portal), "anna")
    other = app.test_client(use_cookies=True)
    other.get(back, follow_redirects=False)
    assert not is_logged_in(other)
    portal.get(back, follow_redirects=False)
    assert is_logged_in(portal)
    portal.get("/user/_logout")
    portal.get(back, follow_redirects=False)
    assert not is_logged_in(portal)


def test_a_way_of_logging_in_that_is_too_weak_is_refused(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    option("acr", ["https://www.spid.gov.it/SpidL2"], monkeypatch)
    assert "acr_values=https" in way_there(portal)
    log_in(portal, "anna")
    assert not is_logged_in(portal)


def test_no_open_redirect_after_login(portal: Any) -> None:
    act("user_create", name="anna-rossi", email="anna@example.org", password="something-long-1")
    for away in (
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "user.logout",
    ):
        for page in ("/user/oidc", "/user/login"):
            assert portal.get(page, query_string={"came_from": away}).status_code == 400, away
    assert urlsplit(log_in(portal, "anna", "/dataset/").headers["Location"]).path == "/dataset/"


def test_passwords_can_be_for_sysadmins_only(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    option("only", True, monkeypatch)
    officer, sysadmin = make_person(), make_person(sysadmin=True)
    sent = portal.get("/user/login", follow_redirects=False)
    assert urlsplit(sent.headers["Location"]).path == "/user/oidc"
    assert portal.get("/user/login?password=1").status_code == 200
    send_login(portal, officer.name, officer.password)
    assert not is_logged_in(portal)
    send_login(portal, sysadmin.name, sysadmin.password)
    assert is_logged_in(portal)


def test_a_provider_that_is_away_is_told_in_a_sentence(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    option("issuer", "http://localhost:9", monkeypatch)
    assert 'role="status"' in portal.get("/en/user/oidc").text
    assert "The login did not work" in portal.get("/en/user/oidc").text


def test_without_a_provider_there_is_no_such_page(app: Any) -> None:
    assert app.get("/user/oidc").status_code == 404
    assert app.get("/user/oidc/done").status_code == 404
