"""What Table Schemas declare about personal data in their columns, and until when. Plain module.

A declaration answers findings beforehand: "these are contacts of offices", "art. 49 Reg. (EU) 2021/1060 wants these
names published, for two years". When its time is over it answers nothing any more: a new file with such values awaits a
person's decision, and what is live is looked at again (``expiries``).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from ...tables.profile_rules import PersonalField
from ...tables.profiles import TableProfile

_DURATION = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,6})D)?")


def end_of(declaration: PersonalField, published: date | None) -> date | None:
    """Return the first day on which a declaration holds no more; None where it has no end, or not begun to run.

    ``published``: the day on which the file was first published; a term as ``P2Y`` runs from there.
    Raises ValueError for a term that is none.
    """
    until = declaration.until
    if until is None:
        return None
    if not until.startswith("P"):
        return date.fromisoformat(until) + timedelta(days=1)
    found = _DURATION.fullmatch(until)
    if not found:
        raise ValueError(f"{until!r} is no term such as P2Y")
    if published is None:
        return None
    years, months, days = (int(part or 0) for part in found.groups())
    return _months_later(published, 12 * years + months) + timedelta(days=days)


def expired(
    profile: TableProfile | None, *, today: date, published: date | None
) -> tuple[PersonalField, ...]:
    """Return the declarations of a Table Schema whose time is over for a file first published on that day."""
    found = []
    for declaration in profile.personal if profile else ():
        end = end_of(declaration, published)
        if end is not None and end <= today:
            found.append(declaration)
    return tuple(found)


def mark_of(declarations: tuple[PersonalField, ...]) -> tuple[str, ...]:
    """Return what a verdict's key takes of the declarations that no longer hold."""
    return tuple(sorted(f"{declaration.kind} {declaration.field}" for declaration in declarations))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
