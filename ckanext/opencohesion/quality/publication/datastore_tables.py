"""The DataStore's tables of what is live: filled beforehand in the shadow, exchanged with the publication.

The DataStore is another database, so no one transaction holds both. The order makes up for it:

1. ``prepare`` fills a table under a name that nobody can ask for (``_oc_…``), from the typed Parquet, and commits.
2. ``want`` writes into CKAN's database, in the publication's transaction, which content each resource's table is to have.
3. ``exchanging`` drops the old tables and renames the new ones, in a transaction of the DataStore that is committed
   right after CKAN's, and rolled back when CKAN's fails.
4. ``settle`` notes that it was done. Where a process died between the two commits it does what is still to be done: it
   is called by the next run, by the tidying job, and by whoever reads a table that is not settled, so that nobody ever
   reads the old table beside the new dataset.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg2
import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2 import errors, sql

from ckanext.opencohesion.quality.model import DataStoreTable
from ckanext.opencohesion.tables.description import TableDescription
from ckanext.opencohesion.tables.profiles import TableProfile
from ckanext.opencohesion.tables.records import MOST_COLUMNS, RecordColumn, record_columns, write_csv

#: Part of every content's name: raise it when what is written changes.
FORMAT = 1

_MARK = "opencohesion "
_SHADOW = "_oc_"
_LOCK_TIMEOUT = "10s"
_FULL_TEXT_CHARS = 250_000
_FULL_TEXT_COLUMNS = 90
_CHUNK_BYTES = 1 << 16
#: Any number that no other part of the portal locks with.
_LOCK = 0x6F636473

Wanted = list[tuple[str, str | None]]
Stop = Callable[[], None]


class TableRefusedError(Exception):
    """The table can not lie in the DataStore: PostgreSQL does not take so many columns, so long rows, or all of the rows."""


class ExchangeError(Exception):
    """A table could not be exchanged."""


class NotPreparedError(ExchangeError):
    """A table was to be exchanged that nobody has prepared."""


class TableBusyError(ExchangeError):
    """A table could not be exchanged because somebody reads it for long; it is tried again."""


class NotCommittedError(ExchangeError):
    """The database did not say whether it has committed an exchange: ``settle`` finds out, and does it where it has not."""


def content_name(sha256: str, key: str) -> str:
    """Return the name of a table's content: the file's bytes and how they were read."""
    return hashlib.sha256(f"{sha256} {key} {FORMAT}".encode()).hexdigest()[:32]


def shadow_name(resource_id: str, content: str) -> str:
    """Return the name under which a content waits to become a resource's table. No API shows a name with ``_``."""
    return _SHADOW + hashlib.sha256(f"{resource_id} {content}".encode()).hexdigest()[:40]


# -- 1. in the shadow --------------------------------------------------------------------------------------------------


def prepare(
    resource_id: str,
    content: str,
    *,
    parquet: Path,
    description: TableDescription,
    profile: TableProfile | None,
    work: Path,
    check_stop: Stop,
) -> None:
    """Fill the shadow table of a content, unless it is there or is the resource's table already. Commits.

    ``work``: a folder for the rows on their way. ``check_stop`` is called while they go over; what it raises passes
    through, and nothing is left then. Raises ``TableRefusedError``.
    """
    if len(description.columns) > MOST_COLUMNS:
        raise TableRefusedError
    name = shadow_name(resource_id, content)
    columns = record_columns(description, profile)
    with _connected() as connection, connection.cursor() as cursor:
        if _installed(cursor, resource_id) == content or _exists(cursor, name):
            return
        rows = work / f"{name}.csv"
        write_csv(parquet, columns, rows)
        try:
            _fill(cursor, name, content, columns, rows=rows, count=description.rows, check_stop=check_stop)
            connection.commit()
        except errors.ProgramLimitExceeded as error:
            raise TableRefusedError from error
        except (errors.DuplicateTable, errors.UniqueViolation):
            return  # another worker was quicker: it fills the same
        finally:
            rows.unlink(missing_ok=True)


