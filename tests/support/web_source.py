"""A real HTTP server on 127.0.0.1 that plays a source on the network: what it answers, and how badly, a test tells it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What a path answers: `pause_seconds` before the first byte, or between the pieces of `body` when it is a list."""

    body: bytes | list[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause_seconds: float = 0


@dataclass(frozen=True)
class Request:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class WebSource:
    """`source.put("/a.csv", b"a;b")` makes http://127.0.0.1:<port>/a.csv answer; `source.requests` tells what was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, Answer | Callable[[Request], Answer]] = {}
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the source, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(
        self,
        path: str,
        body: bytes | list[bytes] = b"",
        *,
        status: int = 200,
        pause_seconds: float = 0,
        **headers: str,
    ) -> str:
        """Let `path` answer with `body` from now on and return its address. content_type="text/csv" sets a header."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        self._answers[path] = Answer(body, status, named, pause_seconds)
        return self.url + path

    def put_function(self, path: str, function: Callable[[Request], Answer]) -> str:
        """Let `path` answer what `function` makes of each request, and return its address."""
        self._answers[path] = function
        return self.url + path

    def close(self) -> None:
        """Stop answering."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        source = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(self.command, self.path, dict(self.headers), self.rfile.read(length))
                source.requests.append(request)
                known = source._answers.get(self.path.partition("?")[0], Answer(b"not here", 404))
                answer = known(request) if callable(known) else known
                try:
                    self._send(answer)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                pieces = answer.body if isinstance(answer.body, list) else [answer.body]
                self._pause(answer.pause_seconds)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in answer.headers:
                    self.send_header("Content-Length", str(sum(map(len, pieces))))
                self.end_headers()
                if self.command == "HEAD":
                    return
                for number, piece in enumerate(pieces):
                    if number:
                        self._pause(answer.pause_seconds)
                    self.wfile.write(piece)
                    self.wfile.flush()

            def _pause(self, seconds: float) -> None:
                deadline = time.monotonic() + seconds
                while time.monotonic() < deadline and not source._closing.is_set():
                    time.sleep(0.02)

            do_GET = do_HEAD = do_POST = _answer

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: pytest's output is for failures."""

        return Handler
