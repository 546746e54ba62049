"""A portal that runs: parts that are killed come back, and no internal address is ever shown."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckan.common import config
from support.people import act, dataset_fields

from ops import ckan_ini, health, programs, secret_store
from ops.settings import CHECKOUT, Settings
from ops.supervisor import Supervisor
from ops.testing import settings_of

PUBLIC = "https://dati.example.it/opendata"


@pytest.fixture
def supervisor(portal_server: str) -> Supervisor:
    return Supervisor(Path(config["__file__"]).parent)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "waited for 90 seconds"
        time.sleep(0.2)


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/3/action/status_show", timeout=30) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.usefixtures("clean_db")
class TestKilled:
    def test_a_web_worker_is_replaced(self, supervisor: Supervisor, portal_server: str) -> None:
        master = supervisor.pids()["web"]
        before = children_of(master)
        assert len(before) == 3
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: len(children_of(master)) == 3 and children_of(master) != before)
        assert supervisor.pids()["web"] == master
        wait_for(lambda: answers(portal_server))

    @pytest.mark.parametrize("part", ["web", "worker", "scheduler"])
    def test_a_part_is_started_again(self, supervisor: Supervisor, portal_server: str, part: str) -> None:
        before = supervisor.pids()[part]
        os.kill(before, signal.SIGKILL)
        wait_for(
            lambda: supervisor.pids().get(part, before) != before and supervisor.states()[part] == "RUNNING"
        )
        wait_for(lambda: answers(portal_server))


@pytest.fixture
def behind_a_path(clean_db: None, tmp_path: Path) -> Iterator[str]:
    """The local address of a web server whose public address is https://dati.example.it/opendata."""
    settings = replace(settings_of(Path(config["__file__"])), url=PUBLIC, port=free_port(), bind="127.0.0.1")
    services = settings_of(Path(config["__file__"]))
    text = ckan_ini.render(settings, secret_store.load_or_create(services.state))
    for name in ("postgres_port", "redis_port", "solr_port"):
        text = text.replace(f":{getattr(settings, name)}", f":{getattr(services, name)}")
    ini = tmp_path / "ckan.ini"
    ini.write_text(text, "utf-8")
    log = tmp_path / "web.log"
    command = [*web_command(settings), "--workers=1"]
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=CHECKOUT, env=os.environ | {"CKAN_INI": str(ini)}, stdout=output, stderr=output
        )
    try:
        health.wait_until("the server", lambda: answers(settings.local_url), 120, log)
        yield settings.local_url
    finally:
        server.terminate()
        server.wait(30)


def web_command(settings: Settings) -> list[str]:
    return next(program.command for program in programs.site(settings) if program.name == "web")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def ask(url: str, **headers: str) -> tuple[int, str]:
    """Status and whatever was answered, headers included, as a proxy with its own idea of the address asks it."""
    said_by_proxy = {
        "Host": "10.1.2.3:8080",
        "X-Forwarded-Host": "internal.example",
        "X-Forwarded-Proto": "http",
    }
    request = urllib.request.Request(url, headers=said_by_proxy | headers)
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, f"{answer.headers}\n{answer.read().decode()}"


def test_no_internal_address_is_ever_shown(behind_a_path: str, organization: dict[str, Any]) -> None:
    dataset = act("package_create", **dataset_fields(organization["id"]))
    port = behind_a_path.rpartition(":")[2].partition("/")[0]
    prefix = behind_a_path
    bare = behind_a_path.removesuffix("/opendata")
    from ops.site import ADMIN

    act("user_create", name=ADMIN, email="a@example.org", password="long-password-1")
    act("user_patch", id=ADMIN, sysadmin=True)
    token = act("api_token_create", user=ADMIN, name="x")["token"]
    pages = {
        "/": 200,
        "/en/": 200,
        "/dataset/": 200,
        "/en/dataset/": 200,
        f"/dataset/{dataset['name']}": 200,
        "/organization/": 200,
        f"/organization/{organization['name']}": 200,
        "/user/login": 200,
        "/catalog.ttl": 200,
        "/catalog.jsonld": 200,
        f"/dataset/{dataset['name']}.rdf": 200,
        f"/api/3/action/package_show?id={dataset['name']}": 200,
        "/api/3/action/status_show": 200,
        "/api/3/action/no_such_action": 400,
        "/no-such-page": 404,
        "/dataset/new": 200,
        "/feeds/dataset.atom": 200,
        "/robots.txt": 200,
    }
    for base in (prefix, bare):
        for path, expected in pages.items():
            status, answer = ask(base + path, Authorization=token)
            assert status == expected, f"{base}{path}: {status}"
            for internal in ("127.0.0.1", "localhost", "10.1.2.3", "internal.example", f":{port}", "0.0.0.0"):
                assert internal not in answer, f"{base}{path} shows {internal}"
    status, answer = ask(prefix + "/dashboard/")
    assert status in (302, 303)
    assert "127.0.0.1" not in answer


def test_links_and_assets_lead_below_the_path(behind_a_path: str) -> None:
    _, page = ask(behind_a_path + "/dataset/")
    for link in ('href="/opendata/dataset/"', 'href="/opendata/user/login"', 'src="/opendata/webassets/'):
        assert link in page
    assert 'href="/dataset' not in page
    _, english = ask(behind_a_path + "/en/")
    assert 'lang="en"' in english
    assert 'href="/opendata/en/dataset/"' in english
