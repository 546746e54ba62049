"""Laws of the address policy: no address of a network that is not public passes, however it is written."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.fetch.addresses import is_allowed
from ckanext.opencohesion.fetch.policy import resolve

# Independent of the code: IANA's special-purpose registries (RFC 6890 and its updates), which are not
# globally reachable, multicast, and two clouds' host services.
NOT_PUBLIC_4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32",
]  # fmt: skip
NOT_PUBLIC_6 = [
    "::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
    "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip

PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450:4002::200e",
]


def addresses_in(networks: list[str]) -> st.SearchStrategy[int]:
    def within(network: str) -> st.SearchStrategy[int]:
        parsed = ipaddress.ip_network(network)
        return st.integers(int(parsed.network_address), int(parsed.broadcast_address))

    return st.sampled_from(networks).flatmap(within)


def ipv4_spellings(number: int) -> list[str]:
    """The ways in which the C library reads an IPv4 address."""
    a, b, c, d = number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255
    return [
        f"{a}.{b}.{c}.{d}",
        str(number),
        hex(number),
        f"0{number:o}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"0x{a:02X}.{number & 0xFFFFFF}",
    ]


@given(addresses_in(NOT_PUBLIC_4))
def test_no_ipv4_spelling_of_a_network_that_is_not_public_passes(number: int):
    for spelling in ipv4_spellings(number):
        resolved = resolve(spelling, 80)
        assert resolved == [str(ipaddress.IPv4Address(number))], "the spelling does not mean this address"
        assert not any(is_allowed(address) for address in resolved)


@given(addresses_in(NOT_PUBLIC_4))
def test_no_ipv6_address_that_carries_such_an_ipv4_address_passes(number: int):
    carriers = {
        "mapped": 0xFFFF << 32 | number,
        "compatible": number,
        "NAT64": 0x64FF9B << 96 | number,
        "local NAT64": 0x64FF9B0001 << 80 | number,
        "6to4": 0x2002 << 112 | number << 80,
        "Teredo": 0x20010000 << 96 | number ^ 0xFFFFFFFF,
    }
    for name, carrier in carriers.items():
        address = ipaddress.IPv6Address(carrier)
        for spelling in (address.compressed, address.exploded, address.exploded.upper()):
            assert not is_allowed(spelling), (name, spelling)


@given(addresses_in(NOT_PUBLIC_6))
def test_no_ipv6_network_that_is_not_public_passes(number: int):
    address = ipaddress.IPv6Address(number)
    assert not is_allowed(address.compressed)
    assert not is_allowed(address.exploded)
    assert not is_allowed(f"{address}%1")


@given(st.text(max_size=60))
def test_what_is_no_address_never_passes(text: str):
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_allowed(text)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str):
    assert is_allowed(address)


@pytest.mark.parametrize("address", ["::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_ipv4_address_inside_an_ipv6_one_passes(address: str):
    assert is_allowed(address)


def test_only_the_networks_that_are_named_are_allowed_in_addition():
    allowed = (ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fd00:1::/32"))
    assert is_allowed("10.20.3.4", allowed)
    assert is_allowed("::ffff:10.20.3.4", allowed)
    assert is_allowed("fd00:1::7", allowed)
    assert not is_allowed("10.21.3.4", allowed)
    assert not is_allowed("fd00:2::7", allowed)
    assert not is_allowed("127.0.0.1", allowed)


def test_the_systems_resolver_knows_this_machine():
    assert "127.0.0.1" in resolve("localhost", 80)
    with pytest.raises(socket.gaierror):
        resolve("non-esiste.invalid", 80)
