"""When the next release of a dataset is due. Plain module.

The step comes from the EU's frequency vocabulary. A release is due one step after the last one; a day that the month does
not have becomes its last day (31 January, monthly: 28 February).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Step:
    """The time between two releases: whole months, or days."""

    months: int = 0
    days: int = 0

    def after(self, day: date, times: int = 1) -> date:
        """Return the day ``times`` steps after ``day`` (before it, where negative). Raises ``OverflowError``."""
        if self.months:
            return add_months(day, self.months * times)
        return day + timedelta(days=self.days * times)

    @property
    def about_days(self) -> int:
        """About how many days it is."""
        return self.months * 30 + self.days


#: Codes of http://publications.europa.eu/resource/authority/frequency. Those that are not here promise no date:
#: UNKNOWN, OTHER, IRREG, AS_NEEDED, NEVER, NOT_PLANNED, and what is updated within the day or continuously.
STEPS: dict[str, Step] = {
    "DAILY": Step(days=1),
    "DAILY_2": Step(days=1),
    "WEEKLY": Step(days=7),
    "WEEKLY_2": Step(days=4),
    "WEEKLY_3": Step(days=3),
    "BIWEEKLY": Step(days=14),
    "MONTHLY": Step(months=1),
    "MONTHLY_2": Step(days=15),
    "MONTHLY_3": Step(days=10),
    "BIMONTHLY": Step(months=2),
    "QUARTERLY": Step(months=3),
    "ANNUAL_3": Step(months=4),
    "ANNUAL_2": Step(months=6),
    "ANNUAL": Step(months=12),
    "BIENNIAL": Step(months=24),
    "TRIENNIAL": Step(months=36),
    "QUADRENNIAL": Step(months=48),
    "QUINQUENNIAL": Step(months=60),
    "DECENNIAL": Step(months=120),
    "BIDECENNIAL": Step(months=240),
    "TRIDECENNIAL": Step(months=360),
}


def step_of(frequency: str | None) -> Step | None:
    """Return the step of a frequency (code or URI of the vocabulary); ``None`` for one that promises no date."""
    return STEPS.get((frequency or "").rsplit("/", 1)[-1])


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day. Raises ``OverflowError`` past the year 9999."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"no year {year}")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_month_end(day: date) -> bool:
    """Say whether a day is the last of its month."""
    return (day + timedelta(days=1)).day == 1 if day < date.max else True


def next_due(
    frequency: str | None, last_release: date | None, covered_until: date | None = None
) -> date | None:
    """Return the day on which the next release is due; ``None`` where the frequency promises no date or nothing is known.

    ``last_release``: when the data was last released. Where that is not known, the end of the period that the data covers
    stands for it (``covered_until``).
    """
    step, last = step_of(frequency), last_release or covered_until
    if step is None or last is None:
        return None
    try:
        return step.after(last)
    except OverflowError:
        return None


def standing(due: date | None, today: date, days_before: int, step: Step | None = None) -> str:
    """Return how a due date stands: ``none``, ``later``, ``soon`` (within ``days_before``) or ``overdue``.

    With a ``step`` the notice is never longer than half of it: a weekly release is not "soon" all the time.
    """
    if due is None:
        return "none"
    if due < today:
        return "overdue"
    notice = min(days_before, step.about_days // 2) if step else days_before
    return "soon" if (due - today).days <= notice else "later"
