"""One part of a portal in the foreground, on services elsewhere: what a container runs, and each of several hosts.

`prepare` runs once per version, before the others; `web`, `worker` and `scheduler` then run on as many hosts as are wanted.
They stand on the databases, Solr and Redis that PORTAL_*_URL name, and refuse to start on a host whose keys or whose
storage folder are not those of the portal.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from contextlib import closing

import psycopg2

from ops import ckan_ini, databases, external_checks, health, programs, secret_store, services, site
from ops.errors import SettingError, UnhealthyError
from ops.settings import CHECKOUT, Settings

WAIT_SECONDS = 120
MARK = "portal-id"
# Rows of CKAN's own table for facts about the site.
KEYS_ROW = "opencohesion.keys"
ID_ROW = "opencohesion.portal_id"
# Any number that no other part of the portal locks with.
LOCK = 0x6F63707270


def prepare(settings: Settings) -> int:
    """Make the databases where they are missing, migrate, make the first user, fill an empty index. Again: no harm."""
    secrets = _secrets(settings)
    _require_services(settings)
    _wait(settings)
    external_checks.check(settings.external, may_create=True)
    addresses = services.addresses(settings, secrets)
    admin = services.database_admin(settings, secrets)
    if admin:
        databases.create(admin, addresses)
        external_checks.check_databases(settings.external)
    ckan_ini.write(settings, secrets)
    settings.storage.mkdir(parents=True, exist_ok=True)
    with closing(databases.connect(addresses.database)) as connection:
        connection.autocommit = True
        # two hosts that prepare at once: the second waits, and then finds everything done
        connection.cursor().execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        print("  CKAN: databases and migrations", flush=True)
        site.prepare(settings, secrets)
        _remember(settings, secrets, connection)
        _fill_index(settings, connection)
    return 0


def web(settings: Settings) -> int:
    """Run the web server in place of this process."""
    return _become("web", settings)


def worker(settings: Settings) -> int:
    """Run one background worker in place of this process."""
    return _become("worker", settings)


def worker_now(settings: Settings) -> int:
    """Run one background worker that serves nobody but people who wait, in place of this process."""
    return _become("worker-now", settings)


def scheduler(settings: Settings) -> int:
    """Run the scheduler in place of this process. More than one does no harm: only one at a time does the work."""
    return _become("scheduler", settings)


def healthy(settings: Settings) -> int:
    """Exit code 0 when the web server of this host answers."""
    return 0 if health.site_answers(settings) else UnhealthyError.exit_code


def _become(name: str, settings: Settings) -> int:
    secrets = _secrets(settings)
    _require_services(settings)
    _wait(settings)
    external_checks.check(settings.external)
    ckan_ini.write(settings, secrets)
    _recognise(settings, secrets)
    program = next(program for program in programs.site(settings) if program.name == name)
    environment = os.environ | program.environment
    if name == "web":  # hosts that share the state folder must not share the figures of /metrics
        environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="portal-metrics-")
    os.chdir(CHECKOUT)
    os.execve(program.command[0], program.command, environment)  # noqa: S606


def _secrets(settings: Settings) -> dict[str, str]:
    settings.state.mkdir(parents=True, exist_ok=True)
    return secret_store.load_or_create(settings.state, settings.external.keys)


def _require_services(settings: Settings) -> None:
    given = settings.external
    missing = [
        name
        for name, value in (
            ("PORTAL_DATABASE_URL", given.database),
            ("PORTAL_SOLR_URL", given.solr),
            ("PORTAL_REDIS_URL", given.redis),
        )
        if not value
    ]
    if missing:
        raise SettingError(
            f"This command stands on services elsewhere; missing: {', '.join(missing)}. For a portal with services of its "
            "own on this machine: make portal"
        )


def _wait(settings: Settings) -> None:
    given = settings.external
    try:
        health.wait_until("A service", external_checks.answers(given), WAIT_SECONDS, settings.logs)
    except UnhealthyError:
        external_checks.check(given)  # says which one, and why
        raise


def _remember(
    settings: Settings, secrets: dict[str, str], connection: psycopg2.extensions.connection
) -> None:
    """Write down by what other hosts recognise the portal: a digest of its keys, and a mark in its storage folder."""
    mark = settings.storage / MARK
    known = _row(connection, ID_ROW)
    if known and mark.is_file() and mark.read_text() != known:
        raise SettingError(_other_storage(settings))
    if not known:
        known = mark.read_text() if mark.is_file() else str(uuid.uuid4())
        _set_row(connection, ID_ROW, known)
    if not mark.is_file():
        mark.write_text(known)
    _set_row(connection, KEYS_ROW, _digest(secrets))


def _recognise(settings: Settings, secrets: dict[str, str]) -> None:
    with closing(databases.connect(settings.external.database)) as connection:
        try:
            keys, portal_id = _row(connection, KEYS_ROW), _row(connection, ID_ROW)
        except psycopg2.errors.UndefinedTable:
            keys = portal_id = None
    if not keys:
        raise UnhealthyError("The databases are not prepared: run the command `prepare` first, once.")
    if keys != _digest(secrets):
        raise SettingError(
            "PORTAL_SESSION_KEY and PORTAL_TOKEN_KEY are others here than where the portal was prepared: logins and API "
            "tokens would hold on one host and not on the other. Give every host the same, or run `prepare` with the new."
        )
    mark = settings.storage / MARK
    if not mark.is_file() or mark.read_text() != portal_id:
        raise SettingError(_other_storage(settings))


def _other_storage(settings: Settings) -> str:
    return (
        f"{settings.storage} is not this portal's storage folder (its file {MARK} is missing or another's). Every host must "
        "see the same folder: is the shared disk mounted?"
    )


def _digest(secrets: dict[str, str]) -> str:
    return hashlib.sha256(f"{secrets['session']}\0{secrets['token']}".encode()).hexdigest()


def _row(connection: psycopg2.extensions.connection, key: str) -> str | None:
    cursor = connection.cursor()
    cursor.execute("SELECT value FROM system_info WHERE key = %s", (key,))
    found = cursor.fetchone()
    return found[0] if found else None


def _set_row(connection: psycopg2.extensions.connection, key: str, value: str) -> None:
    connection.cursor().execute(
        "INSERT INTO system_info (key, value, state) VALUES (%s, %s, 'active')"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def _fill_index(settings: Settings, connection: psycopg2.extensions.connection) -> None:
    """Fill the search index where it is empty and the database is not: a new core, or a new host for it."""
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM package WHERE state = 'active'")
    packages = (cursor.fetchone() or (0,))[0]
    if packages and not external_checks.documents(settings.external.solr):
        print("  CKAN: filling the search index", flush=True)
        site.reindex(settings)
