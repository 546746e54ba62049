"""Opens sockets: to checked addresses only, and never beyond the end of the fetch's time."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from .addresses import is_allowed
from .errors import FetchFailedError, FetchRefusedError
from .policy import FetchPolicy


class Deadline:
    """The moment at which a fetch has to be over."""

    def __init__(self, seconds: float, host: str) -> None:
        self._seconds = seconds
        self._host = host
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds left, at most so many. Raises FetchFailedError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchFailedError("too_slow", host=self._host, seconds=round(self._seconds))
        return left if at_most is None else min(left, at_most)


class GuardedStream(httpcore.NetworkStream):
    """A connection on which every wait ends with the deadline.

    A time limit per read alone does not help: a server that sends one byte each second never exceeds it, not
    even before its first header is complete.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted; the certificate is checked against the name, not against the address."""
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLError):
                raise FetchFailedError("tls_failed", host=server_hostname or "") from None
            raise
        return GuardedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of the socket."""
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks each address, and opens the socket to the checked address itself.

    The name is never handed to the socket: between a check and a second resolution it could answer otherwise.
    """

    def __init__(self, policy: FetchPolicy, deadline: Deadline) -> None:
        self._policy = policy
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of ``host`` that accepts.

        Raises FetchRefusedError where any of them is not public: a name that answers both kinds is an
        attack or a mistake.
        """
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(address, port, self._deadline.left(timeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return GuardedStream(stream, self._deadline)
        raise failure or FetchFailedError("host_not_found", host=host)

    def _addresses(self, host: str, port: int) -> list[str]:
        if self._policy.proxy is not None:
            # httpcore only ever connects to the proxy then, which the configuration names
            return [host]
        try:
            addresses = list(self._policy.resolver(host, port))
        except (OSError, UnicodeError):
            raise FetchFailedError("host_not_found", host=host) from None
        if not all(is_allowed(address, self._policy.allow_private) for address in addresses):
            raise FetchRefusedError("address_not_allowed", host=host)
        return addresses


def check_behind_proxy(policy: FetchPolicy, host: str) -> None:
    """Refuse an address written as such, in any spelling, where a proxy resolves the names for us."""
    if policy.proxy is None:
        return
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        try:
            # the C library's reading of 127.1, 0x7f000001, 017700000001
            address = socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return
    if not is_allowed(address, policy.allow_private):
        raise FetchRefusedError("address_not_allowed", host=host)
