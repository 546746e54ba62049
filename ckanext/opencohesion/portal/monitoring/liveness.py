"""/healthz: the process answers. It asks nothing of any service, so that their faults do not have it restarted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Liveness:
    """WSGI middleware in front of CKAN, which would ask its database at every request."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") != "/healthz":
            return self._application(environ, start_response)
        start_response(
            "200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        )
        return [b"ok\n"]
