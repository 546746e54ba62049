"""Which IP addresses are public: the one list, with the reason for each network that Python does not know.

``ipaddress`` follows IANA's special-purpose registries, but its answers changed between patch releases of
Python 3.11 and it calls multicast "global"; what must hold whatever the release is said here.
"""

from __future__ import annotations

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC: tuple[IPNetwork, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; also one cloud's metadata service
        "168.63.129.16/32",  # a public number that is a cloud's host agent
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890; also one cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays, deprecated by RFC 7526
        "2001::/23",  # IETF protocol assignments, with Teredo (2001::/32), which carries IPv4 inside
        "2002::/16",  # 6to4, RFC 3056: carries any IPv4 address inside
        "3fff::/20",  # documentation, RFC 9637
    )
)
#: All that is assigned to the public IPv6 internet; everything else (mapped, local, link, site) is not.
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
#: An IPv6-only network reaches the IPv4 internet through this prefix, RFC 6052.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_allowed(address: str, allow_private: tuple[IPNetwork, ...] = ()) -> bool:
    """Whether a connection to this address may be opened: it is public, or lies in an allowed network.

    ``address`` is what a resolver or a socket gave; anything that is no address is not allowed.
    """
    try:
        ip = _inner(ipaddress.ip_address(address))
    except ValueError:
        return False
    return is_public(ip) or any(ip in network for network in allow_private)


def is_public(ip: IPAddress) -> bool:
    """Whether this address belongs to the public internet."""
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    if ip.version == 6 and ip not in _IPV6_UNICAST:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _inner(ip: IPAddress) -> IPAddress:
    """The address that a packet to ``ip`` ends at: the IPv4 address inside a mapped or NAT64 one."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
