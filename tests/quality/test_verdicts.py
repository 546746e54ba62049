"""From findings to a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.opencohesion.quality.verdicts import (
    combine,
    fingerprint,
    overridable,
    read_enough,
    verdict_key,
)


@pytest.mark.parametrize(
    ("verdicts", "metadata", "expected"),
    [
        ([], [], "pending"),
        (["passed"], [], "passed"),
        (["passed", "failed", "unreadable"], [], "failed"),
        (["passed", "unreadable"], [], "unreadable"),
        (["passed"], [{"field": "theme"}], "failed"),
    ],
)
def test_the_worst_file_decides(verdicts: list[str], metadata: list[Any], expected: str) -> None:
    assert combine(verdicts, metadata) == expected


def test_no_one_overrides_personal_codes_or_missing_metadata() -> None:
    assert overridable([{"type": "constraint-error"}], [])
    assert not overridable([{"type": "constraint-error"}], [{"field": "theme"}])


def test_the_verdict_depends_on_everything_it_was_drawn_from() -> None:
    base = {"sha256": "a", "filename": "x.csv", "declared_format": "CSV", "table_schema": "s", "ruleset": "1"}
    other = {
        "sha256": "b",
        "filename": "x.xlsx",
        "declared_format": "XLSX",
        "table_schema": "t",
        "ruleset": "2",
    }
    keys = {verdict_key(**{**base, name: value}) for name, value in other.items()}
    assert len(keys | {verdict_key(**base)}) == 6
    assert verdict_key(**{**base, "filename": "y.CSV", "declared_format": "csv"}) == verdict_key(**base)


def test_a_dataset_s_content_has_no_order() -> None:
    one, two = ("a", "1", "CSV", ""), ("b", "2", "CSV", "")
    assert fingerprint([one, two]) == fingerprint([two, one]) != fingerprint([one])


@pytest.mark.parametrize(
    ("verdict", "measured", "code", "enough"),
    [
        ("failed", "CSV", "type-error", True),
        ("unreadable", "CSV", "nul-bytes", False),
        ("unreadable", None, "unknown-table-schema", False),
        ("unreadable", "XLSX", "empty-file", False),
        ("unreadable", None, "unknown-format", True),
        ("unreadable", None, "empty-file", True),
    ],
)
def test_what_was_not_read_is_not_overridden(
    verdict: str, measured: str | None, code: str, enough: bool
) -> None:
    assert read_enough(verdict, measured, [{"code": code}]) is enough
