"""A release plan as an iCalendar feed (RFC 5545), for the calendars of who waits for data. Plain module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar"
_MAX_OCTETS = 75


@dataclass(frozen=True)
class Event:
    """One whole-day event: a release that is due."""

    uid: str
    day: date
    title: str
    text: str
    url: str


def feed(name: str, events: Iterable[Event], written: datetime) -> str:
    """Return the feed. ``written``: aware time at which the plan was read."""
    stamp = written.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ckanext-opencohesion//release plan//IT",
        "CALSCALE:GREGORIAN",
    ]
    lines += [f"X-WR-CALNAME:{_text(name)}", f"NAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:P1D"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(event.uid)}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(event.title)}",
            f"DESCRIPTION:{_text(event.text)}",
            f"URL:{_uri(event.url)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _text(value: str) -> str:
    """Return a text with what means something in the format escaped (RFC 5545, 3.3.11), and without control signs."""
    plain = "".join(sign for sign in value.replace("\r\n", "\n") if sign == "\n" or sign.isprintable())
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _uri(value: str) -> str:
    return "".join(sign for sign in value if sign.isprintable() and sign != " ")


def _folded(line: str) -> str:
    """Return a line in pieces of 75 octets at most, never cutting a character (RFC 5545, 3.1)."""
    pieces, piece, octets = [], "", 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _MAX_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += sign
        octets += size
    return "\r\n".join([*pieces, piece])
