"""Counting every error while showing few, and what a report may not hold."""

from __future__ import annotations

from frictionless.errors import BlankRowError, ConstraintError, ExtraCellError, SourceError, TypeError
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.quality.judging.limits import CheckLimits
from ckanext.opencohesion.quality.judging.report import Ledger, cause_key, empty_report


def error(kind: type, row: int, column: int = 1, note: str = "") -> BlankRowError:
    place = (
        {"cell": "x", "field_name": f"c{column}", "field_number": column} if kind is not BlankRowError else {}
    )
    return kind(note=note, cells=[], row_number=row, **place)


KINDS = st.sampled_from([TypeError, ConstraintError, BlankRowError, ExtraCellError])


@given(
    st.lists(st.tuples(KINDS, st.integers(1, 3)), max_size=80),
    st.integers(1, 10),
    st.integers(1, 30),
)
def test_all_are_counted_and_few_kept(found: list[tuple[type, int]], per_cause: int, in_all: int) -> None:
    ledger = Ledger(CheckLimits(errors_shown_per_cause=per_cause, errors_shown=in_all))
    shown = [ledger.take(error(kind, row, column)) for row, (kind, column) in enumerate(found, start=2)]
    causes = ledger.causes.values()
    assert ledger.total == len(found)
    assert sum(shown) == len(ledger.kept) == sum(cause.shown for cause in causes)
    assert all(1 <= cause.shown <= per_cause for cause in causes)
    assert len(ledger.kept) <= max(in_all, len(ledger.causes)) + len(ledger.causes)
    rows = [kept.row_number for kept in ledger.kept]
    assert rows == sorted(rows)


def test_a_cause_is_the_same_for_the_count_and_for_the_finding() -> None:
    ledger = Ledger(CheckLimits())
    for kind, note in (
        (ConstraintError, 'constraint "required" is "True"'),
        (ExtraCellError, ""),
        (TypeError, "x"),
    ):
        found = error(kind, 2, 5, note)
        ledger.take(found)
        assert cause_key(found.to_descriptor()) in ledger.causes
    assert ("constraint-error:required", 5) in ledger.causes
    assert ("extra-cell", None) in ledger.causes
    assert cause_key({"code": "no-rows", "column": None}) == ("no-rows", None)


def test_breaking_off_is_known() -> None:
    ledger = Ledger(CheckLimits())
    ledger.take(error(BlankRowError, 2))
    assert not ledger.reading_broke
    ledger.take(SourceError(note="x"))  # pyright: ignore[reportArgumentType]
    assert ledger.reading_broke


def test_a_file_that_was_no_table_has_an_empty_report() -> None:
    assert empty_report(valid=True)["tasks"] == []
