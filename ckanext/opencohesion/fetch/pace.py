"""Keeps requests to one host apart and says how long a busy host wants us to wait."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Pace:
    """The moments at which hosts may be asked next, for one process."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def reserve(self, host: str, interval_seconds: float) -> float:
        """Take the next free moment for ``host`` and return the seconds until then."""
        with self._lock:
            now = time.monotonic()
            moment = max(now, self._next.get(host, now))
            self._next[host] = moment + interval_seconds
            return moment - now


def retry_wait(retry_after: str | None, attempt: int) -> float:
    """Seconds before the next attempt: what Retry-After says, in seconds or as a date, else 1, 2, 4 …"""
    fallback = float(2 ** (attempt - 1))
    if retry_after is None:
        return fallback
    try:
        return max(0.0, float(int(retry_after)))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return fallback
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
