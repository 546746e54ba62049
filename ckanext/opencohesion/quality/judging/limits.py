"""Every limit of a check, in one place. (What reading a file may cost is limited in ``tables``.)

Generous for what publishers really release (a region's extended projects: 120,000 x 199 cells, 288 MB, 34 s
in frictionless; the national file: 2.3 million rows, 4.3 GB), tight for what only an attack or accident is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...tables.limits import DEFAULT_LIMITS as DEFAULT_READING_LIMITS
from ...tables.limits import GIB, KIB
from ...tables.limits import Limits as ReadingLimits


@dataclass(frozen=True)
class CheckLimits:
    """What one check may cost and how much its report may say."""

    # Above this a file is not opened at all.
    file_bytes: int = 6 * GIB
    # A check that takes longer stops by itself with what it found; the job's own hard limit should lie above.
    seconds: float = 45 * 60
    # Cells judged: the national extended file has 460 million.
    cells: int = 1_000_000_000
    # Errors shown per cause (same error in the same column): enough to recognise the pattern, and the rest is
    # counted. A column that is wrong in 100,000 rows needs one remedy, not 100,000 lines.
    errors_shown_per_cause: int = 25
    # Errors shown in all. The first of each cause is shown beyond it, so that no cause goes untold.
    errors_shown: int = 1_000
    # Longest value that a report quotes from a file.
    quoted_characters: int = 200
    # Rows between two looks at the clock and two progress reports.
    rows_per_progress: int = 500
    # Below this a text table is judged by frictionless alone: that takes less time than to prepare the screen.
    screen_from_bytes: int = 512 * KIB
    # Memory and threads of DuckDB in the screen; what does not fit goes to the work folder.
    screen_memory_mb: int = 300
    screen_threads: int = 2
    reading: ReadingLimits = field(default=DEFAULT_READING_LIMITS)


DEFAULT_LIMITS = CheckLimits()
