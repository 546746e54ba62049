"""DuckDB in a sandbox: it reads Parquet below one folder and nothing else, with bounded memory, threads and time.

An in-memory instance per process; what it may reach is fixed before the first query and locked
(``enable_external_access``, ``lock_configuration``). DuckDB could still write below the folder, so text of a user never
becomes SQL: columns are named by their position, values are bound.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import duckdb

from ..i18n_marks import N_
from .errors import QueryError, QueryLimitError
from .typed import literal

_SPILL_TIMES_MEMORY = 4


class Engine:
    """Reads Parquet files below ``root``."""

    def __init__(self, root: Path, memory_mb: int, threads: int) -> None:
        self._lock = threading.Lock()
        # what does not fit into the memory goes there, so far: the folder goes with the engine
        self._spill = tempfile.TemporaryDirectory(prefix="opencohesion-tables-")
        settings = {
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "temp_directory": self._spill.name,
            "max_temp_directory_size": f"{_SPILL_TIMES_MEMORY * memory_mb}MB",
        }
        self._connection = duckdb.connect(config=settings)
        self._connection.execute(f"SET allowed_directories=[{literal(str(root))}]")
        self._connection.execute("SET enable_external_access=false")
        self._connection.execute("SET lock_configuration=true")

    @contextmanager
    def cursor(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of its own whose work is broken off after ``seconds``.

        Raises QueryLimitError where that happened, the memory did not suffice or the file is gone (taken down between
        its description and this question), QueryError where numbers do not fit into the largest type there is.
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
        except duckdb.IOException as error:
            raise QueryLimitError("gone") from error
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            raise QueryError(N_("These numbers are too large to be compared or added up here.")) from error
        finally:
            alarm.cancel()
            cursor.close()


@lru_cache(maxsize=4)
def engine(root: Path, memory_mb: int, threads: int) -> Engine:
    """Return this process's engine over ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    return Engine(root, memory_mb, threads)
