"""The headers that protect pages, and those that open the data to other sites."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.opencohesion.portal.security import headers

PAGES = ("/", "/dataset/", "/organization/", "/user/login", "/dataset/does-not-exist", "/en/")


def policy_of(answer: Any) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return dict(directive.partition(" ")[::2] for directive in directives)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_may_load_and_run_only_what_comes_from_the_portal(app: Any, address: str) -> None:
    answer = app.get(address)
    policy = policy_of(answer)
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "/api/3/action/package_search",
        "/catalog.rdf",
        "/feeds/dataset.atom",
        "/api/3/action/package_show?id=x",
    ],
)
def test_data_may_be_read_by_other_sites_without_cookies(app: Any, address: str) -> None:
    answer = app.get(address)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_site_may_make_a_browser_write(app: Any) -> None:
    answer = app.post("/api/3/action/package_search", json={})
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = app.options("/api/3/action/package_create", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Headers" not in asked.headers


def test_https_is_kept_to_where_the_portal_has_it(app: Any) -> None:
    assert "Strict-Transport-Security" not in app.get("/user/login").headers
    with helpers.changed_config("ckan.site_url", "https://dati.example.it"):
        answer = app.get("/user/login")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "upgrade-insecure-requests" in policy_of(answer)


def test_no_exception_allows_scripts_in_the_page_or_from_elsewhere() -> None:
    for endpoint in headers.RELAXED:
        policy = headers.content_security_policy(
            f"x{endpoint}" if endpoint[0] == "." else endpoint, https=True
        )
        assert "script-src 'self';" in policy
        assert "script-src-" not in policy
        assert "default-src 'self';" in policy


def test_the_exceptions_name_pages_that_exist(app: Any) -> None:
    endpoints = {rule.endpoint for rule in app.flask_app.url_map.iter_rules()}
    last_parts = {f".{endpoint.rpartition('.')[2]}" for endpoint in endpoints}
    assert set(headers.RELAXED) <= endpoints | last_parts
