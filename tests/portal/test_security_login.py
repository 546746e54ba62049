"""Logins are slowed where passwords are guessed, the owner of an account is not, and sessions end."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckan.tests import helpers
from hypothesis import given
from hypothesis import strategies as st
from support.forms import send_login, token_of
from support.mail_server import MailServer
from support.people import Person, act, make_person

from ckanext.opencohesion.portal.login import sessions
from ckanext.opencohesion.portal.login.addresses import client_address, household, networks
from ckanext.opencohesion.portal.login.throttle import wait_after

WRONG = "Not the password at all"
TRUSTED = networks(["127.0.0.0/8", "10.0.0.0/8", "::1/128"])


class Browser:
    """A visitor with cookies of their own at some address."""

    def __init__(self, app: Any, address: str = "192.0.2.1") -> None:
        self._client = app.test_client(use_cookies=True)
        self._address = address

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def login(self, name: str, password: str, **form: str) -> Any:
        overrides = {"REMOTE_ADDR": self._address}
        return send_login(self._client, name, password, environ_overrides=overrides, **form)

    def is_logged_in(self) -> bool:
        return self._client.get("/user/edit", follow_redirects=False).status_code == 200


@pytest.fixture
def person(app: Any) -> Person:
    return make_person()


def fail(browser: Browser, name: str, times: int) -> list[int]:
    return [browser.login(name, WRONG).status_code for _ in range(times)]


def test_guessing_a_password_is_slowed_and_a_right_one_is_refused_meanwhile(app: Any, person: Person) -> None:
    guesser = Browser(app)
    assert fail(guesser, person.name, 6) == [200] * 6
    refused = guesser.login(person.name, person.password)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 2
    assert not guesser.is_logged_in()
    elsewhere = Browser(app, "198.51.100.7")
    assert elsewhere.login(f"{person.name}@example.org", person.password).status_code == 429


def test_nobody_is_flooded_with_mails_for_a_new_password(app: Any, person: Person) -> None:
    server = MailServer()

    def ask(name: str, number: int) -> Any:
        browser = app.test_client(use_cookies=True)
        data = {"user": name, "_csrf_token": token_of(browser, "/user/reset")}
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        return browser.post("/user/reset", data=data, environ_overrides=elsewhere, follow_redirects=False)

    try:
        with (
            helpers.changed_config("smtp.server", server.address),
            helpers.changed_config("smtp.mail_from", "portal@example.org"),
        ):
            asked = [ask(person.name, number).status_code for number in range(5)]
    finally:
        server.close()
    assert asked == [302, 302, 302, 302, 429]
    assert [mail["To"] for mail in server.mails] == [f"{person.name} <{person.name}@example.org>"] * 4
    # where no mail can be sent the answer is the same whether there is such an account or not
    answers = [ask(name, 9) for name in (person.name, "nobody-has-this-name")]
    assert [urlsplit(answer.headers["Location"]).path for answer in answers] == ["/user/login"] * 2


def test_an_account_that_does_not_exist_is_refused_in_the_same_words(app: Any, person: Person) -> None:
    answers = {}
    for number, name in enumerate((person.name, "nobody-has-this-name")):
        browser = Browser(app, f"192.0.2.{number}")
        fail(browser, name, 6)
        answers[name] = browser.login(name, WRONG)
    known, unknown = answers.values()
    assert known.status_code == unknown.status_code == 429
    assert "alert" in known.text
    strip = [a.text.split("alert", 1)[1].split("</div>")[0] for a in (known, unknown)]
    assert strip[0] == strip[1]


def test_who_has_logged_in_before_is_not_locked_out_by_a_stranger(app: Any, person: Person) -> None:
    owner = Browser(app, "203.0.113.5")
    assert owner.login(person.name, person.password).status_code == 302
    owner.get("/user/_logout")
    assert not owner.is_logged_in()
    stranger = Browser(app)
    fail(stranger, person.name, 8)
    assert stranger.login(person.name, person.password).status_code == 429
    assert owner.login(person.name, person.password).status_code == 302
    assert owner.is_logged_in()


def test_one_address_that_tries_many_accounts_is_slowed(app: Any) -> None:
    browser = Browser(app)
    statuses = [browser.login(f"name-{number}", WRONG).status_code for number in range(33)]
    assert statuses[:31] == [200] * 31
    assert 429 in statuses[31:]
    assert Browser(app, "198.51.100.9").login("name-1", WRONG).status_code == 200


def test_redis_holds_neither_names_nor_addresses(app: Any, person: Person) -> None:
    fail(Browser(app), person.name, 6)
    keys = [str(key) for key in connect_to_redis().keys("opencohesion:login:*")]
    assert len(keys) == 3
    assert not any(person.name in key or "192.0.2" in key for key in keys)


def test_a_malformed_form_is_answered_with_a_sentence(app: Any, person: Person) -> None:
    assert Browser(app).login(person.name, person.password, remember="for ever").status_code == 400


def test_the_cookies_are_out_of_scripts_reach(app: Any, person: Person) -> None:
    cookies = Browser(app).login(person.name, person.password).headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} >= {"oc_device", "ckan"}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_changed_password_ends_the_other_sessions(app: Any, person: Person) -> None:
    browser = Browser(app)
    browser.login(person.name, person.password)
    assert browser.is_logged_in()
    act("user_patch", id=person.name, password="a-new-password-1")
    assert not browser.is_logged_in()


def test_remember_me_does_not_outlive_the_session(app: Any, person: Person) -> None:
    browser = Browser(app)
    browser.login(person.name, person.password, remember="63072000")
    assert browser.is_logged_in()
    browser.delete_cookie("ckan", domain=urlsplit(config["ckan.site_url"]).hostname)
    assert not browser.is_logged_in()


@pytest.mark.parametrize(
    ("idle", "longest", "after", "good"),
    [
        (60, 0, 50, True),
        (60, 0, 70, False),
        (0, 3600, 3500, True),
        (0, 3600, 3700, False),
        (0, 0, 10**9, True),
    ],
)
def test_a_session_ends_after_its_time(idle: int, longest: int, after: int, good: bool) -> None:
    session: dict[str, Any] = {"_fresh": True}
    now = time.time()
    sessions.begin(session, "hash", "secret", now)
    assert sessions.goes_on(session, "hash", "secret", now + after, idle=idle, longest=longest) is good


def test_use_keeps_a_session_from_being_idle() -> None:
    session: dict[str, Any] = {"_fresh": True}
    sessions.begin(session, "hash", "secret", 0)
    for now in range(0, 1000, 90):
        assert sessions.goes_on(session, "hash", "secret", now, idle=100, longest=0)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("::ffff:127.0.0.1", "192.0.2.9", "192.0.2.9"),
        ("::ffff:192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
    ],
)
def test_the_visitor_s_address_is_what_a_trusted_proxy_saw(peer: str, forwarded: str, address: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == address


@given(st.lists(st.ip_addresses().map(str), max_size=6))
def test_no_header_moves_a_visitor_who_comes_without_a_proxy(claimed: list[str]) -> None:
    assert client_address("192.0.2.1", ", ".join(claimed), TRUSTED) == "192.0.2.1"


def test_an_ipv6_customer_is_one() -> None:
    assert household("2001:db8:1:2::5") == household("2001:db8:1:2:ffff::1") != household("2001:db8:1:3::5")
    assert household("192.0.2.1") != household("192.0.2.2")


@given(st.integers(0, 10**6), st.integers(0, 50), st.integers(1, 3600))
def test_the_wait_grows_and_has_an_end(failures: int, free: int, longest: int) -> None:
    wait = wait_after(failures, free, longest)
    assert 0 <= wait <= wait_after(failures + 1, free, longest) <= longest
    assert (wait == 0) == (failures <= free)
