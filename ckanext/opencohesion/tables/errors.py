"""What can stop the reading of a file. Codes, never sentences: the words are in ``findings.py``."""

from __future__ import annotations

from typing import Any


class UnknownProfileError(LookupError):
    """No Table Schema of this id is in ``schemas/tables/``."""

    def __init__(self, profile_id: str) -> None:
        super().__init__(f"No table profile is named {profile_id!r}")
        self.profile_id = profile_id


class UnreadableTableError(Exception):
    """The file can not be read as a table at all.

    ``code`` is a key of ``findings.FINDINGS`` (what happened, why, what to do); ``params`` fill its sentences.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params


class NotOpenableError(Exception):
    """The file does not open as what it claims to be. ``code`` and ``params`` as in UnreadableTableError."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params
