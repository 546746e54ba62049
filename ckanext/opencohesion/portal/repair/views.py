"""The page of the repairs of one file: ``/dataset/<id>/quality/repair/<resource_id>?repair=zeros&repair=cup``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

opencohesion_repair = Blueprint("opencohesion_repair", __name__)


def page(id: str, resource_id: str) -> Any:
    """Show what the repairs would change."""
    return tk.redirect_to("opencohesion_quality.report", id=id)


opencohesion_repair.add_url_rule("/dataset/<id>/quality/repair/<resource_id>", "page", page, methods=["GET"])