def _fill(
    cursor: Any,
    name: str,
    content: str,
    columns: tuple[RecordColumn, ...],
    *,
    rows: Path,
    count: int,
    check_stop: Stop,
) -> None:
    """Make the table ``name`` as ``datastore_create`` would, with its data dictionary, search words and index."""
    table, raw = sql.Identifier(name), sql.Identifier(f"{name}_rows")
    defined = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type)) for column in columns
    )
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(raw, defined))
    with rows.open("rb") as file:
        cursor.copy_expert(
            sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(raw, names),
            _Watched(file, check_stop),
            _CHUNK_BYTES,
        )
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(raw))
    if cursor.fetchone()[0] != count:  # a line that is nothing but "\\." ends PostgreSQL's reading
        raise TableRefusedError
    cursor.execute(
        sql.SQL('CREATE TABLE {} ("_id" serial PRIMARY KEY, "_full_text" tsvector, {})').format(
            table, defined
        )
    )
    # the words of a row are set here and not by the DataStore's trigger, which is many times slower on wide rows
    cursor.execute(
        sql.SQL(
            'INSERT INTO {} ("_full_text", {}) SELECT to_tsvector(left({}, {})), {} FROM {} ORDER BY ctid'
        ).format(table, names, _words(columns), sql.Literal(_FULL_TEXT_CHARS), names, raw)
    )
    check_stop()
    cursor.execute(sql.SQL('CREATE INDEX ON {} USING gist ("_full_text")').format(table))
    cursor.execute(
        sql.SQL(
            "CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {} FOR EACH ROW "
            "EXECUTE PROCEDURE populate_full_text_trigger()"
        ).format(table)
    )
    for column in columns:
        cursor.execute(
            sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
                table, sql.Identifier(column.name), sql.Literal(_dictionary_entry(column))
            )
        )
    cursor.execute(
        sql.SQL("COMMENT ON TABLE {} IS {}").format(
            table, sql.Literal(f"{_MARK}{content} {count} {time.time():.0f}")
        )
    )
    cursor.execute(sql.SQL("ANALYZE {}").format(table))


def _dictionary_entry(column: RecordColumn) -> str:
    """Return a column's entry of the data dictionary as the DataStore keeps it (a blank marks the present form)."""
    return " " + json.dumps({"_info": column.info}, ensure_ascii=False, separators=(",", ":"))


def _words(columns: tuple[RecordColumn, ...]) -> sql.Composable:
    """Return the expression for all words of a row; a function takes a hundred arguments at most."""
    parts = [
        sql.SQL("concat_ws(' ', {})").format(
            sql.SQL(", ").join(
                sql.Identifier(column.name) for column in columns[start : start + _FULL_TEXT_COLUMNS]
            )
        )
        for start in range(0, len(columns), _FULL_TEXT_COLUMNS)
    ]
    return sql.SQL("concat_ws(' ', {})").format(sql.SQL(", ").join(parts))


class _Watched:
    """A file that asks at each piece read whether the job has to end."""

    def __init__(self, file: IO[bytes], check_stop: Stop) -> None:
        self._file = file
        self._check_stop = check_stop

    def read(self, size: int = -1) -> bytes:
        self._check_stop()
        return self._file.read(size)


# -- 2. what is to be --------------------------------------------------------------------------------------------------


def want(package_id: str, contents: dict[str, str]) -> None:
    """Write, in the present transaction, which content each table of a dataset is to have; its other tables are to go."""
    rows = {
        row.resource_id: row
        for row in model.Session.scalars(
            sa.select(DataStoreTable).where(DataStoreTable.package_id == package_id)
        )
    }
    for resource_id in rows.keys() | contents.keys():
        row = rows.get(resource_id)
        if row is None:
            row = DataStoreTable(resource_id=resource_id, package_id=package_id, installed=None)
            model.Session.add(row)
        row.content = contents.get(resource_id)
    model.Session.flush()


def unsettled(connection: Any, package_id: str) -> Wanted:
    """Return the tables of a dataset that are not known to be what they are to be, as ``(resource id, content)``."""
    query = sa.select(DataStoreTable.resource_id, DataStoreTable.content).where(
        DataStoreTable.package_id == package_id,
        DataStoreTable.content.is_distinct_from(DataStoreTable.installed),
    )
    return [
        (row.resource_id, row.content)
        for row in connection.execute(query.order_by(DataStoreTable.resource_id))
    ]


def with_tables(package_ids: Iterable[str]) -> set[str]:
    """Return the ids of the resources of these datasets that have a table in the DataStore."""
    query = sa.select(DataStoreTable.resource_id).where(
        DataStoreTable.package_id.in_(list(package_ids)), DataStoreTable.content.is_not(None)
    )
    return set(model.Session.scalars(query))


# -- 3. the exchange ---------------------------------------------------------------------------------------------------


