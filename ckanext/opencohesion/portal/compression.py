"""Sends style sheets, scripts and drawings compressed, where no proxy in front does it.

Pages are left as they are: what a visitor sends comes back in them beside secrets (the CSRF token), and the length of a
compressed answer tells about its content (the BREACH attack). Style sheets, scripts and drawings hold no secrets.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

TYPES = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
# Below it there is nothing to gain, above it a whole file in memory is too much.
SMALLEST_BYTES, LARGEST_BYTES = 1_000, 4_000_000
LEVEL = 6


class Compression:
    """WSGI middleware around CKAN."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; compressed when the client takes gzip and the answer is a whole static text."""
        if environ["REQUEST_METHOD"] != "GET" or not _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return self._application(environ, start_response)
        # A server may pass files on by itself; then they could not be compressed here. The server still needs its own.
        environ = {name: value for name, value in environ.items() if name != "wsgi.file_wrapper"}
        started: list[Any] = []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], None]:
            found = {name.lower(): value for name, value in headers}
            if _worth_it(status, found):
                started.append((status, headers, exc_info))
                return lambda _data: None
            return start_response(status, headers, exc_info)

        answer = self._application(environ, start)
        if not started:
            return answer
        status, headers, exc_info = started[0]
        try:
            body = gzip.compress(b"".join(answer), LEVEL, mtime=0)
        finally:
            getattr(answer, "close", lambda: None)()
        start_response(status, _compressed_headers(headers, len(body)), exc_info)
        return [body]


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, options = part.strip().partition(";")
        if name.strip() == "gzip":
            return options.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _worth_it(status: str, headers: dict[str, str]) -> bool:
    length = headers.get("content-length", "")
    return (
        status.startswith("200")
        and headers.get("content-type", "").partition(";")[0].strip() in TYPES
        and "content-encoding" not in headers
        and length.isdigit()
        and SMALLEST_BYTES <= int(length) <= LARGEST_BYTES
    )


def _compressed_headers(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    kept = [
        (name, value) for name, value in headers if name.lower() not in ("content-length", "accept-ranges")
    ]
    # Another representation: its tag may only be a weak one.
    kept = [
        (name, f"W/{value}" if name.lower() == "etag" and not value.startswith("W/") else value)
        for name, value in kept
    ]
    return [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(length)), ("Vary", "Accept-Encoding")]
