"""Dumps of both databases at one moment, and loading them in place of what is there: all of it or nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2

from ops import databases
from ops.backup_manifest import BackupError
from ops.errors import MissingSystemPartError

Connection = psycopg2.extensions.connection
LOCK_TRIES = 6
LOCK_WAIT = "10s"


@dataclass(frozen=True)
class Snapshot:
    """One database as it was at a moment, for as long as the connection's transaction lasts."""

    url: str
    connection: Connection
    name: str


@contextmanager
def at_one_moment(ckan: str, datastore: str) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Yield snapshots of both databases, taken while nobody changes a dataset. The portal keeps running: writers wait for
    the blink of an eye."""
    with closing(databases.connect(ckan)) as first, closing(databases.connect(datastore)) as second:
        with closing(databases.connect(ckan)) as guard:
            _lock(guard)
            snapshots = (_snapshot(ckan, first), _snapshot(datastore, second))
            guard.rollback()
        yield snapshots


def _lock(guard: Connection) -> None:
    """Hold back changes of datasets and resources; the DataStore changes with them."""
    for attempt in range(LOCK_TRIES):
        try:
            cursor = guard.cursor()
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            cursor.execute("LOCK TABLE package, resource IN SHARE MODE")
        except psycopg2.errors.LockNotAvailable:
            guard.rollback()
            time.sleep(attempt)
        else:
            return
    raise BackupError("The portal is changing datasets without a pause; try again when fewer are loaded.")


def _snapshot(url: str, connection: Connection) -> Snapshot:
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    cursor = connection.cursor()
    cursor.execute("SELECT pg_export_snapshot()")
    return Snapshot(url, connection, (cursor.fetchone() or ("",))[0])


def dump(snapshot: Snapshot, path: Path) -> None:
    """Write the database, as the snapshot sees it, in pg_dump's own compressed format."""
    command = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot.name}", f"--file={path}"]
    _run("pg_dump", [*command, f"--dbname={_without_password(snapshot.url)}"], snapshot.url)


def load(url: str, path: Path) -> None:
    """Replace all that is in the database by what a dump holds, in one transaction: on an error nothing has changed."""
    script = path.with_name(f".{path.name}.sql")
    try:
        _run("pg_restore", ["--no-owner", "--no-acl", f"--file={script}", str(path)], url)
        replace_content(url, script)
    finally:
        script.unlink(missing_ok=True)


def replace_content(url: str, script: Path) -> None:
    """Empty the database and run an SQL script in it, in one transaction."""
    command = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    empty = "--command=SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    _run("psql", [*command, f"--dbname={_without_password(url)}", empty, f"--file={script}"], url)


def _run(program: str, arguments: list[str], url: str) -> None:
    password = unquote(urlsplit(url).password or "")
    environment = os.environ | {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"}
    done = subprocess.run(  # noqa: S603
        [str(_program(program, url)), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(f"{program} failed on {databases.name_of(url)}:\n  " + "\n  ".join(lines[-10:]))


def _program(name: str, url: str) -> Path:
    """The newest installed one, which must not be older than the server."""
    with closing(databases.connect(url)) as connection:
        server = connection.server_version // 10000
    installed = {
        int(path.parent.parent.name): path for path in Path("/usr/lib/postgresql").glob(f"[0-9]*/bin/{name}")
    }
    if installed and max(installed) >= server:
        return installed[max(installed)]
    found = shutil.which(name)
    if found:
        text = subprocess.run([found, "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603
        version = re.search(r"\d+", text)
        if version and int(version[0]) >= server:
            return Path(found)
    raise MissingSystemPartError(
        f"{name} of PostgreSQL {server} (the server) or newer is missing: apt-get install postgresql-client-{server}"
    )


def _without_password(url: str) -> str:
    """The address as it may stand on a command line, which others on the machine can read."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{host}"))
