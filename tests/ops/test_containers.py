"""The containers, as far as a machine without a container daemon can tell: files that linters and the real parsers take, and
that keep in step with the commands, settings and folders they name."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from support.hosts import free_port

from ops import __main__ as commands
from ops import ckan_ini, programs, secret_store
from ops.settings import CHECKOUT, Settings, from_environment

DOCKER = CHECKOUT / "docker"
SCRIPTS = sorted(path for folder in (CHECKOUT / "ops", DOCKER) for path in folder.rglob("*.sh"))
OFFICE = {"PORTAL_URL": "https://dati.example.it", "PORTAL_HOST": "dati.example.it"}
ADDRESS = re.compile(r"\$\{(\w+):[-?]([^}]*)\}")


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    """A compose file with an office's variables filled in, and without its extension fields."""
    text = ADDRESS.sub(lambda found: OFFICE.get(found[1], found[2]), (DOCKER / name).read_text())
    return {key: value for key, value in yaml.safe_load(text).items() if not key.startswith("x-")}


def services(image: str) -> dict[str, dict[str, Any]]:
    found = compose()["services"]
    return {
        name: service
        for name, service in found.items()
        if service["image"].startswith(f"opencohesion-{image}:")
    }


def dockerfile(image: str) -> list[list[str]]:
    """The instructions of a Dockerfile, each as its words."""
    text = (DOCKER / image / "Dockerfile").read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line and not line.startswith("#")]


