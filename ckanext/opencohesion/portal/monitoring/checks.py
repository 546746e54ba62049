"""What the portal needs in order to work, asked one by one. Touches every service."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import is_available
from ckan.plugins import plugin_loaded
from ckan.plugins import toolkit as tk
from rq import Worker

from ckanext.opencohesion.jobs.model import JOBS
from ckanext.opencohesion.jobs.scheduler import PERIODIC_KEY
from ckanext.opencohesion.portal.audit.model import utcnow

MIGRATIONS = Path(__file__).parents[2] / "migration"
#: The scheduler submits its most frequent job every five minutes.
SCHEDULER_SILENCE = timedelta(minutes=15)


def _database() -> bool:
    with model.ensure_engine().connect() as connection:
        return connection.scalar(sa.text("SELECT 1")) == 1


def _migrations() -> bool:
    with model.ensure_engine().connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        for plugin, head in _heads().items():
            table = f"{plugin}_alembic_version"
            if plugin_loaded(plugin) and head:
                if table not in tables:
                    return False
                if (
                    connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(table)))
                    != head
                ):
                    return False
    return True


@cache
def _heads() -> dict[str, str | None]:
    found = {}
    for folder in sorted(MIGRATIONS.iterdir()):
        if (folder / "alembic.ini").is_file():
            config = Config()
            config.set_main_option("script_location", str(folder))
            found[folder.name] = ScriptDirectory.from_config(config).get_current_head()
    return found


def _redis() -> bool:
    return bool(connect_to_redis().ping())


def _storage() -> bool:
    with tempfile.TemporaryFile(dir=str(tk.config["ckan.storage_path"])) as file:
        return file.write(b"x") == 1


def _workers() -> bool:
    """A worker renews its registration in Redis while it lives; a killed one's lapses."""
    return len(Worker.all(connection=connect_to_redis())) > 0


def _scheduler() -> bool:
    newest = sa.select(sa.func.max(JOBS.c.created)).where(JOBS.c.key == PERIODIC_KEY)
    with model.ensure_engine().connect() as connection:
        last = connection.scalar(newest)
    return last is not None and utcnow() - last < SCHEDULER_SILENCE


#: Without these no page can be answered rightly …
ESSENTIAL: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "search": is_available,
    "redis": _redis,
    "storage": _storage,
}
#: … without these pages are answered, but nothing new is checked or published.
BACKGROUND: dict[str, Callable[[], bool]] = {"workers": _workers, "scheduler": _scheduler}


def state_of_all() -> dict[str, bool]:
    """Each part with whether it works. A part that raises does not."""
    return {name: _works(check) for name, check in {**ESSENTIAL, **BACKGROUND}.items()}


def summary(states: dict[str, bool]) -> str:
    """``ok``, ``degraded`` (the background is missing) or ``failing``."""
    if not all(states[name] for name in ESSENTIAL):
        return "failing"
    return "ok" if all(states.values()) else "degraded"


def _works(check: Callable[[], bool]) -> bool:
    try:
        return bool(check())
    except Exception:  # what is wrong stands in the logs of the part itself
        return False
