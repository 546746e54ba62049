"""What PORTAL_* variables mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import SettingError
from ops.settings import CHECKOUT, from_environment


def test_without_variables_the_portal_is_calabrias_on_port_5000_below_the_checkout() -> None:
    settings = from_environment({})
    assert (settings.port, settings.region, settings.demo, settings.bind) == (
        5000,
        "18",
        "sample",
        "127.0.0.1",
    )
    assert settings.state == CHECKOUT / ".portal"
    assert settings.venv == CHECKOUT / ".portal" / "venv"
    assert (settings.url, settings.root_path) == ("http://127.0.0.1:5000", "")


def test_tests_never_meet_the_portal_of_the_same_shell() -> None:
    environment = {
        "PORTAL_STATE": "/srv/portal",
        "PORTAL_PORT": "5000",
        "PORTAL_URL": "https://dati.example.it",
    }
    portal, tests = from_environment(environment), from_environment(environment, testing=True)
    assert tests.state == Path("/srv/portal-test")
    assert tests.port != portal.port
    assert tests.url == f"http://127.0.0.1:{tests.port}"
    assert (tests.database, tests.datastore) == ("ckan_test", "datastore_test")


def ports(port: int) -> list[int]:
    settings = from_environment({"PORTAL_PORT": str(port)})
    return [
        settings.port,
        settings.solr_port,
        settings.redis_port,
        settings.postgres_port,
        settings.supervisor_port,
    ]


@given(st.integers(min_value=1024, max_value=65535))
def test_every_part_has_a_port_of_its_own_that_needs_no_root(port: int) -> None:
    mine = ports(port)
    assert len(set(mine)) == 5
    assert all(1024 <= other < 65536 for other in mine)


@given(st.integers(min_value=1024, max_value=65535), st.integers(min_value=1, max_value=500))
def test_portals_on_near_ports_share_none(port: int, distance: int) -> None:
    neighbour = port + distance if port + distance < 65536 else port - distance
    assert not set(ports(port)) & set(ports(neighbour))


@pytest.mark.parametrize(
    ("url", "site_url", "root_path"),
    [
        ("https://dati.example.it", "https://dati.example.it", ""),
        ("https://dati.example.it/", "https://dati.example.it", ""),
        ("https://dati.example.it/opendata/", "https://dati.example.it", "/opendata"),
        ("http://dati.example.it:8080/a/b", "http://dati.example.it:8080", "/a/b"),
    ],
)
def test_the_public_address_may_have_a_path(url: str, site_url: str, root_path: str) -> None:
    settings = from_environment({"PORTAL_URL": url})
    assert (settings.site_url, settings.root_path) == (site_url, root_path)


def test_this_machine_asks_the_server_where_it_listens() -> None:
    everywhere = from_environment(
        {"PORTAL_BIND": "0.0.0.0", "PORTAL_URL": "https://dati.example.it/opendata"}
    )
    assert everywhere.local_url == "http://127.0.0.1:5000/opendata"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PORT", "http"),
        ("PORTAL_PORT", "0"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_URL", "dati.example.it"),
        ("PORTAL_URL", "ftp://dati.example.it"),
        ("PORTAL_REGION", "21"),
        ("PORTAL_REGION", "9"),
        ("PORTAL_REGION", "Calabria"),
        ("PORTAL_DEMO", "no/such/folder"),
        ("PORTAL_DEMO", "live"),
    ],
)
def test_a_value_that_can_not_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name}={value}"):
        from_environment({name: value})
