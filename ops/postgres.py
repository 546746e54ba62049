"""The portal's own PostgreSQL cluster."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg2

from ops.errors import MissingSystemPartError, PortalError
from ops.secret_store import write_private
from ops.settings import Settings

OLDEST_VERSION = 15
SUPERUSER = "portal"
SYSTEM_USER = "postgres"

# Lets PostgreSQL's own user pass through folders that only root may enter, and nothing else of what root may.
READ_ANY_FOLDER = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]


def folder(settings: Settings) -> Path:
    """The cluster's data folder."""
    return settings.state / "postgres" / "data"


def binaries(settings: Settings) -> Path:
    """Folder of the PostgreSQL programs: those of the version that made the cluster, else the newest installed.

    Raises MissingSystemPartError where there are none.
    """
    version_file = folder(settings) / "PG_VERSION"
    installed = {int(path.parent.name): path for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin")}
    if version_file.is_file():
        wanted = int(version_file.read_text())
        if wanted not in installed:
            raise MissingSystemPartError(
                f"{folder(settings)} was made by PostgreSQL {wanted}, which is no longer installed: "
                f"apt-get install postgresql-{wanted}"
            )
        return installed[wanted]
    usable = [version for version in installed if version >= OLDEST_VERSION]
    if not usable:
        raise MissingSystemPartError(
            f"PostgreSQL {OLDEST_VERSION} or newer is missing: apt-get install postgresql"
        )
    return installed[max(usable)]


def as_system_user(settings: Settings) -> list[str]:
    """What to write before a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    # who changes the user has to ask again to be ended with the process manager (ops/supervisor.py); INT: no session waits
    command = [
        "setpriv",
        "--pdeathsig=INT",
        f"--reuid={SYSTEM_USER}",
        f"--regid={SYSTEM_USER}",
        "--init-groups",
    ]
    reachable = subprocess.run(  # noqa: S603
        [*command, "test", "-x", str(folder(settings).parent)], check=False, capture_output=True
    )
    return command if reachable.returncode == 0 else command + READ_ANY_FOLDER


def create_cluster(settings: Settings, password: str) -> None:
    """Make the cluster unless it is there. Only TCP with a password leads in."""
    data = folder(settings)
    if (data / "PG_VERSION").is_file():
        return
    draft = data.with_name("data.new")  # so that an interrupted initdb is never taken for a cluster
    shutil.rmtree(draft, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    password_file = data.parent / "password"
    write_private(password_file, password)
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SYSTEM_USER)
        for path in (data.parent, password_file):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    initdb = [
        *as_system_user(settings),
        str(binaries(settings) / "initdb"),
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-instructions",
    ]
    done = subprocess.run(initdb, check=False, capture_output=True, text=True, cwd="/")  # noqa: S603
    password_file.unlink()
    if done.returncode:
        raise PortalError(f"PostgreSQL's cluster could not be made: {done.stderr.strip()}")
    draft.rename(data)


def command(settings: Settings) -> list[str]:
    """The server's command line, in the foreground."""
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(settings.postgres_port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "logging_collector": "off",
        "log_min_messages": "warning",
    }
    if settings.testing:  # a test database may be lost, so it need not wait for the disk
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    assignments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = str(binaries(settings) / "postgres")
    return [*as_system_user(settings), server, "-D", str(folder(settings)), *assignments]


def url(settings: Settings, user: str, password: str, database: str) -> str:
    """A database's address for CKAN."""
    return f"postgresql://{user}:{password}@127.0.0.1:{settings.postgres_port}/{database}"


def is_ready(settings: Settings, secrets: dict[str, str]) -> bool:
    """Whether the server answers a query."""
    try:
        psycopg2.connect(url(settings, SUPERUSER, secrets["postgres"], "postgres"), connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True
