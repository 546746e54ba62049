"""CKAN's login with a password: slowed where passwords are guessed. Touches CKAN, Redis and the request."""

from __future__ import annotations

import secrets
from typing import Any

from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from flask import Response, g, make_response
from itsdangerous import BadSignature, URLSafeSerializer

from ckanext.opencohesion.stewardship.mailing import can_send

from .addresses import household
from .throttle import Attempt, Limits, Throttle

DEVICE_COOKIE = "oc_device"
DEVICE_DAYS = 180
#: Mails for a new password: so many for an account, and from an address, before the next has to wait, an hour at most.
FREE_RESETS, FREE_RESETS_ADDRESS, WAIT_FOR_RESET = 3, 20, 3600
_OPTION = "ckanext.opencohesion.security."


def refuse_guessing() -> Response | None:
    """Answer a login that has to wait (429), or one with a malformed form (400); None lets CKAN go on."""
    if tk.request.method != "POST":
        return None
    form = tk.request.form
    if not form.get("remember", "0").isdigit():
        return tk.abort(400, tk._("The form of this page was not filled in as it should be."))
    seconds = _throttle().seconds_to_wait(_attempt(form.get("login", "")))
    if not seconds:
        return None
    minutes = -(-seconds // 60)
    tk.h.flash_error(
        tk.ungettext(
            "Too many wrong passwords. Please wait a minute and try again, or have your password reset.",
            "Too many wrong passwords. Please wait {count} minutes and try again, or have your password reset.",
            minutes,
        ).format(count=minutes)
    )
    response = make_response(tk.render("user/login.html", {}), 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def refuse_mail_flood() -> Any:
    """Abort (429) where mails for a new password are asked for again and again; say it where none can be sent.

    Called before every request. Without a sender CKAN's page would break over the accounts that exist, and over those alone.
    """
    if tk.request.endpoint != "user.request_reset" or tk.request.method != "POST":
        return None
    if not can_send():
        tk.h.flash_error(tk._("This portal sends no mail. Ask its administrators for a new password."))
        return tk.redirect_to("user.login")
    limits = Limits(FREE_RESETS, FREE_RESETS_ADDRESS, WAIT_FOR_RESET)
    throttle = Throttle(connect_to_redis(), f"reset {tk.config['SECRET_KEY']}", limits)
    attempt = _attempt(tk.request.form.get("user", ""))
    if throttle.seconds_to_wait(attempt):
        tk.abort(
            429,
            tk._("A new password was asked for too often. Please wait: the mail may still be on its way."),
        )
    throttle.failed(attempt)
    return None


def note_failure(login: Any, **_: Any) -> None:
    """Receive CKAN's signal ``failed_login``."""
    _throttle().failed(_attempt(str(login or "")))


def note_success(user: model.User) -> None:
    """Forget this browser's wrong passwords, and know it again from now on."""
    attempt = _attempt(user.name)
    _throttle().succeeded(attempt)
    g.oc_known_device = [user.id, attempt.device or secrets.token_urlsafe(12)]


def remember_device(response: Response) -> Response:
    """Give the browser of a successful login its cookie, which says no more than that it has been here."""
    if known := g.pop("oc_known_device", None):
        response.set_cookie(
            DEVICE_COOKIE,
            str(_signer().dumps(known)),
            max_age=DEVICE_DAYS * 86400,
            path=tk.config["SESSION_COOKIE_PATH"] or "/",
            secure=tk.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _attempt(login: str) -> Attempt:
    # one account has a name and an address: guesses at either are guesses at it
    user = model.User.by_name(login) or model.User.by_email(login)
    account = user.id if user else login.lower()
    return Attempt(account, household(tk.request.remote_addr or ""), _device_of(account))


def _device_of(account: str) -> str | None:
    try:
        known = _signer().loads(tk.request.cookies.get(DEVICE_COOKIE, ""))
    except BadSignature:
        return None
    return known[1] if known[0] == account else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(tk.config["SECRET_KEY"], salt="opencohesion-device")


def _throttle() -> Throttle:
    limits = Limits(
        per_account=tk.config[_OPTION + "login_free_attempts"],
        per_address=tk.config[_OPTION + "login_free_attempts_address"],
        longest_wait=tk.config[_OPTION + "login_longest_wait_seconds"],
    )
    return Throttle(connect_to_redis(), tk.config["SECRET_KEY"], limits)
