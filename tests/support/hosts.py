"""A portal as containers and several hosts run it: each part a process of its own, on services that are given by address.

The services are those of the tests, in databases of other names, and a Solr of its own, started by the script of its image.
"""

from __future__ import annotations

import json
import lzma
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from psycopg2 import sql

from ops import databases, postgres, redis, secret_store
from ops.settings import CHECKOUT, Settings

REDIS_DATABASE = 7
SECONDS = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited for {SECONDS} seconds: {what}"
        time.sleep(0.2)
    return found


class Solr:
    """Solr as its image lays it out and starts it; the jars are lent by the test services."""

    def __init__(self, folder: Path, services: Settings) -> None:
        self.image, self.home, self.port = folder / "image", folder / "home", free_port()
        self.image.mkdir(parents=True)
        self.home.mkdir()
        for name in ("start.sh", "healthy.sh"):
            shutil.copy(CHECKOUT / "docker" / "solr" / name, self.image)
        shutil.copytree(CHECKOUT / "solr" / "conf", self.image / "conf")
        shutil.copy(CHECKOUT / "solr" / "solr.xml", self.image)
        (self.image / "lib").symlink_to(services.state / "solr" / "build" / "lib")
        self.url = f"http://127.0.0.1:{self.port}/solr/ckan"
        self._process: subprocess.Popen[bytes] | None = None

    def _run(self, script: str) -> subprocess.Popen[bytes]:
        settings = {
            "SOLR_HEAP": "256m",
            "SOLR_HOME": self.home,
            "SOLR_PORT": self.port,
            "SOLR_ADDRESS": "127.0.0.1",
        }
        environment = os.environ | {name: str(value) for name, value in settings.items()}
        return subprocess.Popen(
            [str(self.image / script)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def start(self) -> None:
        self._process = self._run("start.sh")
        wait_for(lambda: self._run("healthy.sh").wait() == 0, "Solr is healthy")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)

    def documents(self) -> int:
        with urllib.request.urlopen(f"{self.url}/select?q=*:*&rows=0&wt=json") as answer:
            return json.load(answer)["response"]["numFound"]


class Host:
    """A machine with the code and a state folder. What it is told stands in files, as secrets of containers do."""

    def __init__(self, folder: Path, services: Settings, solr: Solr, name: str, **variables: object) -> None:
        secrets = secret_store.load_or_create(services.state)
        self.state, self.port = folder / "state", free_port()
        self.folder = folder
        folder.mkdir(parents=True)
        self.admin = postgres.url(services, postgres.SUPERUSER, secrets["postgres"], "postgres")
        self.database = postgres.url(services, f"{name}_ckan", "word", f"{name}_ckan")
        self.redis = f"{redis.url(services, secrets['redis']).removesuffix('/0')}/{REDIS_DATABASE}"
        self.datastore = postgres.url(services, f"{name}_write", "word", f"{name}_data")
        told = {
            "PORTAL_DATABASE_URL": self.database,
            "PORTAL_DATASTORE_WRITE_URL": self.datastore,
            "PORTAL_DATASTORE_READ_URL": postgres.url(services, f"{name}_read", "word", f"{name}_data"),
            "PORTAL_DATABASE_ADMIN_URL": self.admin,
            "PORTAL_REDIS_URL": self.redis,
            "PORTAL_SESSION_KEY": "s" * 40,
            "PORTAL_TOKEN_KEY": "t" * 40,
            "PORTAL_ADMIN_PASSWORD": "password-of-the-administrator",
        }
        for variable, value in told.items():
            (folder / variable).write_text(f"{value}\n")
        spared = ("PORTAL_", "PYTHONDONTWRITEBYTECODE")
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(spared)},
            **{f"{variable}_FILE": str(folder / variable) for variable in told},
            "PORTAL_SOLR_URL": solr.url,
            "PORTAL_STATE": str(self.state),
            "PORTAL_PORT": str(self.port),
            "PORTAL_VENV": sys.prefix,
            "PORTAL_BACKUPS": str(folder / "backups"),
            "PYTHONPYCACHEPREFIX": str(services.state / "cache" / "pycache"),
            **{key: str(value) for key, value in variables.items()},
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def storage(self) -> Path:
        return self.state / "storage"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, command: str, **variables: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        environment = self.environment | {key: str(value) for key, value in variables.items()}
        return subprocess.run(
            [sys.executable, "-m", "ops", command],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def start(self, command: str, as_name: str = "") -> None:
        """Start a part and leave it running; what it says is kept beside the state folder."""
        with (self.folder / f"{as_name or command}.log").open("wb") as log:
            self._running[as_name or command] = subprocess.Popen(
                [sys.executable, "-m", "ops", command],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def runs(self, name: str) -> bool:
        return self._running[name].poll() is None

    def wait_until_it_answers(self) -> None:
        def answers() -> bool:
            assert self.runs("web"), (self.folder / "web.log").read_text()
            return self.run("healthy").returncode == 0

        wait_for(answers, "the web server answers")

    def stop(self) -> None:
        """End every part that was started here."""
        for process in self._running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running.values():
            process.wait(60)
        self._running.clear()

    def get(self, path: str, token: str = "") -> bytes:
        request = urllib.request.Request(self.url + path, headers={"Authorization": token} if token else {})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def action(self, name: str, token: str = "") -> Any:
        return json.loads(self.get(f"/api/3/action/{name}", token))["result"]

    def post(self, action: str, token: str, /, **data: object) -> Any:
        """Call an action that changes something."""
        headers = {"Authorization": token, "Content-Type": "application/json"}
        url = f"{self.url}/api/3/action/{action}"
        request = urllib.request.Request(url, json.dumps(data).encode(), headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["result"]

    def destroy(self) -> None:
        """Take away databases, files and settings, as a fire does; the backups stay."""
        for process in self._running.values():  # with what it began itself, such as the job of a worker
            subprocess.run(["pkill", "-KILL", "--session", str(process.pid)], check=False)
        self.stop()
        drop(self)
        shutil.rmtree(self.state, ignore_errors=True)


def drop(host: Host) -> None:
    """Delete the host's databases, roles and what it has in Redis."""
    from redis import Redis

    with closing(databases.connect(host.admin)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for url in (host.database, host.datastore):
            name = sql.Identifier(databases.name_of(url))
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    Redis.from_url(host.redis).flushdb()


def unpack(archive: Path, folder: Path) -> None:
    with lzma.open(archive) as stream, tarfile.open(fileobj=stream) as tar:
        tar.extractall(folder, filter="data")
