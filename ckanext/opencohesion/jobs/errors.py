"""How a job ends before its function has returned."""

from __future__ import annotations

from typing import Literal

EndReason = Literal["stopped", "time_over", "lease_lost"]


class JobError(Exception):
    """Base of what the jobs room raises."""


class UnknownKindError(JobError):
    """Nobody registered a function for this kind of job: its plugin is not loaded here."""


class UncommittedJobError(JobError):
    """A job was to run before the transaction that wrote it was committed."""


class JobEndedError(JobError):
    """The job has to end now; its function lets this pass through."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason: EndReason = reason


class JobFailedError(JobError):
    """Raised by a job's function to fail with a sentence for a person.

    ``message`` is marked with ``N_()`` and may name ``{params}``; neither holds personal data.
    """

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params
