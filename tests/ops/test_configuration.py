"""What the portal's parts are configured with."""

from __future__ import annotations

import stat
from configparser import ConfigParser, RawConfigParser
from pathlib import Path

import pytest

from ops import ckan_ini, postgres, programs, secret_store
from ops.settings import Settings, from_environment
from ops.supervisor import configuration


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return from_environment(
        {"PORTAL_STATE": str(tmp_path), "PORTAL_URL": "https://dati.example.it/a%20b", "PORTAL_PORT": "6789"}
    )


@pytest.fixture
def options(settings: Settings) -> dict[str, str]:
    ckan_ini.write(settings, secret_store.load_or_create(settings.state))
    parser = ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(settings.ini, "utf-8")
    return dict(parser["app:main"])


def test_secrets_are_made_once_and_read_by_their_owner_alone(settings: Settings) -> None:
    made = secret_store.load_or_create(settings.state)
    assert len(set(made.values())) == len(secret_store.NAMES)
    assert all(len(value) >= 32 for value in made.values())
    assert secret_store.load_or_create(settings.state) == made
    ckan_ini.write(settings, made)
    for name in ("secrets.json", "ckan.ini"):
        assert stat.S_IMODE((settings.state / name).stat().st_mode) == 0o600


def test_the_public_address_is_in_ckans_configuration(options: dict[str, str]) -> None:
    assert options["ckan.site_url"] == "https://dati.example.it"
    assert options["ckan.root_path"] == "/a%20b/{{LANG}}"
    assert options["ckanext.dcat.base_uri"] == "https://dati.example.it/a%20b"
    assert options["SESSION_COOKIE_SECURE"] == "true"


def test_plugins_stand_in_the_order_that_was_tried(options: dict[str, str]) -> None:
    order = options["ckan.plugins"].split()
    assert order.index("harvest") < order.index("scheming_datasets")
    assert order.index("dcat") < order.index("scheming_datasets")
    assert order[0] == "opencohesion"


def test_nobody_without_an_organization_creates_anything(options: dict[str, str]) -> None:
    closed = [name for name, value in options.items() if name.startswith("ckan.auth.") and value == "false"]
    assert {"ckan.auth.anon_create_dataset", "ckan.auth.create_unowned_dataset"} <= set(closed)


def test_writing_the_same_configuration_again_changes_nothing(settings: Settings) -> None:
    secrets = secret_store.load_or_create(settings.state)
    assert ckan_ini.write(settings, secrets)
    assert not ckan_ini.write(settings, secrets)


def test_every_region_has_its_body() -> None:
    for number in range(1, 21):
        name, code = ckan_ini._body(f"{number:02}")
        assert name.startswith("Regione")
        assert code


def test_every_part_listens_on_this_machine_only(settings: Settings) -> None:
    assert "listen_addresses=127.0.0.1" in postgres.command(settings)
    web = programs.site(settings)[0].command
    assert "--bind=127.0.0.1:6789" in web
    parser = RawConfigParser()
    parser.read_string(configuration(settings, "word", programs.services(settings)))
    assert parser["inet_http_server"]["port"].startswith("127.0.0.1:")


def test_every_part_is_started_again_when_it_dies(settings: Settings) -> None:
    parser = RawConfigParser()
    parser.read_string(
        configuration(settings, "word", [*programs.services(settings), *programs.site(settings)])
    )
    parts = [name for name in parser.sections() if name.startswith("program:")]
    assert len(parts) == 8
    assert all(parser[part]["autorestart"] == "true" for part in parts)
