"""Times as officers write them, in Italy, to UTC as they are stored, and back. Plain module."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ckanext.opencohesion.i18n_marks import N_

ROME = ZoneInfo("Europe/Rome")
FARTHEST = timedelta(days=730)


class BadTimeError(ValueError):
    """A time that can not be meant; the message is a sentence for the officer, to be translated."""


def to_utc(written: str, now: datetime) -> datetime:
    """Return the UTC time (without zone, as it is stored) of a time in Italy written ``2026-12-01T09:00``.

    ``now``: the present time in UTC, without zone. In the hour that comes twice in October the first one is meant.
    Raises ``BadTimeError``: not a time, one that the clock leaps over in March, past, or farther than two years.
    """
    try:
        local = datetime.fromisoformat(written.strip())
    except ValueError:
        raise BadTimeError(N_("Write day and time, for example 2026-12-01 09:00.")) from None
    try:
        if local.tzinfo is None:
            local = local.replace(tzinfo=ROME)
            if local.astimezone(UTC).astimezone(ROME).replace(tzinfo=None) != local.replace(tzinfo=None):
                raise BadTimeError(
                    N_("That hour does not exist: the clocks go forward that night. Choose another one.")
                )
        moment = local.astimezone(UTC).replace(tzinfo=None)
        farthest = now + FARTHEST
    except OverflowError:
        raise BadTimeError(N_("Choose a time within the next two years.")) from None
    if moment <= now:
        raise BadTimeError(N_("That time is past. Choose one in the future."))
    if moment > farthest:
        raise BadTimeError(N_("Choose a time within the next two years."))
    return moment


def to_rome(moment: datetime) -> datetime:
    """Return a stored UTC time as the time in Italy."""
    return moment.replace(tzinfo=UTC).astimezone(ROME)
