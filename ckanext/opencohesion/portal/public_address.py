"""Makes every request look as if it had been made to the portal's public address.

A proxy passes on its own idea of host, scheme and path, and whatever of that is believed may come back in a link, a
redirect or an RDF document. The public address is known from the configuration, so nothing that a client or a proxy says
about it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SAID_BY_PROXIES = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_SCRIPT_NAME",
)


class PublicAddress:
    """WSGI middleware around CKAN.

    `root_path` is CKAN's option `ckan.root_path`, such as `/opendata/{{LANG}}`. Proxies that pass the path on and
    proxies that take it off both work: it is taken off here where it is still there, and CKAN puts it in front of links.
    """

    def __init__(self, application: Application, site_url: str, root_path: str) -> None:
        self._application = application
        address = urlsplit(site_url)
        self._scheme = address.scheme
        self._host = address.netloc
        self._name = address.hostname or ""
        self._port = str(address.port or (443 if address.scheme == "https" else 80))
        self._prefix = root_path.replace("{{LANG}}", "").rstrip("/")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        for name in SAID_BY_PROXIES:
            environ.pop(name, None)
        environ["HTTP_HOST"] = self._host
        environ["SERVER_NAME"] = self._name
        environ["SERVER_PORT"] = self._port
        environ["wsgi.url_scheme"] = self._scheme
        path = environ.get("PATH_INFO", "")
        if self._prefix and (path == self._prefix or path.startswith(f"{self._prefix}/")):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._application(environ, start_response)
