"""From nothing to a healthy portal, step by step, and back. A step that is done already is quick and changes nothing."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

from ops import (
    ckan_ini,
    databases,
    demo_data,
    external_checks,
    frontend,
    health,
    postgres,
    preflight,
    programs,
    redis,
    secret_store,
    services,
    site,
    solr,
)
from ops.errors import UnhealthyError
from ops.fingerprint import fingerprint_of
from ops.settings import CHECKOUT, Settings
from ops.supervisor import Supervisor

SERVICE_SECONDS = 60
SITE_SECONDS = 600  # a small machine that does something else too
SITE = ("web", *programs.WORKERS, "scheduler", "log-keeper")


def say(text: str) -> None:
    """One line of progress for whoever waits."""
    print(f"  {text}", flush=True)


def up(settings: Settings) -> int:
    """`make portal`: a healthy portal with data on it."""
    start_services(settings)
    start_site(settings)
    demo_exit_code = demo_data.load(settings)
    _say_where(settings)
    return demo_exit_code


def start_services(settings: Settings) -> None:
    """Make PostgreSQL, Redis and Solr where they are missing, start them, and bring CKAN's databases up to date.

    Those that PORTAL_*_URL name are checked and used instead.
    """
    new_core = start_bare_services(settings)
    _prepare(settings, secret_store.load_or_create(settings.state, settings.external.keys), new_core=new_core)


def start_bare_services(settings: Settings) -> bool:
    """Make and start the services and the databases, whatever is in them. Returns whether the search index is new."""
    given = settings.external
    secrets = secret_store.load_or_create(settings.state, given.keys)
    supervisor = Supervisor(settings.state)
    for folder in (settings.logs, settings.run, settings.storage):
        folder.mkdir(parents=True, exist_ok=True)
    if not preflight.is_running(settings):
        health.check_ports(settings)
    external_checks.check(given, may_create=True)
    if not given.database:
        if not postgres.folder(settings).exists():
            say("PostgreSQL: making a cluster")
        postgres.create_cluster(settings, secrets["postgres"])
    if not given.redis:
        redis.write_configuration(settings, secrets["redis"])
    if frontend.needs_build():
        say("Pages: fetching and building their style and libraries")
        frontend.build(settings)
    if not given.solr and solr.needs_build(settings):
        say("Solr: fetching it")
        solr.build(settings)
    ckan_ini.write(settings, secrets)

    own = programs.services(settings)
    supervisor.start(settings, secrets["supervisor"], [*own, *programs.site(settings)])
    new_core = not given.solr and solr.core_has_changed(settings)
    if new_core:
        supervisor.stop_program("solr")
        solr.write_home(settings)
    names = [program.name for program in own]
    if any(state != "RUNNING" for name, state in supervisor.states().items() if name in names):
        say("PostgreSQL, Redis, Solr: starting")
    for name in names:
        supervisor.start_program(name)
    _wait_for_services(settings, secrets, names)
    admin = services.database_admin(settings, secrets)
    if admin:
        databases.create(admin, services.addresses(settings, secrets))
    return new_core


def _wait_for_services(settings: Settings, secrets: dict[str, str], names: list[str]) -> None:
    ready = {
        "postgres": ("PostgreSQL", lambda: postgres.is_ready(settings, secrets)),
        "redis": ("Redis", lambda: redis.is_ready(settings, secrets["redis"])),
        "solr": ("Solr", lambda: solr.is_ready(settings)),
    }
    for name in names:
        part, is_ready = ready[name]
        health.wait_until(part, is_ready, SERVICE_SECONDS, settings.logs / f"{name}.log")


def _prepare(settings: Settings, secrets: dict[str, str], *, new_core: bool) -> None:
    """Migrate when there may be something to migrate, reindex when the index is new."""
    stamp = _prepared_stamp(settings)
    was_prepared = stamp.is_file()
    if not was_prepared or stamp.read_text() != _prepared_for(settings):
        say("CKAN: databases and migrations")
        site.prepare(settings, secrets)
        note_prepared(settings)
    if new_core and was_prepared:
        say("CKAN: filling the search index again")
        site.reindex(settings)


def note_prepared(settings: Settings) -> None:
    """Write down that the databases are as this version and this configuration want them."""
    _prepared_stamp(settings).write_text(_prepared_for(settings))


def _prepared_stamp(settings: Settings) -> Path:
    return settings.state / "prepared-for"


def _prepared_for(settings: Settings) -> str:
    migrations = CHECKOUT / "ckanext" / "opencohesion" / "migration"
    return fingerprint_of([migrations, CHECKOUT / "requirements"], settings.ini.read_text())


def start_site(settings: Settings) -> None:
    """Start web server, workers and scheduler, anew where the code has changed, and wait until all of it answers."""
    supervisor = Supervisor(settings.state)
    stamp = settings.state / "running-version"
    wanted = fingerprint_of([CHECKOUT / "ckanext", CHECKOUT / "requirements"], settings.ini.read_text())
    if not stamp.is_file() or stamp.read_text() != wanted:
        stop_site(settings)
        stamp.write_text(wanted)
    if not _all_running(supervisor):
        say("CKAN: starting the web server, the background workers and the scheduler")
    for name in SITE:
        supervisor.start_program(name)
    health.wait_until(
        "The web server", lambda: health.site_answers(settings), SITE_SECONDS, settings.logs / "web.log"
    )
    health.wait_until(
        "CKAN", lambda: _all_running(supervisor), SITE_SECONDS, settings.logs / "supervisor.log"
    )


def stop_site(settings: Settings) -> None:
    """Stop web server, background workers and scheduler; the services stay."""
    supervisor = Supervisor(settings.state)
    for name in reversed(SITE):
        supervisor.stop_program(name)


def stop(settings: Settings) -> int:
    """`make stop`: stop every part; the data stays."""
    supervisor = Supervisor(settings.state)
    if supervisor.is_running():
        supervisor.shutdown()
        say(f"Stopped: {settings.state}")
    else:
        say(f"It was not running: {settings.state}")
    return 0


def status(settings: Settings) -> int:
    """`make status`: what runs. Exit code 0 when everything does."""
    supervisor = Supervisor(settings.state)
    if not supervisor.is_running():
        say(f"It does not run: {settings.state}")
        return UnhealthyError.exit_code
    for name, state in supervisor.states().items():
        say(f"{name:<12} {state}")
    if not _all_running(supervisor):
        return UnhealthyError.exit_code
    say(ckan_ini.public_url(settings.ini))
    return 0


def logs(settings: Settings) -> int:
    """`make logs`: follow the logs of every part until Ctrl-C."""
    files = sorted(str(path) for path in settings.logs.glob("*.log"))
    with contextlib.suppress(KeyboardInterrupt):
        subprocess.run(["tail", "-n", "20", "-F", *files], check=False)  # noqa: S603, S607
    return 0


def clean(settings: Settings) -> int:
    """`make clean`: stop, and delete the state folder with all data in it."""
    stop(settings)
    if (settings.state / preflight.MARK).exists():
        shutil.rmtree(settings.state)
        say(f"Deleted: {settings.state}")
    return 0


def _all_running(supervisor: Supervisor) -> bool:
    return all(state == "RUNNING" for state in supervisor.states().values())


def _say_where(settings: Settings) -> None:
    print(
        f"""
  The portal is up:  {settings.url}
  Log in:            {settings.url}/user/login as {site.ADMIN}, password in {settings.state / "admin-password"}
  API token:         {settings.state / "admin-token"}
  Catalogue:         {settings.url}/catalog.ttl
  To stop it:        make stop    what runs: make status    what happens: make logs
"""
    )
