"""A check with the screen and one without, so that their reports can be compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ckanext.opencohesion.quality.judging.limits import DEFAULT_LIMITS
from ckanext.opencohesion.quality.judging.report import FileCheck

# Every file is screened; so few errors are shown that it matters which come first.
LIMITS = replace(
    DEFAULT_LIMITS, screen_from_bytes=0, errors_shown=8, errors_shown_per_cause=2, rows_per_progress=1
)


def told(found: FileCheck) -> dict[str, Any]:
    """Everything that was found; only the time that it took may differ."""
    answer = found.to_dict()
    for stats in (answer["report"]["stats"], *(task["stats"] for task in answer["report"]["tasks"])):
        stats.pop("seconds")
    return answer
