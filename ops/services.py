"""Where the portal's services are: those given from outside, else its own on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from ops import postgres, redis, solr
from ops.settings import Settings


@dataclass(frozen=True)
class Addresses:
    """The addresses that CKAN is configured with."""

    database: str
    datastore_write: str
    datastore_read: str
    solr: str
    redis: str


def addresses(settings: Settings, secrets: dict[str, str]) -> Addresses:
    """Return the addresses of the services."""

    def own(role: str, database: str) -> str:
        return postgres.url(settings, role, secrets[role], database)

    given = settings.external
    return Addresses(
        database=given.database or own("ckan", settings.database),
        datastore_write=given.datastore_write or own("datastore_write", settings.datastore),
        datastore_read=given.datastore_read or own("datastore_read", settings.datastore),
        solr=given.solr or solr.url(settings),
        redis=given.redis or redis.url(settings, secrets["redis"]),
    )


def database_admin(settings: Settings, secrets: dict[str, str]) -> str:
    """The address of a database role that may make roles and databases; empty where none was given."""
    given = settings.external
    if given.database:
        return given.database_admin
    return postgres.url(settings, postgres.SUPERUSER, secrets["postgres"], "postgres")
