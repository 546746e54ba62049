"""Who may see how the portal is: a monitoring system with the token, or at an address that the configuration names."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable


def may_see(authorization: str, address: str, token: str, networks: Iterable[str]) -> bool:
    """Whether a request with this Authorization header, from this address, is the monitoring system's.

    Without a configured `token` and `networks` nobody's is.
    """
    given = authorization.removeprefix("Bearer ").strip()
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    try:
        asked = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asked in ipaddress.ip_network(network, strict=False) for network in networks)
