"""What the portal adds to CKAN's login: the hooks that CKAN calls, and what happens at each."""

from __future__ import annotations

import time
from typing import Any

from ckan import model
from ckan.common import logout_user, session
from ckan.lib import signals
from ckan.plugins import toolkit as tk
from flask import Response

from . import oidc_views, password_login, sessions

_OPTION = "ckanext.opencohesion.security."


def begin_session(sender: Any, user: model.User, **_: Any) -> None:
    """Receive CKAN's signal ``user_logged_in``, whichever way the user came."""
    sessions.begin(session, user.password or "", tk.config["SECRET_KEY"], time.time())
    password_login.note_success(user)


def end_stale_session() -> None:
    """Log out who has been idle, or here, for too long, or whose password has changed since."""
    if "_user_id" not in session or not tk.current_user.is_authenticated:
        return
    user = tk.current_user
    good = sessions.goes_on(
        session,
        user.password or "",  # pyright: ignore[reportAttributeAccessIssue]
        tk.config["SECRET_KEY"],
        time.time(),
        idle=tk.config[_OPTION + "session_idle_minutes"] * 60,
        longest=tk.config[_OPTION + "session_hours"] * 3600,
    )
    if not good:
        logout_user()
        # CKAN has read them already
        tk.g.user, tk.g.userobj = "", None


class HouseLogin:
    """``IAuthenticator``, for the plugin to inherit."""

    def login(self) -> Response | None:
        """Called before CKAN's login page."""
        return _only_with_the_provider() or password_login.refuse_guessing()


def _only_with_the_provider() -> Any:
    """Where the office wants it so, send everybody to the identity provider, sysadmins in an emergency apart."""
    if not oidc_views.opencohesion_oidc_only() or tk.current_user.is_authenticated:
        return None
    if tk.request.method == "POST":
        typed = tk.request.form.get("login", "")
        user = model.User.by_name(typed) or model.User.by_email(typed)
        if user is None or user.sysadmin:
            return None
        # the same words as for a wrong password, so that nobody learns here who is a sysadmin
        signals.failed_login.send(typed)
        tk.h.flash_error(tk._("Login failed. Bad username or password."))
        return tk.render("user/login.html", {})
    if "password" in tk.request.args:
        return None
    return tk.redirect_to("opencohesion_oidc.start", came_from=tk.request.args.get("came_from") or None)
