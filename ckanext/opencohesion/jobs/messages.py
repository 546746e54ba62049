"""Why a job ended without a result, as sentences."""

from __future__ import annotations

from ..i18n_marks import N_

STOPPED = N_("A person stopped this job.")
TIME_OVER = N_(
    "The job was ended because it took longer than its limit of {seconds} seconds. "
    "Start it again when the server is less busy, or with less data."
)
WORKER_LOST = N_(
    "The job was started {attempts} times and its worker died each time. "
    "It is not tried again: look in the workers' log for the cause, then start it again."
)
UNEXPECTED = N_(
    "The job ended with an unexpected error ({error}). "
    "The workers' log has the details under the job's number; report them to whoever runs the portal."
)
UNKNOWN_KIND = N_(
    "No plugin of this portal knows how to do jobs of the kind {kind}. "
    "Check that the workers run with the same plugins as the web server."
)
