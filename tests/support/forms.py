"""Sends a page's form as a browser does: with the token that the page gave."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r'name="_csrf_token"[^>]*value="([^"]+)"')


def token_of(client: Any, address: str) -> str:
    """The token in the form of a page. `client` keeps cookies."""
    found = _TOKEN.search(client.get(address).get_data(as_text=True))
    assert found, f"{address} has no form with a token"
    return found[1]


def send_login(client: Any, login: str, password: str, **sent: Any) -> Any:
    """Open the login page and send its form. `sent`: more fields, or ``environ_overrides``."""
    environ = sent.pop("environ_overrides", {})
    token = token_of(client, "/user/login?password=1")
    data = {"login": login, "password": password, "_csrf_token": token, **sent}
    return client.post("/user/login", data=data, environ_overrides=environ, follow_redirects=False)
