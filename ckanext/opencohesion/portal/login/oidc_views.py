"""Login with the office's identity provider: the way there and the way back."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import login_user, session
from ckan.views.user import next_page_or_default, regenerate_session, rotate_token
from flask import Blueprint

from . import oidc
from .oidc_users import user_for

log = logging.getLogger(__name__)

blueprint = Blueprint("opencohesion_oidc", __name__, url_prefix="/user/oidc")

_OPTION = "ckanext.opencohesion.oidc."
_KEPT = "oc_oidc"


def opencohesion_oidc_label() -> str:
    """What the button on the login page says; empty where no provider is configured. A template helper."""
    if not tk.config[_OPTION + "issuer"]:
        return ""
    return tk.config[_OPTION + "label"] or tk._("Log in with the office's account")


def opencohesion_oidc_only() -> bool:
    """Whether passwords are for sysadmins in an emergency only. A template helper."""
    return bool(tk.config[_OPTION + "issuer"] and tk.config[_OPTION + "only"])


def client() -> oidc.Client:
    """The portal as the provider knows it. Aborts with 404 where no provider is configured."""
    if not tk.config[_OPTION + "issuer"]:
        tk.abort(404)
    return oidc.Client(
        issuer=tk.config[_OPTION + "issuer"].rstrip("/"),
        client_id=tk.config[_OPTION + "client_id"],
        client_secret=tk.config[_OPTION + "client_secret"],
        scope=tk.config[_OPTION + "scope"],
        redirect_uri=tk.h.url_for("opencohesion_oidc.done", locale="default", _external=True),
        acr=tuple(tk.config[_OPTION + "acr"]),
        proxy=tk.config.get("ckan.download_proxy") or None,
    )


@blueprint.route("")
def start() -> Any:
    """Send the visitor to the provider."""
    try:
        address, kept = oidc.begin(client())
    except oidc.LoginRefusedError as error:
        return _refused(error)
    session[_KEPT] = {**kept, "next": tk.request.args.get("came_from", "")}
    return tk.redirect_to(address)


@blueprint.route("/done")
def done() -> Any:
    """Receive the visitor who comes back."""
    kept = session.pop(_KEPT, None) or {}
    try:
        identity = oidc.finish(client(), tk.request.args, kept)
    except oidc.LoginRefusedError as error:
        return _refused(error)
    user = user_for(
        identity,
        create=tk.config[_OPTION + "create_users"],
        trust_email=tk.config[_OPTION + "trust_email"],
    )
    if user is None:
        log.info("The identity provider named somebody who has no account here")
        tk.h.flash_error(
            tk._(
                "You have no account on this portal yet. Ask its administrators for one, with this e-mail address."
            )
        )
        return tk.redirect_to("user.login", password=1)
    regenerate_session()
    login_user(user)
    rotate_token()
    return next_page_or_default(kept.get("next"))


def _refused(error: oidc.LoginRefusedError) -> Any:
    # with %r: a part of it may be what somebody wrote into the address, line breaks too
    log.warning("Login with the identity provider did not work: %r", str(error))
    tk.h.flash_error(
        tk._("The login did not work. Please try again; if that does not help, tell your administrators.")
    )
    return tk.redirect_to("user.login", password=1)
