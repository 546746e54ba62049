"""No other site makes a visitor's browser send a form here (CSRF).

CKAN 2.12.0 checks the token of forms, but takes a view out of the check for as long as the process lives once anybody has
opened it without a session (``ckan_before_request`` calls ``csrf.exempt`` for the view). One anonymous request to a form
would leave it unguarded for everybody, so the token is asked for here again, whatever is on that list.
"""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import current_app, g


def require_token() -> None:
    """Refuse (400) what is sent without the page's token. Called before every request."""
    if not tk.config["WTF_CSRF_ENABLED"] or tk.request.endpoint is None:
        return
    if tk.current_user.is_authenticated:
        # a program with an API token sends no cookie that another site could abuse
        needed = not g.get("login_via_auth_header", False)
    else:
        # where a visitor becomes somebody: else another site could log them in as somebody of its choice
        needed = tk.request.blueprint == "user"
    if needed:
        current_app.extensions["csrf"].protect()