@contextmanager
def exchanging(wanted: Wanted) -> Iterator[None]:
    """Exchange tables in a transaction of the DataStore that is committed when the block ends well, else rolled back.

    Whoever reads meanwhile waits: make the block short. Raises ``NotPreparedError`` and ``TableBusyError`` before the
    block, ``NotCommittedError`` after it.
    """
    if not wanted or not plugin_loaded("datastore"):
        yield
        return
    with _connected() as connection, connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        try:
            for resource_id, content in wanted:
                _exchange(cursor, resource_id, content)
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            raise TableBusyError from error
        yield
        try:
            connection.commit()
        except psycopg2.Error as error:
            raise NotCommittedError from error


def _exchange(cursor: Any, resource_id: str, content: str | None) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, resource_id))
    if content is not None and _installed(cursor, resource_id) == content:
        return
    table = sql.Identifier(resource_id)
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(table))
    cursor.execute("DELETE FROM _table_stats WHERE resource_id = %s", (resource_id,))
    if content is None:
        return
    shadow = shadow_name(resource_id, content)
    if not _exists(cursor, shadow):
        raise NotPreparedError(resource_id)
    cursor.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(sql.Identifier(shadow), table))
    cursor.execute(
        "INSERT INTO _table_stats VALUES (%s, jsonb_build_object('rows', %s::bigint))",
        (resource_id, _marked(cursor, resource_id)[1]),
    )


# -- 4. and after ------------------------------------------------------------------------------------------------------


def settle(package_id: str) -> None:
    """Make a dataset's tables what they are to be, and note it. Any number of processes may do so at once.

    Raises an ``ExchangeError``: then it stays to be done.
    """
    engine = model.ensure_engine()
    with engine.connect() as connection:
        wanted = unsettled(connection, package_id)
    if not wanted:
        return
    with exchanging(wanted):
        pass
    table = sa.inspect(DataStoreTable).local_table
    with engine.begin() as connection:
        for resource_id, content in wanted:
            seen = sa.and_(table.c.resource_id == resource_id, table.c.content.is_not_distinct_from(content))
            if content is None:
                connection.execute(sa.delete(table).where(seen))
            else:
                connection.execute(sa.update(table).where(seen).values(installed=content))


def owner_of_unsettled(resource_ids: Iterable[str]) -> set[str]:
    """Return the datasets whose tables among these are not settled."""
    query = sa.select(DataStoreTable.package_id).where(
        DataStoreTable.resource_id.in_(list(resource_ids)),
        DataStoreTable.content.is_distinct_from(DataStoreTable.installed),
    )
    with model.ensure_engine().connect() as connection:
        return set(connection.execute(query).scalars())


def unsettled_packages() -> set[str]:
    """Return the datasets of which any table is not settled."""
    query = sa.select(DataStoreTable.package_id).where(
        DataStoreTable.content.is_distinct_from(DataStoreTable.installed)
    )
    return set(model.Session.scalars(query))


def sweep(older_than_seconds: float) -> int:
    """Drop shadow tables that nobody took, and tables of ours whose dataset is gone. Returns how many."""
    if not plugin_loaded("datastore"):
        return 0
    dropped = 0
    with _connected() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        ours = {name: comment for name, comment in cursor.fetchall() if (comment or "").startswith(_MARK)}
        rows = model.Session.scalars(sa.select(DataStoreTable)).all()
        known = {row.resource_id for row in rows}
        known |= {
            shadow_name(row.resource_id, row.content)
            for row in rows
            if row.content != row.installed and row.content
        }
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        for name, comment in ours.items():
            old = time.time() - int(comment.split()[3]) > older_than_seconds
            if old and name not in known:
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name)))
                cursor.execute("DELETE FROM _table_stats WHERE resource_id = %s", (name,))
                dropped += 1
        connection.commit()
    return dropped


# -- the other database ------------------------------------------------------------------------------------------------


@contextmanager
def _connected() -> Iterator[Any]:
    """Yield a connection to the DataStore's database; what is not committed is rolled back."""
    with closing(get_write_engine().raw_connection()) as connection:
        try:
            yield connection
        finally:
            connection.rollback()


def _exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT to_regclass(format('public.%%I', %s::text)) IS NOT NULL", (name,))
    return bool(cursor.fetchone()[0])


def _installed(cursor: Any, name: str) -> str | None:
    """Return the content of the table ``name``, ``None`` where there is none or it is not of ours."""
    return _marked(cursor, name)[0]


def _marked(cursor: Any, name: str) -> tuple[str | None, int]:
    cursor.execute("SELECT obj_description(to_regclass(format('public.%%I', %s::text)), 'pg_class')", (name,))
    comment: str = cursor.fetchone()[0] or ""
    if not comment.startswith(_MARK):
        return None, 0
    content, rows = comment.removeprefix(_MARK).split()[:2]
    return content, int(rows)
