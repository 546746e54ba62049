"""Settings of the web server: `gunicorn --config python:ckanext.opencohesion.portal.gunicorn_settings …`.

CKAN is loaded once and the workers are forked from it: a third of the time to start, and memory is shared.
"""

from __future__ import annotations

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


def post_fork(server: Any, worker: Any) -> None:
    """Give the worker database connections of its own: one shared by two processes mixes up their answers."""
    from ckan.model import meta
    from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine

    for engine in (meta.engine, get_read_engine(), get_write_engine()):
        if engine is not None:
            engine.dispose(close=False)
