"""`make backup`: the whole portal at one moment, in a folder of its own, while it keeps running.

First both databases, then the files: a file never changes and lies there before the database names it, so the files are
never older than the databases. A backup gets its name when it is whole; files that the backup before it holds already are
hard links to them.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ops import backup_manifest, dumps, file_store, secret_store, services
from ops.backup_manifest import BackupError, Manifest, Part
from ops.dumps import Snapshot
from ops.settings import Settings

PREFIX = "backup-"
DRAFT_PREFIX = ".making-"
KEYS = ("session", "token", "admin")
KEPT_SETTINGS = ("ckan.ini", "admin-token", "admin-password", "first-start")
CKAN_DUMP = "databases/ckan.dump"
DATASTORE_DUMP = "databases/datastore.dump"
KEYS_FILE = "settings/keys.json"
# What is being written, and what CKAN makes again by itself.
UNFINISHED = ("incoming-", "fetch-", "writing-", "description-")
MADE_AGAIN = ("webassets", "opencohesion/spool")

COUNTED = {
    "datasets": "SELECT count(*) FROM package WHERE state = 'active'",
    "resources": "SELECT count(*) FROM resource WHERE state = 'active'",
    "users": 'SELECT count(*) FROM "user"',
    "organizations": "SELECT count(*) FROM \"group\" WHERE is_organization AND state = 'active'",
    "api_tokens": "SELECT count(*) FROM api_token",
    "versions": "SELECT count(*) FROM oc_release",
}
NEEDED_FILES = (
    "SELECT sha256 FROM oc_resource_file UNION SELECT sha256 FROM oc_release"
    " WHERE (to_jsonb(oc_release) ->> 'withdrawn') IS NULL"
)


def run(settings: Settings) -> int:
    """Make a backup and delete the oldest ones. Exit code 0 when it is whole."""
    folder = settings.backup.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"Another backup into {folder} is under way.") from error
        for left in folder.glob(f"{DRAFT_PREFIX}*"):
            shutil.rmtree(left)
        made, manifest = make(settings)
        remove_old(folder, settings.backup.keep)
    size = sum(part.size for part in manifest.parts.values())
    counts = ", ".join(f"{count} {what}" for what, count in manifest.counts.items())
    print(f"  Backup: {made}\n  {counts}; {len(manifest.parts)} files, {size / 1e6:.1f} MB")
    print(
        "  It holds the portal's keys and everybody's data: keep it as safe as the portal, and a copy on another machine."
    )
    if manifest.missing:
        print(
            f"  WARNING: {len(manifest.missing)} files that the database names are not in the store: {manifest.missing[:3]}"
        )
        return 1
    return 0


def make(settings: Settings) -> tuple[Path, Manifest]:
    """Make one backup and return its folder and manifest. Nothing half-made has the name of a backup.

    Raises BackupError.
    """
    if not settings.ini.is_file():
        raise BackupError(f"There is no portal in {settings.state}: it has no ckan.ini.")
    root = settings.backup.folder
    name = f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    draft = root / f"{DRAFT_PREFIX}{name}"
    draft.mkdir(mode=0o700)
    secrets = secret_store.load_or_create(settings.state, settings.external.keys)
    addresses = services.addresses(settings, secrets)
    try:
        (draft / "databases").mkdir()
        with dumps.at_one_moment(addresses.database, addresses.datastore_write) as (ckan, datastore):
            facts = _facts(ckan)
            dumps.dump(ckan, draft / CKAN_DUMP)
            dumps.dump(datastore, draft / DATASTORE_DUMP)
    except psycopg2.OperationalError as error:
        raise BackupError(
            f"The databases can not be read: {str(error).strip()}. Does the portal run?"
        ) from error
    parts = {name: _part(draft / name) for name in (CKAN_DUMP, DATASTORE_DUMP)}
    parts |= _settings(settings, secrets, draft)
    parts |= copy_files(settings, draft, newest(root))
    manifest = Manifest(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        portal=version("ckanext-opencohesion"),
        ckan=version("ckan"),
        postgresql=ckan.connection.server_version // 10000,
        url=settings.url,
        region=settings.region,
        migrations=facts[0],
        counts=facts[1],
        missing=sorted(facts[2] - {name.rpartition("/")[2] for name in parts}),
        parts=parts,
    )
    backup_manifest.write(draft, manifest)
    os.sync()
    draft.rename(root / name)
    return root / name, manifest


def newest(folder: Path) -> Path | None:
    """The newest backup in `folder`, None where there is none."""
    return max(folder.glob(f"{PREFIX}*"), default=None)


def remove_old(folder: Path, keep: int) -> None:
    """Delete all backups but the newest `keep`."""
    for old in sorted(folder.glob(f"{PREFIX}*"))[:-keep]:
        doomed = old.with_name(f"{DRAFT_PREFIX}{old.name}")  # half a backup never has a backup's name
        old.rename(doomed)
        shutil.rmtree(doomed)


def _facts(ckan: Snapshot) -> tuple[dict[str, str], dict[str, int], set[str]]:
    """Revisions, counts, and the hashes of the files that the database needs."""
    cursor = ckan.connection.cursor()
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = {row[0] for row in cursor.fetchall()}
    migrations = {}
    for table in sorted(table for table in tables if table.endswith("alembic_version")):
        cursor.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(table)))
        migrations[table] = ",".join(sorted(row[0] for row in cursor.fetchall()))
    counts = {}
    for what, query in COUNTED.items():
        cursor.execute(query)
        counts[what] = (cursor.fetchone() or (0,))[0]
    cursor.execute(NEEDED_FILES)
    return migrations, counts, {row[0] for row in cursor.fetchall()}


def _part(path: Path) -> Part:
    return Part(path.stat().st_size, backup_manifest.digest_of(path))


def _settings(settings: Settings, secrets: dict[str, str], draft: Path) -> dict[str, Part]:
    """The keys without which no login and no token would hold, and the configuration, readable by their owner alone."""
    (draft / "settings").mkdir()
    secret_store.write_private(draft / KEYS_FILE, json.dumps({name: secrets[name] for name in KEYS}))
    for name in KEPT_SETTINGS:
        if (settings.state / name).is_file():
            secret_store.write_private(draft / "settings" / name, (settings.state / name).read_text())
    return {f"settings/{path.name}": _part(path) for path in (draft / "settings").iterdir()}


def copy_files(settings: Settings, draft: Path, previous: Path | None) -> dict[str, Part]:
    """Copy or link what lies in the storage folder, and what lies in object storage, checking files by their hash."""
    parts: dict[str, Part] = {}
    for name, copy in _sources(settings):
        target = draft / "storage" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        sha256 = target.name if file_store.is_content(name) else ""
        if sha256 and previous and _link(previous / "storage" / name, target, sha256):
            parts[f"storage/{name}"] = Part(target.stat().st_size, sha256)
            continue
        try:
            copy(target)
        except (
            FileNotFoundError
        ):  # removed since it was listed; what the database needs of it is counted as missing
            target.unlink(missing_ok=True)
            continue
        part = _part(target)
        if sha256 and part.sha256 != sha256:
            raise BackupError(
                f"{settings.storage / name} is damaged: its bytes have the SHA-256 {part.sha256}."
            )
        parts[f"storage/{name}"] = part
    return parts


def _sources(settings: Settings) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Every file by its name below the storage folder, with a function that copies it."""
    bucket = file_store.bucket_of(settings.external)
    for name in backup_manifest.files_below(settings.storage):
        unfinished = any(part.startswith(UNFINISHED) for part in Path(name).parts)
        made_again = any(name.startswith(f"{folder}/") for folder in MADE_AGAIN)
        if not unfinished and not made_again and not (settings.storage / name).is_symlink():
            path = settings.storage / name
            yield name, lambda target, path=path: shutil.copy2(path, target)
    if bucket:
        for sha256 in bucket.hashes():
            yield file_store.name_of(sha256), lambda target, sha256=sha256: bucket.copy_to(sha256, target)


def _link(previous: Path, target: Path, sha256: str) -> bool:
    """Take the file from the backup before, if its bytes are what its name says."""
    if not previous.is_file() or backup_manifest.digest_of(previous) != sha256:
        return False
    try:
        os.link(previous, target)
    except OSError:  # a file system without hard links
        return False
    return True
