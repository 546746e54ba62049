"""Where the fetcher may go and how much it may take.

The threat: whoever writes a resource's URL makes *our server* send the request. From inside it reaches
what the internet does not: the database, Solr, Redis, the cloud's metadata service with its credentials.
Looking at the URL is not enough. A harmless name may resolve to 127.0.0.1, now or only at the second
question (DNS rebinding); ``http://2130706433/`` and ``http://0177.1/`` are spellings of 127.0.0.1;
``::ffff:127.0.0.1`` and ``64:ff9b::7f00:1`` carry it inside an IPv6 address; a good site may redirect
to it. So the address is checked where nothing can change any more: the very address that the socket is
then opened to, again at every redirect. The other half of the threat is a server that never ends: it hangs,
drips a byte a second, sends without end, or sends little that unpacks to much. Hence the limits.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .addresses import IPNetwork

Resolver = Callable[[str, int], Sequence[str]]
"""From host name and port to the addresses to try, in order; raises OSError where there is none."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver for the addresses of ``host``. Raises OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True)
class FetchPolicy:
    """The limits of one fetch; a value without side effects.

    ``max_bytes`` counts what is received and what it unpacks to. ``total_timeout_seconds`` is all a fetch may
    take, with redirects, waits and further attempts. ``allow_private`` names the networks that are not
    public and yet may be reached. ``proxy`` is the URL of a forward proxy, which then resolves names and has
    to guard its own networks (the environment's ``http_proxy`` is never read). ``ca_file`` holds other
    certificate authorities than the system's. ``resolver`` answers host names.
    """

    max_bytes: int = 2 * 1024**3
    connect_timeout_seconds: float = 10.0
    read_timeout_seconds: float = 30.0
    total_timeout_seconds: float = 900.0
    max_redirects: int = 5
    max_attempts: int = 3
    max_retry_wait_seconds: float = 60.0
    min_interval_seconds: float = 0.0
    user_agent: str = "ckanext-opencohesion"
    allow_private: tuple[IPNetwork, ...] = ()
    proxy: str | None = None
    ca_file: str | None = None
    resolver: Resolver = resolve
