"""What keeps programs from filling the office's inbox, without a third party and without keeping addresses.

A form carries a signed token: it says for which dataset and when the form was opened, and serves once. An address may
send so many questions an hour; Redis knows it only as a hash with the day's random salt, and only for that hour.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from redis import Redis

#: A person needs longer to read the form and write a sentence.
LEAST_SECONDS = 3
MOST_SECONDS = 24 * 3600
WINDOW_SECONDS = 3600
_DAY_SECONDS = 24 * 3600
_PREFIX = "opencohesion:question:"


class BadTokenError(Exception):
    """The form was not opened here, too long ago, just now, or was sent already: ``reason`` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class FormToken:
    """What a right token said."""

    package_id: str
    nonce: str


def new_token(secret: str, package_id: str) -> str:
    """Return a token for a form that is being opened."""
    return _serializer(secret).dumps([package_id, secrets.token_urlsafe(12)])


def read_token(secret: str, token: str, package_id: str) -> FormToken:
    """Return what the token of a form about a dataset says.

    Raises ``BadTokenError`` with the reason ``missing``, ``late`` or ``quick``.
    """
    try:
        content, signed = _serializer(secret).loads(token, max_age=MOST_SECONDS, return_timestamp=True)
    except SignatureExpired as error:
        raise BadTokenError("late") from error
    except BadSignature as error:
        raise BadTokenError("missing") from error
    if not isinstance(content, list) or len(content) != 2 or content[0] != package_id:
        raise BadTokenError("missing")
    if (datetime.now(UTC) - signed).total_seconds() < LEAST_SECONDS:
        raise BadTokenError("quick")
    return FormToken(package_id, str(content[1]))


def use_token(redis: Redis, token: FormToken) -> None:
    """Mark a token as used. Raises ``BadTokenError`` (``used``) where it was."""
    if not redis.set(f"{_PREFIX}used:{token.nonce}", 1, nx=True, ex=MOST_SECONDS):
        raise BadTokenError("used")


def within_limit(redis: Redis, address: str, most: int) -> bool:
    """Count one more question from an address; return whether it is one of the ``most`` that it may send in an hour."""
    salt = secrets.token_bytes(16)
    if not redis.set(f"{_PREFIX}salt", salt, nx=True, ex=_DAY_SECONDS):
        kept = redis.get(f"{_PREFIX}salt")
        salt = kept if isinstance(kept, bytes) else salt
    key = f"{_PREFIX}from:{hashlib.sha256(salt + _network(address).encode()).hexdigest()}"
    with redis.pipeline() as pipeline:
        pipeline.set(key, 0, nx=True, ex=WINDOW_SECONDS)
        pipeline.incr(key)
        count = pipeline.execute()[1]
    return int(count) <= most


def _network(address: str) -> str:
    """Return the address; of one in IPv6 its /64 network, which is one household."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="opencohesion.question")
