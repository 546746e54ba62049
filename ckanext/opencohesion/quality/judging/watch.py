"""What stops a check: the clock, the limits, the caller."""

from __future__ import annotations

import time
from typing import Any, Protocol

from .limits import CheckLimits


class Progress(Protocol):
    """Is told how many rows are done, of how many where that is known."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


class CheckStoppedError(Exception):
    """A limit was reached in mid-check."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Watch:
    """Looks at the clock and reports progress while rows or bytes go by."""

    def __init__(self, limits: CheckLimits, progress: Progress | None) -> None:
        self.limits = limits
        self.progress = progress
        self.deadline = time.monotonic() + limits.seconds
        self.rows = 0
        self.total: int | None = None
        self.cells = 0
        self.suspects = 0
        self.stopped = False
        self.interruption: BaseException | None = None

    def row(self, row: Any) -> None:
        """Called by frictionless after each row."""
        self.rows += 1
        self.cells += len(row.cells)
        if self.rows % self.limits.rows_per_progress == 0:
            self.look()

    def screened(self, rows: int, total: int | None = None) -> None:
        """Called while rows are screened, with their number so far, and in all where it is known."""
        self.rows, self.total = rows, total
        self.look()

    def suspect(self, row: Any) -> None:
        """Called by frictionless after each row that was left to judge: it counts among the screened already."""
        self.suspects += 1
        if self.suspects % self.limits.rows_per_progress == 0:
            self.look()

    def look(self) -> None:
        """Report progress; raise when a limit is reached."""
        if self.progress:
            try:
                self.progress(self.rows, self.total)
            except BaseException as interruption:
                self.interruption = interruption
                raise
        if time.monotonic() > self.deadline:
            self._stop("check-too-long", minutes=round(self.limits.seconds / 60))
        if self.cells > self.limits.cells:
            self._stop("too-many-cells", most=self.limits.cells)

    def _stop(self, code: str, **params: Any) -> None:
        self.stopped = True
        raise CheckStoppedError(code, **params)
