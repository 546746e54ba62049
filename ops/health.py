"""Whether a portal's parts are there and answer, and whether there is room for them."""

from __future__ import annotations

import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ops.errors import DiskFullError, PortTakenError, UnhealthyError
from ops.settings import Settings

GIGABYTE = 10**9
# A new state folder: Python environment 1 GB, Solr with Maven's cache 0.2 GB, database and files of the demo.
NEEDED_GB = 3


def check_disk(state: Path) -> None:
    """Raise DiskFullError where the state folder's disk has less room than a portal needs."""
    free_gb = shutil.disk_usage(state).free / GIGABYTE
    if free_gb < NEEDED_GB:
        raise DiskFullError(
            f"Only {free_gb:.1f} GB are free for {state}; a portal needs {NEEDED_GB} GB. "
            "Free some space, or choose another folder with PORTAL_STATE."
        )


def check_ports(settings: Settings) -> None:
    """Raise PortTakenError where a port of the portal is in use. To be called while the portal does not run."""
    given = settings.external
    ports = {
        "the web server": (settings.bind, settings.port),
        "the process manager": ("127.0.0.1", settings.supervisor_port),
    }
    for part, is_given, port in (
        ("Solr", given.solr, settings.solr_port),
        ("Redis", given.redis, settings.redis_port),
        ("PostgreSQL", given.database, settings.postgres_port),
    ):
        if not is_given:
            ports[part] = ("127.0.0.1", port)
    for part, (host, port) in ports.items():
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise PortTakenError(
                    f"Port {port} ({part}) is for root only. Choose a higher one with PORTAL_PORT."
                ) from error
            except OSError as error:
                raise PortTakenError(
                    f"Port {port} on {host}, for {part}, can not be had: {error.strerror}. Perhaps another portal runs "
                    "there. Stop what uses it, or choose another port: make portal PORTAL_PORT=5100"
                ) from error


def wait_until(what: str, is_ready: Callable[[], bool], seconds: int, log: Path) -> None:
    """Wait for a part to answer. Raises UnhealthyError, naming its log, when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > deadline:
            raise UnhealthyError(f"{what} does not answer after {seconds} seconds; its log is {log}")
        time.sleep(0.2)


def site_answers(settings: Settings) -> bool:
    """Whether CKAN answers on its web port."""
    try:
        with urllib.request.urlopen(  # noqa: S310
            f"{settings.local_url}/api/3/action/status_show", timeout=30
        ) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
