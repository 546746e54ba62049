"""Which answers count as a use, and on which day. Plain module.

The rules, which docs/operator.md tells the public too: only GET; only whole pages (200) and files whose first byte is sent
(200, or 206 from byte 0: a download in pieces is one download); an answer "not modified" (304) is none, the client has
the file already; what a browser fetches ahead (``Sec-Purpose: prefetch``) is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
KINDS = ("view", "download", "api")

_FIRST_BYTE = re.compile(r"^\s*bytes\s*=\s*0+\s*-", re.IGNORECASE)
_REDIRECTS = (302, 303, 307, 308)


def day_of(moment: datetime) -> date:
    """Return the day in Italy of an aware ``moment``."""
    return moment.astimezone(ROME).date()


def counts(kind: str, method: str, status: int, headers: Mapping[str, str], sent_away: bool = False) -> bool:
    """Say whether an answer counts as a use of ``kind``.

    ``headers``: the request's. ``sent_away``: the answer redirects to another host, as a download does where files lie
    in an object store or at their origin.
    """
    if method != "GET" or "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", "")):
        return False
    if kind == "api" and headers.get("Sec-Fetch-Site") == "same-origin":
        return False  # our own page fetches its preview
    if kind != "download":
        return status == 200
    if status == 206:
        return bool(_FIRST_BYTE.match(headers.get("Range", "")))
    return status == 200 or (status in _REDIRECTS and sent_away)
