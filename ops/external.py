"""What a portal is told of services that are not its own: addresses, keys and object storage, read from the environment.

Each variable may be given with _FILE behind its name, as the path of a file that holds the value, so that no password
stands in an environment. Standard library only: it is read before anything is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ops.errors import SettingError

DATABASES = ("PORTAL_DATABASE_URL", "PORTAL_DATASTORE_WRITE_URL", "PORTAL_DATASTORE_READ_URL")
KEYS = {
    "session": "PORTAL_SESSION_KEY",
    "token": "PORTAL_TOKEN_KEY",
    "admin": "PORTAL_ADMIN_PASSWORD",
}
SHORTEST_KEY = 32


@dataclass(frozen=True)
class ObjectStorage:
    """An S3-compatible bucket for the files. Without `endpoint` it is the one of the provider that made the protocol."""

    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class External:
    """Addresses of services that the portal is to use and not to make; empty where it makes its own."""

    database: str = field(default="", repr=False)
    datastore_write: str = field(default="", repr=False)
    datastore_read: str = field(default="", repr=False)
    database_admin: str = field(default="", repr=False)
    solr: str = ""
    redis: str = field(default="", repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    object_storage: ObjectStorage = field(default_factory=ObjectStorage)


def value_of(environ: Mapping[str, str], name: str) -> str:
    """Return the value of `name`, from the variable itself or from the file that `name`_FILE names; empty without either.

    Raises SettingError where both are given or the file can not be read.
    """
    value, file = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and file:
        raise SettingError(f"{name} and {name}_FILE are both given: give one of them.")
    if not file:
        return value.strip()
    try:
        return Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE={file}: {error.strerror}.") from error


def from_environment(environ: Mapping[str, str]) -> External:
    """Read the addresses and keys from `environ`. Raises SettingError, which never repeats a password."""
    databases = {name: _address(environ, name, ("postgresql", "postgres")) for name in DATABASES}
    missing = [name for name, value in databases.items() if not value]
    if missing and len(missing) < len(databases):
        raise SettingError(
            f"The addresses of the databases are given together or not at all; missing: {', '.join(missing)}."
        )
    if not missing and len({urlsplit(value).path for value in databases.values()}) != 2:
        raise SettingError(
            "PORTAL_DATASTORE_WRITE_URL and PORTAL_DATASTORE_READ_URL name one database, PORTAL_DATABASE_URL another."
        )
    keys = {name: value for name, variable in KEYS.items() if (value := value_of(environ, variable))}
    for name in ("session", "token"):
        if name in keys and len(keys[name]) < SHORTEST_KEY:
            raise SettingError(f"{KEYS[name]}: give at least {SHORTEST_KEY} random characters.")
    return External(
        *databases.values(),
        database_admin=_address(environ, "PORTAL_DATABASE_ADMIN_URL", ("postgresql", "postgres")),
        solr=_address(environ, "PORTAL_SOLR_URL", ("http", "https")).rstrip("/"),
        redis=_address(environ, "PORTAL_REDIS_URL", ("redis", "rediss")),
        keys=keys,
        object_storage=_object_storage(environ),
    )


def _object_storage(environ: Mapping[str, str]) -> ObjectStorage:
    storage = ObjectStorage(
        bucket=value_of(environ, "PORTAL_S3_BUCKET"),
        endpoint=_address(environ, "PORTAL_S3_ENDPOINT", ("http", "https")).rstrip("/"),
        region=value_of(environ, "PORTAL_S3_REGION"),
        access_key=value_of(environ, "PORTAL_S3_ACCESS_KEY"),
        secret_key=value_of(environ, "PORTAL_S3_SECRET_KEY"),
    )
    if storage.bucket and bool(storage.access_key) != bool(storage.secret_key):
        raise SettingError("PORTAL_S3_ACCESS_KEY and PORTAL_S3_SECRET_KEY are given together or not at all.")
    return storage


def _address(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    text = value_of(environ, name)
    if not text:
        return ""
    parts = urlsplit(text)
    try:
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in text):
        raise SettingError(f"{name}: give an address that begins with {schemes[0]}:// and names a host.")
    if schemes[0] == "postgresql" and not (parts.username and parts.path.strip("/")):
        raise SettingError(f"{name}: give postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
    return text
