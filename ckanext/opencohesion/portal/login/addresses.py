"""Whose request it is: the visitor's address behind reverse proxies, and the part of it that guesses are counted by."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> list[Network]:
    """Read networks in CIDR form. Raises ValueError where one is none."""
    return [ipaddress.ip_network(text, strict=False) for text in texts]


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address of who asks.

    `peer` is who opened the connection. Only where that is a trusted proxy is its X-Forwarded-For looked at, from the
    right: the first address that no trusted proxy has is the visitor's, what stands left of it anyone may have written.
    """
    peer = _plain(peer) or peer
    if not _trusted(peer, trusted):
        return peer
    for text in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        address = _plain(text)
        if address is None:
            return peer
        peer = address
        if not _trusted(peer, trusted):
            break
    return peer


def _plain(text: str) -> str | None:
    """An address in its one form: a socket for both families calls IPv4 addresses ``::ffff:192.0.2.1``. None: it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _trusted(text: str, trusted: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in trusted)


def household(address: str) -> str:
    """What attempts from an address are counted by: an IPv6 customer has a /64 and changes within it at will."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False))


class ClientAddress:
    """WSGI middleware: REMOTE_ADDR is the visitor's address, and no header says otherwise."""

    def __init__(self, application: Application, trusted_proxies: Iterable[str]) -> None:
        self._application = application
        self._trusted = networks(trusted_proxies)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        peer = str(environ.get("REMOTE_ADDR", ""))
        # CKAN would take the visitor's word for it
        forwarded_for = str(environ.pop("HTTP_X_FORWARDED_FOR", ""))
        environ["REMOTE_ADDR"] = client_address(peer, forwarded_for, self._trusted)
        return self._application(environ, start_response)
