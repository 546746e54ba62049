"""Whatever a client or a proxy says about host, scheme and path, CKAN is asked at the public address."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.opencohesion.portal.public_address import PublicAddress


def asked(site_url: str, root_path: str, environ: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        seen.update(environ)
        return []

    PublicAddress(application, site_url, root_path)(environ, lambda *_: None)
    return seen


def test_the_proxys_host_and_scheme_are_not_believed() -> None:
    seen = asked(
        "https://dati.example.it",
        "",
        {
            "HTTP_HOST": "10.0.0.7:5000",
            "HTTP_X_FORWARDED_HOST": "evil.example.com",
            "HTTP_X_FORWARDED_PROTO": "http",
            "HTTP_FORWARDED": "host=evil.example.com",
            "wsgi.url_scheme": "http",
            "PATH_INFO": "/dataset",
        },
    )
    assert (seen["HTTP_HOST"], seen["wsgi.url_scheme"], seen["SERVER_PORT"]) == (
        "dati.example.it",
        "https",
        "443",
    )
    assert not any("evil" in str(value) for value in seen.values())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/opendata/dataset/x", "/dataset/x"),
        ("/opendata/en/dataset", "/en/dataset"),
        ("/opendata", "/"),
        ("/opendata/", "/"),
        ("/dataset/x", "/dataset/x"),
        ("/opendatabase", "/opendatabase"),
    ],
)
def test_the_path_of_the_address_is_taken_off_where_the_proxy_left_it(path: str, expected: str) -> None:
    seen = asked("https://dati.example.it", "/opendata/{{LANG}}", {"PATH_INFO": path})
    assert seen["PATH_INFO"] == expected


def test_a_port_in_the_address_is_kept() -> None:
    seen = asked("http://127.0.0.1:5000", "", {"HTTP_HOST": "localhost"})
    assert (seen["HTTP_HOST"], seen["SERVER_NAME"], seen["SERVER_PORT"]) == (
        "127.0.0.1:5000",
        "127.0.0.1",
        "5000",
    )
