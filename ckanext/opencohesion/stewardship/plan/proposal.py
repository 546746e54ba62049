"""What a new release is filled with, from the last one: the officer confirms or changes it. Plain module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ckanext.opencohesion.stewardship.plan.due import Step, add_months, is_month_end, step_of

#: A period this many times longer than the step is a growing one (projects since 2014, released every two months).
_GROWING = 1.5
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Period:
    """The time that data covers; ``end`` is its last day, ``None`` while it goes on."""

    start: date
    end: date | None = None

    @property
    def days(self) -> int:
        """How many days it lasts; 0 while it goes on."""
        return (self.end - self.start).days + 1 if self.end else 0


def _end_after(end: date, step: Step) -> date:
    """Return the end of the next period: the end of a month stays the end of a month."""
    if step.months and is_month_end(end):
        first = end.replace(day=1)
        return add_months(first, step.months + 1) - timedelta(days=1)
    return step.after(end)


def next_period(last: Period | None, frequency: str | None) -> Period | None:
    """Return the period that the next release should cover; the last one where nothing can be reckoned.

    One that follows the last where that was about one step long; one that begins with the last and ends a step later
    where the data grows.
    """
    step = step_of(frequency)
    if last is None or last.end is None or step is None:
        return last
    try:
        end = _end_after(last.end, step)
        if last.days > step.about_days * _GROWING:
            return Period(last.start, end)
        return Period(last.end + timedelta(days=1), end)
    except OverflowError:
        return last


def next_version(last: str | None, period: Period | None, today: date) -> str:
    """Return a version for the new release, in the manner of the last one.

    A year becomes the year of the period's end, a whole number is counted on, ``2.3`` becomes ``2.4``; else the day.
    """
    last = (last or "").strip()
    if re.fullmatch(r"(19|20)\d\d", last):
        return str(period.end.year if period and period.end else int(last) + 1)
    counted = re.fullmatch(r"([vV]?(?:\d+\.)*)(\d{1,4})", last)
    if counted:
        return f"{counted[1]}{int(counted[2]) + 1}"
    return today.isoformat()


def next_name(last: str | None, before: Period | None, after: Period | None) -> str:
    """Return the file's name for the new period: the last one's, with the new year in place of the old one's."""
    last = (last or "").strip()
    if not before or not before.end or not after or not after.end:
        return last
    old, new = str(before.end.year), str(after.end.year)
    return _YEAR.sub(lambda year: new if year[0] == old else year[0], last)
