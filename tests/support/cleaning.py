"""Empties the test portal between two tests, quicker than CKAN's own fixtures: only what holds something is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckanext.datastore.backend.postgres import get_write_engine
from sqlalchemy.orm import close_all_sessions

ALL_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%alembic_version'"
)


def empty_everything() -> None:
    """Empty the databases, Redis, the search index and the file storage."""
    close_all_sessions()
    engine = model.ensure_engine()
    _empty_tables(engine)
    _drop_datastore_tables()
    connect_to_redis().flushdb()
    search.clear_all()
    storage = Path(config["ckan.storage_path"])
    for entry in storage.iterdir():
        if entry.name == "webassets":  # built scripts and styles: the same for every test
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _empty_tables(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        tables = [f'"{name}"' for name in connection.execute(sa.text(ALL_TABLES)).scalars()]
        query = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)
        filled = list(connection.execute(sa.text(query)).scalars())
        if filled:
            connection.execute(sa.text(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE"))
        # In the same transaction: `get_site_user` makes it where it is missing, and two processes that do so at
        # once (a test and the live site's workers) collide.
        connection.execute(
            sa.text(
                'INSERT INTO "user" (id, name, sysadmin, state, created, activity_streams_email_notifications) '
                "VALUES (gen_random_uuid(), :name, true, 'active', now(), false) ON CONFLICT (name) DO NOTHING"
            ),
            {"name": config["ckan.site_id"]},
        )


def _drop_datastore_tables() -> None:
    with get_write_engine().begin() as connection:
        for name in list(connection.execute(sa.text(ALL_TABLES)).scalars()):
            # _table_stats is the DataStore's own: `datastore set-permissions` makes it
            action = "TRUNCATE" if name == "_table_stats" else "DROP"
            connection.execute(sa.text(f'{action} TABLE "{name}" CASCADE'))
