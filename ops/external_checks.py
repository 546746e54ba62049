"""Whether services that were given from outside are such that the portal can stand on them. Each check that fails says which
setting is meant, what is wrong and what to do, and never repeats a password."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit
from xml.etree import ElementTree

import psycopg2
from redis import Redis
from redis.exceptions import RedisError

from ckanext.opencohesion.quality.storage.object_store import ObjectStorageError
from ops import databases, file_store, solr
from ops.errors import SettingError, UnhealthyError
from ops.external import External
from ops.postgres import OLDEST_VERSION

ANSWER_SECONDS = 10
OLDEST_REDIS = 6


def check(given: External, *, may_create: bool = False) -> None:
    """Check every service in `given`. With `may_create` the databases may still be missing: they are about to be made.

    Raises UnhealthyError for what does not answer, SettingError for what is not usable.
    """
    if given.database and not (may_create and given.database_admin):
        check_databases(given)
    if given.solr:
        check_solr(given.solr)
    if given.redis:
        check_redis(given.redis)
    if bucket := file_store.bucket_of(given):
        try:
            bucket.check()
        except (ObjectStorageError, ImportError) as error:
            raise UnhealthyError(f"PORTAL_S3_BUCKET: {error}") from error


def check_databases(given: External) -> None:
    """All three roles get in; the server is new enough, stores UTF-8, and lets the owners make tables."""
    for name, url, is_owner in (
        ("PORTAL_DATABASE_URL", given.database, True),
        ("PORTAL_DATASTORE_WRITE_URL", given.datastore_write, True),
        ("PORTAL_DATASTORE_READ_URL", given.datastore_read, False),
    ):
        try:
            with closing(databases.connect(url)) as connection:
                cursor = connection.cursor()
                cursor.execute(
                    "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),"
                    " has_schema_privilege(current_user, 'public', 'CREATE')"
                )
                version, encoding, may_make_tables = cursor.fetchone() or (0, "", False)
        except psycopg2.OperationalError as error:
            raise UnhealthyError(f"{name}: {where(url)} lets nobody in: {str(error).strip()}") from error
        if version < OLDEST_VERSION:
            raise SettingError(
                f"{name}: PostgreSQL {OLDEST_VERSION} or newer is needed; {where(url)} is {version}."
            )
        if encoding != "UTF8":
            raise SettingError(
                f"{name}: the database {databases.name_of(url)} stores {encoding}; make it with ENCODING 'UTF8'."
            )
        if is_owner and not may_make_tables:
            raise SettingError(
                f"{name}: the role {databases.user_of(url)} may not make tables: make it the owner of the database "
                f"{databases.name_of(url)}."
            )


def check_solr(url: str) -> None:
    """The core answers, and its schema is the file that this version of the portal ships."""
    wanted = (solr.SOURCE / "conf" / "schema.xml").read_bytes()
    try:
        name = json.loads(_get(f"{url}/schema/name?wt=json")).get("name")
        present = _get(f"{url}/admin/file?file=schema.xml&contentType=text/xml")
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise UnhealthyError(
            f"PORTAL_SOLR_URL: the core at {url} does not answer: {error}. The address ends with the core's name, such "
            "as http://solr.example.it:8983/solr/ckan."
        ) from error
    ours = ElementTree.fromstring(wanted).get("name")  # noqa: S314 (our own file)
    if name != ours:
        raise SettingError(
            f"PORTAL_SOLR_URL: the core at {url} has the schema “{name}”, the portal needs “{ours}”: make the core from "
            "the folder solr/conf."
        )
    if present != wanted:
        raise SettingError(
            f"PORTAL_SOLR_URL: the core at {url} was made from another version of solr/conf: make it again from this "
            "version's folder, and let the portal fill it (prepare)."
        )


def check_redis(url: str) -> None:
    """Redis answers and does not throw away what is in it when its memory is full: background jobs lie there."""
    try:
        with closing(
            Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        ) as client:
            facts = client.info()
    except (RedisError, OSError) as error:
        raise UnhealthyError(f"PORTAL_REDIS_URL: {where(url)} does not answer: {error}") from error
    version = str(facts.get("redis_version", "0"))
    if int(version.split(".", maxsplit=1)[0]) < OLDEST_REDIS:
        raise SettingError(
            f"PORTAL_REDIS_URL: Redis {OLDEST_REDIS} or newer is needed; {where(url)} is {version}."
        )
    policy = str(facts.get("maxmemory_policy", "noeviction"))
    if facts.get("maxmemory") and policy.startswith("allkeys"):
        raise SettingError(
            f"PORTAL_REDIS_URL: {where(url)} drops what it holds when memory is short (maxmemory-policy {policy}), and "
            "background jobs and sessions lie there: set maxmemory-policy noeviction."
        )


def where(url: str) -> str:
    """Host and port of an address, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def answers(given: External) -> Callable[[], bool]:
    """Return a function that says whether all of `given` can be reached, for waiting until it can."""

    def all_answer() -> bool:
        try:
            if given.database:
                databases.connect(given.database_admin or given.database).close()
            if given.redis:
                Redis.from_url(given.redis, socket_timeout=ANSWER_SECONDS).ping()
            if given.solr:
                _get(f"{given.solr}/select?q=*:*&rows=0")
        except (psycopg2.OperationalError, RedisError, OSError):
            return False
        return True

    return all_answer


def documents(solr_url: str) -> int:
    """How many documents are in the search index."""
    return json.loads(_get(f"{solr_url}/select?q=*:*&rows=0&wt=json"))["response"]["numFound"]


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 (http(s), checked when read)
        return answer.read()
