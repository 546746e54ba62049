"""Slows the guessing of passwords, without letting a guesser lock anybody out.

Wrong passwords are counted in Redis, for an hour after the last one, in three ways:

* by account, from browsers that have never logged in to it: here a botnet is slowed, whatever its addresses;
* by account and browser, from a browser that has logged in to it before and shows so with a signed cookie (the "device
  cookie" that OWASP describes). The account's owner is therefore not held up by what strangers try elsewhere;
* by address, whatever the account: here one who tries many accounts is slowed.

Beyond a number of free attempts each further one doubles the wait. While it lasts an attempt is refused unseen: a right
password is refused like a wrong one, and an account that does not exist like one that does.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from redis import Redis

WINDOW_SECONDS = 3600
_PREFIX = "opencohesion:login"


@dataclass(frozen=True)
class Limits:
    """How many wrong passwords are free, and the longest wait after more of them."""

    per_account: int
    per_address: int
    longest_wait: int


@dataclass(frozen=True)
class Attempt:
    """One login. `account` is the user's id, or what was typed where there is no such user; `device` names the browser
    if it has logged in to this account before."""

    account: str
    household: str
    device: str | None


def wait_after(failures: int, free: int, longest: int) -> int:
    """Seconds to wait after so many wrong passwords, of which `free` cost nothing."""
    if failures <= free:
        return 0
    return min(longest, 2 ** min(failures - free, 30))


class Throttle:
    """The counters. `secret` keeps names and addresses out of Redis: only their keyed hashes are stored."""

    def __init__(self, redis: Redis, secret: str, limits: Limits) -> None:
        self._redis = redis
        self._secret = secret.encode()
        self._limits = limits

    def seconds_to_wait(self, attempt: Attempt) -> int:
        """How long this attempt has to wait, 0 if it may be made now."""
        waits = [self._redis.ttl(f"{key}:wait") for key, _ in self._counters(attempt)]
        return max(0, *(int(wait) for wait in waits))

    def failed(self, attempt: Attempt) -> None:
        """Count a wrong password."""
        for key, free in self._counters(attempt):
            pipeline = self._redis.pipeline()
            pipeline.incr(key)
            pipeline.expire(key, WINDOW_SECONDS)
            failures = int(pipeline.execute()[0])
            if wait := wait_after(failures, free, self._limits.longest_wait):
                self._redis.set(f"{key}:wait", 1, ex=wait)

    def succeeded(self, attempt: Attempt) -> None:
        """Forget the wrong passwords of who has logged in; those of others on the account or address stay counted."""
        if attempt.device:
            key = self._key("device", f"{attempt.account} {attempt.device}")
            self._redis.delete(key, f"{key}:wait")

    def _counters(self, attempt: Attempt) -> list[tuple[str, int]]:
        if attempt.device:
            account = self._key("device", f"{attempt.account} {attempt.device}")
        else:
            account = self._key("account", attempt.account)
        address = self._key("address", attempt.household)
        return [(account, self._limits.per_account), (address, self._limits.per_address)]

    def _key(self, kind: str, value: str) -> str:
        digest = hmac.new(self._secret, f"{kind} {value}".encode(), hashlib.sha256).hexdigest()
        return f"{_PREFIX}:{kind}:{digest[:32]}"
