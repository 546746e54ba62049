"""When a session ends: after idle time, at the latest so long after its login, and when its user's password changes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import MutableMapping
from typing import Any

_LOGIN, _SEEN, _KEY = "oc_login", "oc_seen", "oc_key"
#: Seen is noted once a minute at most: writing the session sets a cookie.
_STEP_SECONDS = 60


def begin(session: MutableMapping[str, Any], password_hash: str, secret: str, now: float) -> None:
    """Note in a session that its user has just logged in."""
    session[_LOGIN] = session[_SEEN] = int(now)
    session[_KEY] = _fingerprint(password_hash, secret)


def goes_on(
    session: MutableMapping[str, Any], password_hash: str, secret: str, now: float, *, idle: int, longest: int
) -> bool:
    """Whether a logged-in session is still good, and note that it was used. `idle` and `longest` in seconds, 0: no limit.

    One that only a "remember me" cookie vouches for is no good: it would outlive every limit here. Flask-Login makes such
    a session anew and not "fresh".
    """
    if _LOGIN not in session:
        if not session.get("_fresh"):
            return False
        begin(session, password_hash, secret, now)
    if session[_KEY] != _fingerprint(password_hash, secret):
        return False
    if longest and now - session[_LOGIN] > longest:
        return False
    if idle and now - session[_SEEN] > idle:
        return False
    if now - session[_SEEN] > _STEP_SECONDS:
        session[_SEEN] = int(now)
    return True


def _fingerprint(password_hash: str, secret: str) -> str:
    return hmac.new(secret.encode(), password_hash.encode(), hashlib.sha256).hexdigest()[:20]
