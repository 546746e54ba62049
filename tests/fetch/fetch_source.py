"""A web server of sockets, so that a test can misbehave byte by byte."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ckanext.opencohesion.fetch.client import Fetched, NotModified
from ckanext.opencohesion.fetch.policy import FetchPolicy

Answer = Callable[[socket.socket, str], None]
"""Gets the connection and the head of the request; the connection is closed when it returns."""


def send(status: str, *headers: str, body: bytes = b"", length: int | None = None) -> Answer:
    """An answer of one piece; ``length`` overrides the true Content-Length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8")

    def answer(connection: socket.socket, _: str) -> None:
        connection.sendall(head + body)

    return answer


@dataclass
class Source:
    """A server on 127.0.0.1; every path has its answer, or a list of answers to be given in turn."""

    port: int
    host: str = "127.0.0.1"
    scheme: str = "http"
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.split(" ", 2)[1] for request in self.requests]

    def handle(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
            self.requests.append(head.decode("latin-1"))
            planned = self.answers[head.split(b" ")[1].decode().partition("?")[0]]
            if isinstance(planned, list):
                planned = planned.pop(0)
            try:
                planned(connection, self.requests[-1])
            except OSError:
                # the client has had enough: what most of these tests are about
                return


def _serve(source: Source, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return

        def work(connection: socket.socket = connection) -> None:
            try:
                source.handle(tls.wrap_socket(connection, server_side=True) if tls else connection)
            except OSError:
                connection.close()

        threading.Thread(target=work, daemon=True).start()


def started(tls: ssl.SSLContext | None = None) -> Iterator[Source]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        source = Source(port=listener.getsockname()[1], scheme="https" if tls else "http")
        threading.Thread(target=_serve, args=(source, listener, tls), daemon=True).start()
        yield source
        source.ended.set()


#: What the tests allow themselves: their own servers, small and quick.
OPEN = FetchPolicy(
    max_bytes=1024 * 1024,
    connect_timeout_seconds=2,
    read_timeout_seconds=2,
    total_timeout_seconds=10,
    max_retry_wait_seconds=3,
    allow_private=(ipaddress.ip_network("127.0.0.0/8"),),
)

Get = Callable[..., Fetched | NotModified]
