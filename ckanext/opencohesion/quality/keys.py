"""Names under which the gate keeps notes in a CKAN action context."""

from __future__ import annotations

from typing import Final

#: The wish to be public, carried from the chain to the hook that knows the new dataset's id.
WISH_KEY: Final = "opencohesion_wants_public"

#: List of jobs asked for during one outermost action; copied contexts share it. Its presence marks what is nested.
JOBS_KEY: Final = "opencohesion_check_jobs"
