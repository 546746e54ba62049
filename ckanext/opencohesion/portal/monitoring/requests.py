"""Counts requests, for Prometheus: how many, how quick, with which outcome. No paths, names or addresses."""

from __future__ import annotations

import time

from ckan.plugins import toolkit as tk
from flask import Response, g
from prometheus_client import Histogram

#: `area` is the Flask blueprint, `status` the class of the answer: few values, whatever visitors ask for.
DURATION = Histogram(
    "opencohesion_request_seconds",
    "Time to answer a request",
    ["area", "method", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def start() -> None:
    """Note when a request began."""
    g.oc_started = time.perf_counter()


def count(response: Response) -> Response:
    """Count a request that is answered."""
    started = g.get("oc_started")
    if started is not None:
        area = tk.request.blueprint or tk.request.endpoint or "none"
        method = tk.request.method if tk.request.method in _METHODS else "other"
        DURATION.labels(area, method, f"{response.status_code // 100}xx").observe(
            time.perf_counter() - started
        )
    return response
