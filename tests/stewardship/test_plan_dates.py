"""When a release is due, what a new one is filled with, and times in Italy: laws of the plain modules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ckanext.opencohesion.stewardship.plan.calendar import Event, feed
from ckanext.opencohesion.stewardship.plan.due import (
    STEPS,
    add_months,
    is_month_end,
    next_due,
    standing,
    step_of,
)
from ckanext.opencohesion.stewardship.plan.proposal import Period, next_name, next_period, next_version
from ckanext.opencohesion.stewardship.plan.reading import last_release
from ckanext.opencohesion.stewardship.publication.clock import FARTHEST, ROME, BadTimeError, to_rome, to_utc
from ckanext.opencohesion.vocabularies import vocabulary

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
CODES = st.sampled_from(sorted(STEPS))
#: What promises no date, or one within the day.
NO_DATE = {
    *(
        "UNKNOWN",
        "OTHER",
        "IRREG",
        "AS_NEEDED",
        "NEVER",
        "NOT_PLANNED",
        "CONT",
        "UPDATE_CONT",
        "HOURLY",
        "BIHOURLY",
    ),
    *("TRIHOURLY", "12HRS", "1MIN", "5MIN", "10MIN", "15MIN", "30MIN"),
}


def test_every_frequency_of_the_vocabulary_is_decided() -> None:
    assert {term.code for term in vocabulary("frequency").terms} == set(STEPS) | NO_DATE
    for code in NO_DATE:
        assert next_due(code, date(2026, 1, 1)) is None
    assert next_due(None, date(2026, 1, 1)) is None
    assert next_due("ANNUAL", None) is None
    uri = "http://publications.europa.eu/resource/authority/frequency/QUARTERLY"
    assert next_due(uri, date(2026, 1, 31)) == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("code", "last", "due"),
    [
        ("MONTHLY", date(2027, 1, 31), date(2027, 2, 28)),
        ("MONTHLY", date(2028, 1, 31), date(2028, 2, 29)),
        ("ANNUAL", date(2028, 2, 29), date(2029, 2, 28)),
        ("QUADRENNIAL", date(2024, 2, 29), date(2028, 2, 29)),
        ("BIMONTHLY", date(2026, 12, 31), date(2027, 2, 28)),
        ("WEEKLY", date(2026, 12, 28), date(2027, 1, 4)),
    ],
)
def test_month_ends_and_leap_years(code: str, last: date, due: date) -> None:
    assert next_due(code, last) == due


@given(CODES, DAYS, DAYS)
def test_laws_of_the_due_date(code: str, one: date, other: date) -> None:
    due, step = next_due(code, one), STEPS[code]
    assert due is not None and due > one
    assert abs((due - one).days - step.days - step.months * 30.44) <= 3
    if step.months:
        assert due.day == one.day or (is_month_end(due) and due.day < one.day)
    later = next_due(code, other)
    assert later is not None and ((one <= other) == (due <= later) or due == later)
    assert next_due(code, None, one) == due


@given(DAYS, st.integers(-600, 600))
def test_months_go_there_and_back(day: date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year - day.year) * 12 + there.month - day.month == months
    back = add_months(there, -months)
    assert back == day or (back.day < day.day and is_month_end(there))


@given(CODES, DAYS, st.integers(-400, 400), st.integers(0, 90))
def test_a_due_date_stands_one_way(code: str, due: date, ahead: int, notice: int) -> None:
    found = standing(due, due - timedelta(days=ahead), notice, STEPS[code])
    assert (found == "overdue") == (ahead < 0)
    if found == "soon":
        assert ahead <= notice and ahead <= STEPS[code].about_days // 2
    assert standing(None, due, notice) == "none"


@given(st.none() | DAYS, st.none() | st.tuples(DAYS, st.none() | DAYS))
def test_the_last_release_is_never_older_than_what_the_dataset_says(
    modified: date | None, published: tuple[date, date | None] | None
) -> None:
    found = last_release(modified, published)
    if modified:
        assert found is not None and found >= modified
    if published and published[1]:
        assert found is not None and found >= published[1]
    if not modified and not published:
        assert found is None


@pytest.mark.parametrize(
    ("start", "end", "code", "expected"),
    [
        ("2025-01-01", "2025-12-31", "ANNUAL", ("2026-01-01", "2026-12-31")),
        ("2026-01-01", "2026-01-31", "MONTHLY", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", "MONTHLY", ("2026-03-01", "2026-03-31")),
        ("2026-01-01", "2026-03-31", "QUARTERLY", ("2026-04-01", "2026-06-30")),
        ("2014-01-01", "2026-02-28", "BIMONTHLY", ("2014-01-01", "2026-04-30")),
        ("2026-03-02", "2026-03-08", "WEEKLY", ("2026-03-09", "2026-03-15")),
        ("2025-01-01", "2025-12-31", "IRREG", ("2025-01-01", "2025-12-31")),
    ],
)
def test_the_next_period(start: str, end: str, code: str, expected: tuple[str, str]) -> None:
    found = next_period(Period(date.fromisoformat(start), date.fromisoformat(end)), code)
    assert found == Period(*map(date.fromisoformat, expected))


@given(DAYS, st.integers(0, 5000), CODES)
def test_the_next_period_moves_on(start: date, days: int, code: str) -> None:
    last = Period(start, start + timedelta(days=days))
    found = next_period(last, code)
    assert found is not None and found.end is not None and last.end is not None
    assert found.end > last.end
    assert found.start in (last.start, last.end + timedelta(days=1))
    assert step_of(code) is not None


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2025", "2026"),
        ("3", "4"),
        ("2.9", "2.10"),
        ("v1.0", "v1.1"),
        ("", "2026-11-21"),
        (None, "2026-11-21"),
        ("2025-06", "2026-11-21"),
    ],
)
def test_the_next_version(last: str | None, expected: str) -> None:
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert next_version(last, period, date(2026, 11, 21)) == expected


def test_the_next_name() -> None:
    before, after = Period(date(2025, 1, 1), date(2025, 12, 31)), Period(date(2026, 1, 1), date(2026, 12, 31))
    assert next_name("Bilancio 2025 (dal 2014)", before, after) == "Bilancio 2026 (dal 2014)"
    assert next_name("Atto 120251", before, after) == "Atto 120251"


NOW = datetime(2026, 11, 21, 12, 0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-12-01T09:00", datetime(2026, 12, 1, 8, 0)),
        ("2027-07-01 09:00", datetime(2027, 7, 1, 7, 0)),
        ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30)),  # the first of the two
        ("2026-12-01T09:00+00:00", datetime(2026, 12, 1, 9, 0)),
    ],
)
def test_times_in_italy(written: str, expected: datetime) -> None:
    assert to_utc(written, NOW) == expected
    assert to_rome(expected).replace(tzinfo=None).isoformat()[:16] == (
        written.replace(" ", "T") if "+" not in written else "2026-12-01T10:00"
    )


@pytest.mark.parametrize(
    "written",
    [
        "",
        "T",
        "tomorrow",
        "2027-03-28T02:30",
        "2026-11-21T12:59",
        "2030-01-01T00:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
    ],
)
def test_times_that_can_not_be_meant(written: str) -> None:
    with pytest.raises(BadTimeError) as caught:
        to_utc(written, NOW)
    assert str(caught.value).endswith((".", "years."))


@given(st.datetimes(NOW + timedelta(minutes=1), NOW + FARTHEST))
def test_a_time_comes_back_as_it_was_written(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    local = moment.replace(tzinfo=UTC).astimezone(ROME)
    assume(local.fold == 0)
    assert to_utc(local.replace(tzinfo=None).isoformat(), NOW) == moment
    assert to_utc(moment.isoformat() + "+00:00", NOW) == moment


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_calendar_keeps_its_form_whatever_a_title_says(title: str, text: str) -> None:
    written = feed(
        "Piano",
        [Event("a@b", date(2026, 12, 31), title, text, "https://example.org/a b")],
        NOW.replace(tzinfo=UTC),
    )
    lines = written.split("\r\n")
    assert lines[-1] == "" and not any("\n" in line or "\r" in line for line in lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = written.replace("\r\n ", "").split("\r\n")
    names = [line.split(":")[0].split(";")[0] for line in unfolded if line]
    assert names.count("BEGIN") == names.count("END") == 2
    assert names.count("SUMMARY") == names.count("DTSTART") == 1
    assert "DTEND;VALUE=DATE:20270101" in unfolded
