"""`make restore`: a portal as a backup holds it. Everything is checked before anything is touched."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import psycopg2
from redis import Redis

from ops import (
    backup,
    backup_manifest,
    ckan_ini,
    databases,
    dumps,
    external_checks,
    file_store,
    portal,
    secret_store,
    services,
    site,
)
from ops.backup_manifest import BackupError, Manifest
from ops.settings import CHECKOUT, Settings
from ops.supervisor import Supervisor

MIGRATIONS = CHECKOUT / "ckanext" / "opencohesion" / "migration"
STATE_FILES = ("first-start", "admin-token", "admin-password")


def run(settings: Settings) -> int:
    """Restore the backup that PORTAL_RESTORE names, or the newest. Raises BackupError with the reason where it will not."""
    folder = settings.backup.restore or backup.newest(settings.backup.folder)
    if folder is None:
        raise BackupError(
            f"There is no backup in {settings.backup.folder}. Name one: make restore PORTAL_RESTORE=FOLDER"
        )
    portal.say(f"Backup: {folder}")
    manifest = backup_manifest.read(folder)
    refuse_newer(manifest)
    backup_manifest.verify(folder, manifest)
    portal.say(f"It is whole: made {manifest.made}, {_counts(manifest.counts)}")
    own = not settings.external.database
    if own:
        portal.start_bare_services(settings)
    settings.storage.mkdir(parents=True, exist_ok=True)
    secrets = secret_store.load_or_create(settings.state, settings.external.keys)
    addresses = services.addresses(settings, secrets)
    if not own:
        _check_services(settings, addresses)
    refuse_data(addresses.database, force=settings.backup.force)
    if Supervisor(settings.state).is_running():
        portal.stop_site(settings)
    _refuse_company(addresses.database)

    secrets = _restore_settings(settings, folder)
    ckan_ini.write(settings, secrets)
    portal.say("Files")
    put_files(settings, folder, manifest)
    portal.say("Databases")
    dumps.load(addresses.datastore_write, folder / backup.DATASTORE_DUMP)
    dumps.load(addresses.database, folder / backup.CKAN_DUMP)
    with closing(Redis.from_url(addresses.redis)) as redis:
        redis.flushdb()  # jobs and sessions of another time; the scheduler sends again what is still to do
    portal.say("CKAN: migrations and search index")
    site.prepare(settings, secrets, reindex=True)
    portal.note_prepared(settings)
    _compare(addresses.database, manifest)
    if own:
        portal.start_services(settings)
        portal.start_site(settings)
        portal.say(f"The portal is up: {settings.url}")
    else:
        portal.say("Now run `prepare`, and start the web servers, workers and the scheduler.")
    return 0


def _check_services(settings: Settings, addresses: services.Addresses) -> None:
    external_checks.check(settings.external, may_create=True)
    if settings.external.database_admin:
        databases.create(settings.external.database_admin, addresses)
    external_checks.check_databases(settings.external)


def refuse_newer(manifest: Manifest) -> None:
    """Raise BackupError for a backup of a later version than this: its tables are not known here."""
    for name, made, here in (
        ("CKAN", manifest.ckan, version("ckan")),
        ("ckanext-opencohesion", manifest.portal, version("ckanext-opencohesion")),
    ):
        if _numbers(made) > _numbers(here):
            raise BackupError(
                f"The backup was made with {name} {made}, this is {here}: restore it with that version."
            )
    for table, revision in manifest.migrations.items():
        plugin = table.removesuffix("_alembic_version")
        scripts = MIGRATIONS / plugin / "versions"
        if not plugin.startswith("opencohesion") or not revision:
            continue
        if not any(
            f'"{revision}"' in path.read_text("utf-8").replace("'", '"') for path in scripts.glob("*.py")
        ):
            raise BackupError(
                f"The backup's tables of {plugin} are at revision {revision}, which this version does not know: restore it "
                "with the version that made it."
            )


def refuse_data(database: str, *, force: bool) -> None:
    """Raise BackupError where the portal has datasets or people of its own, unless `force` says that they may go."""
    with closing(databases.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT to_regclass('package') IS NOT NULL")
        if not (cursor.fetchone() or (False,))[0]:
            return
        counts = _count(cursor, ("datasets", "users"))
    # the site's own user and the first administrator are there from the first start
    if (counts["datasets"] or counts["users"] > 2) and not force:
        raise BackupError(
            f"This portal has data ({_counts(counts)}), which a restore would replace. Make a backup of it first; then "
            "restore with PORTAL_FORCE=yes."
        )


def _refuse_company(database: str) -> None:
    """Raise BackupError while somebody else works on the database: they would see half of one portal, half of another."""
    with closing(databases.connect(database)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        others = (cursor.fetchone() or (0,))[0]
    if others:
        raise BackupError(
            f"{others} connections use the database {databases.name_of(database)}: stop the web servers, the workers and "
            "the scheduler on every host first."
        )


def _restore_settings(settings: Settings, folder: Path) -> dict[str, str]:
    """Take over the keys, so that logins' passwords and API tokens hold, and what tells when the portal began."""
    keys: dict[str, str] = json.loads((folder / backup.KEYS_FILE).read_text())
    given = settings.external.keys
    known = secret_store.load_or_create(settings.state)
    secret_store.save(settings.state, known | keys)
    if any(name in given and given[name] != keys[name] for name in ("session", "token")):
        portal.say(
            "NOTE: PORTAL_SESSION_KEY or PORTAL_TOKEN_KEY is not the backup's; with other keys its API tokens are void. "
            f"The backup's stand in {folder / backup.KEYS_FILE}"
        )
    for name in STATE_FILES:
        source = folder / "settings" / name
        if source.is_file():
            secret_store.write_private(settings.state / name, source.read_text())
    return secret_store.load_or_create(settings.state, given)


def put_files(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Copy the files of a backup to where the portal keeps them: its storage folder, or its bucket."""
    bucket = file_store.bucket_of(settings.external)
    for part in manifest.parts:
        if not part.startswith("storage/"):
            continue
        name, source = part.removeprefix("storage/"), folder / part
        if bucket and file_store.is_content(name):
            bucket.put(source, source.name)
            continue
        target = settings.storage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"incoming-{target.name}")
        shutil.copy2(source, draft)
        draft.replace(target)


def _compare(database: str, manifest: Manifest) -> None:
    """Raise BackupError where the restored database has other numbers of things than the backup."""
    with closing(databases.connect(database)) as connection:
        counts = _count(connection.cursor(), tuple(manifest.counts))
    if counts != manifest.counts:
        raise BackupError(f"Restored were {_counts(counts)}; the backup has {_counts(manifest.counts)}.")


def _count(cursor: psycopg2.extensions.cursor, what: tuple[str, ...]) -> dict[str, int]:
    counts = {}
    for name in what:
        cursor.execute(backup.COUNTED[name])
        counts[name] = (cursor.fetchone() or (0,))[0]
    return counts


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".")[:3] if part.isdigit()]
