"""A real SMTP server on 127.0.0.1 that keeps what it is given."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from typing import Any


class MailServer:
    """`server.address` is for the option `smtp.server`; `server.mails` are the messages that arrived."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 tests")
                while line := self.rfile.readline():
                    verb = line[:4].upper().strip()
                    if verb == b"DATA":
                        self._say("354 go on")
                        self._take()
                    self._say("221 bye" if verb == b"QUIT" else "250 ok")
                    if verb == b"QUIT":
                        return

            def _take(self) -> None:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))

            def _say(self, words: str) -> None:
                self.wfile.write(f"{words}\r\n".encode())

        return Handler
