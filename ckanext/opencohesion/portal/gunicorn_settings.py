"""Settings of the web server: `gunicorn --config python:ckanext.opencohesion.portal.gunicorn_settings …`.

CKAN is loaded once and the workers are forked from it: a third of the time to start, and memory is shared.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

wsgi_app = "ckanext.opencohesion.portal.wsgi:application"
preload_app = True
workers = 3
worker_class = "gthread"
threads = 4
# A worker silent for so long is replaced. A long upload does not count: its thread works, the worker answers.
timeout = 120
graceful_timeout = 10
control_socket_disable = True


if os.environ.get("PORTAL_LOG_FORMAT") == "json":
    logconfig_dict = {
        "formatters": {"generic": {"class": "ckanext.opencohesion.portal.logs.formatter.JsonFormatter"}}
    }


def on_starting(server: Any) -> None:
    """Begin the figures of /metrics anew: those of processes that are gone would be counted for ever."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)


def when_ready(server: Any) -> None:
    """Load what the check of a small file needs before the workers are forked: it is checked while its officer waits."""
    from ckanext.opencohesion.quality.judging.warm import warm

    warm()


def post_fork(server: Any, worker: Any) -> None:
    """Give the worker database connections of its own: one shared by two processes mixes up their answers."""
    from ckan.model import meta
    from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine

    for engine in (meta.engine, get_read_engine(), get_write_engine()):
        if engine is not None:
            engine.dispose(close=False)
