"""The access log, and the id that ties the lines of a request together.

It says what was asked, never with which parameters (search words, reset keys and tokens stand there), and of who asked
only the network, unless the configuration wants more or less.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
import uuid

from ckan.plugins import toolkit as tk
from flask import Response, g

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("static", "webassets.index", "opencohesion_monitoring.ready", "opencohesion_monitoring.metrics")


def start() -> None:
    """Give the request an id: the one a proxy has given it, if it looks like one, else a new one."""
    given = tk.request.headers.get("X-Request-ID", "")
    g.oc_request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.oc_arrived = time.perf_counter()


def finish(response: Response) -> Response:
    """Write the request's line, and tell its id."""
    request_id = g.get("oc_request_id")
    if request_id is None:
        return response
    response.headers["X-Request-ID"] = request_id
    if (tk.request.endpoint or "") not in _QUIET:
        facts = {
            "method": tk.request.method,
            "path": tk.request.path,
            "endpoint": tk.request.endpoint,
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - g.oc_arrived) * 1000),
            "address": shown_address(
                tk.request.remote_addr or "", tk.config["ckanext.opencohesion.monitoring.log_addresses"]
            ),
        }
        log.info(
            "%s %s %s %s ms %s",
            facts["method"],
            _printable(tk.request.path),
            facts["status"],
            facts["milliseconds"],
            facts["address"],
            extra=facts,
        )
    return response


def shown_address(address: str, how: str) -> str:
    """An address as the log shows it: ``full``, ``network`` (the last part is taken off), or ``none``."""
    if how == "full":
        return address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "-"
    if how != "network":
        return "-"
    return str(
        ipaddress.ip_network((address, 24 if found.version == 4 else 48), strict=False).network_address
    )


def _printable(path: str) -> str:
    """A path without what could pass for a line of its own."""
    return "".join(character if character.isprintable() else "?" for character in path)
