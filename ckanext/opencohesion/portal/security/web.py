"""Puts the security headers on every answer of the web application."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Response

from .headers import security_headers


def protect(response: Response) -> Response:
    """Add the headers that the answer does not have yet (a view may have set a stricter policy of its own)."""
    headers = security_headers(
        tk.request.endpoint or "",
        tk.request.method,
        response.status_code,
        response.mimetype or "",
        https=str(tk.config["ckan.site_url"]).startswith("https:"),
    )
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response
