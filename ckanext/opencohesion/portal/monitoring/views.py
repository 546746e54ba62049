"""/readyz and /metrics. What is wrong inside is told only to the monitoring system."""

from __future__ import annotations

import os
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from . import checks
from .access import may_see
from .figures import Figures
from .requests import DURATION

blueprint = Blueprint("opencohesion_monitoring", __name__)

_OPTION = "ckanext.opencohesion.monitoring."


def _is_monitoring() -> bool:
    return may_see(
        tk.request.headers.get("Authorization", ""),
        tk.request.remote_addr or "",
        tk.config[_OPTION + "token"],
        tk.config[_OPTION + "allow"],
    )


@blueprint.route("/readyz")
def ready() -> Any:
    """Say whether the portal can do its work: 200, or 503 when it can not. Which part is missing, to monitoring alone."""
    states = checks.state_of_all()
    told: dict[str, Any] = {"status": checks.summary(states)}
    if _is_monitoring():
        told["parts"] = states
    response = jsonify(told)
    response.status_code = 503 if told["status"] == "failing" else 200
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/metrics")
def metrics() -> Any:
    """Give the figures in Prometheus' format. For others than monitoring there is no such page."""
    if not _is_monitoring():
        return tk.abort(404)
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    else:
        registry.register(DURATION)
    registry.register(Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
