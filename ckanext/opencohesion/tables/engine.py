"""DuckDB in a sandbox: it reads Parquet below one folder and nothing else, with bounded memory, threads and time.

An in-memory instance per process; what it may reach is fixed before the first query and locked
(``enable_external_access``, ``lock_configuration``). DuckDB could still write below the folder, so text of a user never
becomes SQL: columns are named by their position, values are bound.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import duckdb

from .errors import QueryLimitError
from .typed import literal


class Engine:
    """Reads Parquet files below ``root``."""

    def __init__(self, root: Path, memory_mb: int, threads: int) -> None:
        self._lock = threading.Lock()
        self._connection = duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "threads": threads})
        self._connection.execute(f"SET allowed_directories=[{literal(str(root))}]")
        self._connection.execute("SET enable_external_access=false")
        self._connection.execute("SET lock_configuration=true")

    @contextmanager
    def cursor(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of its own whose work is broken off after ``seconds``.

        Raises QueryLimitError where that happened or the memory did not suffice.
        """
        with self._lock:
            cursor = self._connection.cursor()
        alarm = threading.Timer(seconds, cursor.interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            yield cursor
        except duckdb.InterruptException as error:
            raise QueryLimitError("time") from error
        except duckdb.OutOfMemoryException as error:
            raise QueryLimitError("memory") from error
        finally:
            alarm.cancel()
            cursor.close()


@lru_cache(maxsize=4)
def engine(root: Path, memory_mb: int, threads: int) -> Engine:
    """Return this process's engine over ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    return Engine(root, memory_mb, threads)