def variables(image: str) -> dict[str, str]:
    pairs = [word for line in dockerfile(image) if line[0] == "ENV" for word in line[1:]]
    return dict(pair.split("=", 1) for pair in pairs)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What make-secrets.sh makes, in a copy of its folder."""
    folder = tmp_path_factory.mktemp("docker")
    for name in ("make-secrets.sh", "example.ini"):
        shutil.copy(DOCKER / name, folder)
    made = subprocess.run([folder / "make-secrets.sh"], check=True, capture_output=True, text=True)
    assert "made secrets/token_key" in made.stdout
    return folder / "secrets"


@pytest.fixture
def told(secrets: Path, tmp_path: Path) -> Settings:
    """The settings of the command `prepare`, the one that is told most, as it reads them in its container."""
    environment = variables("portal") | services("portal")["prepare"]["environment"] | OFFICE
    environment = {
        name: str(value).replace("/run/secrets", str(secrets)) for name, value in environment.items() if value
    }
    return from_environment(environment | {"PORTAL_STATE": str(tmp_path)})


@pytest.mark.parametrize("image", ["portal", "solr"])
def test_dockerfiles_pass_hadolint(image: str) -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [program, DOCKER / image / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_script_passes_shellcheck() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    assert len(SCRIPTS) >= 6
    done = subprocess.run([program, *SCRIPTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert all(os.access(path, os.X_OK) for path in SCRIPTS)


@pytest.mark.parametrize("name", ["compose.yaml", "compose.certificate.yaml"])
def test_compose_files_are_what_the_specification_says(name: str) -> None:
    PyCompose.from_yaml(yaml.safe_dump(compose(name))).validate()
    with pytest.raises(ValueError, match="helthcheck"):
        PyCompose.from_yaml(yaml.safe_dump(compose()).replace("healthcheck:", "helthcheck:"))


def test_containers_run_commands_of_ops_and_no_more_than_they_need() -> None:
    entry, default = dockerfile("portal")[-2:]
    assert entry[:1] == ["ENTRYPOINT"]
    assert "-m, ops]" in " ".join(entry)
    assert default[1].strip("[]") in commands.COMMANDS
    found = services("portal")
    assert {"prepare", "web", *programs.WORKERS, "scheduler", "backup", "restore"} == set(found)
    for name, service in found.items():
        assert service["command"] == [name]
        assert name in commands.COMMANDS
    assert found["web"]["healthcheck"]["test"][-1] in commands.COMMANDS
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "ports" not in service or name == "proxy"
    for name in ("web", *programs.WORKERS, "scheduler"):
        assert "database_admin_url" not in found[name]["secrets"]


def test_every_name_leads_somewhere(secrets: Path) -> None:
    whole = compose()
    made = {path.name for path in secrets.iterdir()}
    assert {Path(secret["file"]).name for secret in whole["secrets"].values()} == made
    used = set()
    for service in whole["services"].values():
        used |= set(service.get("secrets", []))
        for volume in service.get("volumes", []):
            outside = volume.split(":")[0]
            assert outside in whole["volumes"] or (DOCKER / outside).exists(), volume
        for value in service.get("environment", {}).values():
            if str(value).startswith("/run/secrets/"):
                assert Path(value).name in service["secrets"]
    assert used == set(whole["secrets"])
    ignored = subprocess.run(
        ["git", "check-ignore", "docker/secrets/token_key", "docker/.env"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    assert ignored.stdout.count(b"\n") == 2, "keys would be committed"


def test_every_variable_is_one_that_ops_reads() -> None:
    known = set(
        re.findall(r"PORTAL_[A-Z0-9_]+", "\n".join(p.read_text() for p in (CHECKOUT / "ops").glob("*.py")))
    )
    # of compose itself, and of the proxy
    known |= {"PORTAL_VERSION", "PORTAL_BACKUP_FOLDER", "PORTAL_HOST", "PORTAL_TLS", "PORTAL_WEB"}
    for path in (DOCKER / "compose.yaml", DOCKER / "example.env", DOCKER / "portal" / "Dockerfile"):
        named = {name.removesuffix("_FILE") for name in re.findall(r"PORTAL_[A-Z0-9_]+", path.read_text())}
        assert named - {"PORTAL_"} <= known, path.name
    example = configparser.RawConfigParser()
    example.read_string("[env]\n" + (DOCKER / "example.env").read_text())
    assert {"portal_url", "portal_host", "portal_tls", "compose_profiles"} <= set(example["env"])
    assert set(example["env"]["compose_profiles"].split(",")) == {"postgres", "redis", "solr"}


def test_ports_and_folders_are_the_same_on_both_sides() -> None:
    portal, solr = variables("portal"), variables("solr")
    assert f"{{$PORTAL_WEB:web:{portal['PORTAL_PORT']}}}" in (DOCKER / "proxy" / "Caddyfile").read_text()
    assert ["EXPOSE", portal["PORTAL_PORT"]] in dockerfile("portal")
    assert (
        f"http://solr:{solr['SOLR_PORT']}/solr/ckan"
        == services("portal")["web"]["environment"]["PORTAL_SOLR_URL"]
    )
    folders = {volume.split(":")[1] for volume in services("portal")["backup"]["volumes"]}
    assert folders == {portal["PORTAL_STATE"], portal["PORTAL_BACKUPS"]}
    assert services("solr")["solr"]["volumes"] == [f"solr:{solr['SOLR_HOME']}"]


@pytest.mark.parametrize("image", ["portal", "solr"])
def test_what_an_image_copies_is_there_and_not_ignored(image: str) -> None:
    ignored = (DOCKER / image / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    copied = {
        word
        for line in dockerfile(image)
        if line[0] == "COPY" and not any(option.startswith("--from") for option in line)
        for word in line[1:-1]
        if not word.startswith("--")
    }
    for source in copied:
        assert (CHECKOUT / source).exists(), source
        assert any(source == name or fnmatch(source, f"{name}/*") for name in kept), source
    assert ignored[1 if ignored[0].startswith("#") else 0] == "*"


def test_made_secrets_are_kept_and_are_settings_that_ops_takes(secrets: Path, told: Settings) -> None:
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    assert subprocess.run([secrets.parent / "make-secrets.sh"], check=True, capture_output=True).stdout == b""
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    assert secrets.stat().st_mode & 0o077 == 0
    given = told.external
    assert given.database.endswith("@postgres:5432/ckan")
    assert given.database_admin.startswith("postgresql://portal:")
    assert min(len(given.keys[name]) for name in ("session", "token", "admin")) >= 32
    assert (told.bind, told.demo) == ("0.0.0.0", "none")
    text = ckan_ini.render(told, secret_store.load_or_create(told.state, given.keys))
    options = configparser.RawConfigParser()
    options.read_string(text)
    assert "172.16.0.0/12" in options["app:main"]["ckanext.opencohesion.security.trusted_proxies"]
    assert options["app:main"]["ckan.redis.url"].startswith("redis://:")


def test_redis_takes_its_configuration_and_the_address_leads_in(secrets: Path, tmp_path: Path) -> None:
    port = free_port()
    configuration = tmp_path / "redis.conf"
    configuration.write_text((secrets / "redis_conf").read_text().replace("dir /data", f"dir {tmp_path}"))
    url = (secrets / "redis_url").read_text().strip().replace("redis:6379", f"127.0.0.1:{port}")
    command = ["redis-server", configuration, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        client = Redis.from_url(url, retry=Retry(ConstantBackoff(0.2), 200))
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.parametrize("tls", ["tls internal", "tls office@example.it", "tls {chain} {key}"])
def test_the_proxys_configuration_is_one_that_caddy_takes(tls: str, tmp_path: Path) -> None:
    caddy = shutil.which("caddy", path=f"{os.environ['PATH']}:{Path.home() / 'go' / 'bin'}")
    if caddy is None:
        pytest.skip(
            "THE PROXY'S CONFIGURATION IS NOT TESTED: Caddy is not on this machine. To have it: "
            "go install github.com/caddyserver/caddy/v2/cmd/caddy@v2.10.2"
        )
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    _certificate(chain, key)
    environment = os.environ | {
        "PORTAL_HOST": OFFICE["PORTAL_HOST"],
        "PORTAL_TLS": tls.format(chain=chain, key=key),
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    file = DOCKER / "proxy" / "Caddyfile"
    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", file],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr


def _certificate(chain: Path, key: Path) -> None:
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=dati.example.it",
        "-keyout",
    ]
    subprocess.run([*made, str(key), "-out", str(chain)], check=True, capture_output=True)
