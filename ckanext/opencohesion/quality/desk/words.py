"""The words of the desk: its states, and what to do next about a dataset in each. Plain module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.opencohesion.i18n_marks import N_

#: Every state that a dataset can have on the desk, in the order in which a person should see to them.
STATES: dict[str, str] = {
    "failed": N_("Did not pass"),
    "unreadable": N_("Could not be checked"),
    "awaiting_approval": N_("Awaits approval"),
    "running": N_("Being checked"),
    "waiting": N_("Waits for its check"),
    "empty": N_("Has no file yet"),
    "overridden": N_("Published by decision"),
    "passed": N_("Passed"),
}

#: States that a person should look at: all but those that are done with.
OPEN = ("failed", "unreadable", "awaiting_approval", "running", "waiting", "empty")

#: What the desk can be filtered by, beside the single states.
VIEWS: dict[str, str] = {
    "open": N_("All that is not done with"),
    "staged": N_("Changes of public datasets that wait"),
    "recent": N_("Passed in the last two weeks"),
    "all": N_("All datasets"),
}

SYMBOLS = {
    "failed": "✗",
    "unreadable": "✗",
    "awaiting_approval": "?",
    "running": "…",
    "waiting": "…",
    "empty": "–",
    "overridden": "!",
    "passed": "✓",
}

_TO_MEND = N_("Read the report, mend the file and upload it again.")
_NEXT: dict[str, str] = {
    "failed": _TO_MEND,
    "unreadable": N_("Read in the report why the file can not be read, and bring another."),
    "awaiting_approval": N_("A named person has to decide. What it is about is in the report."),
    "running": N_("Nothing to do: you will be told when the check has ended."),
    "waiting": N_("Nothing to do: its turn comes by itself."),
    "empty": N_("Add a file: the dataset goes public with its first file that passes."),
    "overridden": N_("Nothing to do. A file without these errors would be better still."),
    "passed": N_("Nothing to do."),
}
_STAGED_FAILED = N_(
    "The public version is unchanged. Read the report, then bring another file or throw the change away."
)
_LIVE_FAILED = N_(
    "It stays public as it is. New rules found something: read the report and bring a mended file."
)
_PASSED_PRIVATE = N_("It may go public: it is private because its owner wants it so.")
_PASSED_HELD = N_("It goes public at the time that was set.")


def next_step(row: Mapping[str, Any]) -> str:
    """Return the message that says what to do about a dataset (a row of ``reading.page``)."""
    if row["staged"] and row["state"] in ("failed", "unreadable"):
        return _STAGED_FAILED
    if row["live"] and row["state"] in ("failed", "unreadable"):
        return _LIVE_FAILED
    if row["state"] == "passed" and row["hold_until"]:
        return _PASSED_HELD
    if row["state"] == "passed" and not row["wants_public"]:
        return _PASSED_PRIVATE
    return _NEXT[row["state"]]


def share(done: int, total: int | None) -> int | None:
    """Return how much of a job is done, in per cent; None where it can not be said."""
    return min(100, 100 * done // total) if total else None
