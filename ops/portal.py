"""From nothing to a healthy portal, step by step, and back. Every step is quick and changes nothing when it is done."""

from __future__ import annotations

from ops import ckan_ini, health, postgres, programs, redis, secret_store, site, solr
from ops.fingerprint import fingerprint_of
from ops.settings import CHECKOUT, Settings
from ops.supervisor import Supervisor

SERVICE_SECONDS = 60
SITE_SECONDS = 120


def say(text: str) -> None:
    """One line of progress for whoever waits."""
    print(f"  {text}", flush=True)


def start_services(settings: Settings) -> None:
    """Make PostgreSQL, Redis and Solr where they are missing, and bring CKAN's databases up to date."""
    secrets = secret_store.load_or_create(settings.state)
    supervisor = Supervisor(settings, secrets["supervisor"])
    for folder in (settings.logs, settings.run, settings.storage):
        folder.mkdir(parents=True, exist_ok=True)
    if not supervisor.is_running():
        health.check_ports(settings)
        health.check_disk(settings.state)
    if not postgres.folder(settings).exists():
        say("PostgreSQL: making a cluster of our own")
    postgres.create_cluster(settings, secrets["postgres"])
    redis.write_configuration(settings, secrets["redis"])
    say("Solr: jars and core")
    solr.build(settings)
    new_index = solr.write_home(settings)
    ckan_ini.write(settings, secrets)

    supervisor.start([*programs.services(settings), *programs.site(settings)])
    if new_index:
        supervisor.stop_program("solr")
    for name in ("postgres", "redis", "solr"):
        supervisor.start_program(name)
    logs = settings.logs
    say("PostgreSQL, Redis, Solr: starting")
    health.wait_until(
        "PostgreSQL", lambda: postgres.is_ready(settings, secrets), SERVICE_SECONDS, logs / "postgres.log"
    )
    health.wait_until(
        "Redis", lambda: redis.is_ready(settings, secrets["redis"]), SERVICE_SECONDS, logs / "redis.log"
    )
    health.wait_until("Solr", lambda: solr.is_ready(settings), SERVICE_SECONDS, logs / "solr.log")
    postgres.create_databases(settings, secrets)
    _prepare(settings, secrets, new_index)


def _prepare(settings: Settings, secrets: dict[str, str], new_index: bool) -> None:
    """Migrate when there may be something to migrate, reindex when the index is new."""
    stamp = settings.state / "prepared-for"
    migrations = CHECKOUT / "ckanext" / "opencohesion" / "migration"
    wanted = fingerprint_of([migrations, CHECKOUT / "requirements"], settings.ini.read_text())
    if not stamp.is_file() or stamp.read_text() != wanted:
        say("CKAN: databases and migrations")
        site.migrate(settings, secrets)
        site.create_admin(settings, secrets)
        stamp.write_text(wanted)
    if new_index:
        site.reindex(settings)


def start_site(settings: Settings, supervisor: Supervisor) -> None:
    """Start web server, background workers and scheduler, and wait for the first page."""
    for name in ("web", "worker", "scheduler"):
        supervisor.start_program(name)
    health.wait_until(
        "The web server", lambda: health.site_answers(settings), SITE_SECONDS, settings.logs / "web.log"
    )


def stop_site(supervisor: Supervisor) -> None:
    """Stop web server, background workers and scheduler; the services stay."""
    for name in ("scheduler", "worker", "web"):
        supervisor.stop_program(name)


def stop(settings: Settings) -> int:
    """Stop every part; the data stays."""
    if not (settings.state / "secrets.json").is_file():
        say(f"There is no portal in {settings.state}")
        return 0
    secrets = secret_store.load_or_create(settings.state)
    supervisor = Supervisor(settings, secrets["supervisor"])
    if supervisor.is_running():
        supervisor.shutdown()
        say(f"Stopped: {settings.state}")
    else:
        say(f"It does not run: {settings.state}")
    return 0
