"""What can stop the reading of a file or a question to a table. Codes; the words are in ``findings.py`` or marked here."""

from __future__ import annotations

from typing import Any


class UnknownProfileError(LookupError):
    """No Table Schema of this id is in ``schemas/tables/``."""

    def __init__(self, profile_id: str) -> None:
        super().__init__(f"No table profile is named {profile_id!r}")
        self.profile_id = profile_id


class InvalidCheckError(ValueError):
    """A profile names a check that there is not, or asks of one what it can not do."""


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


class NotShowableError(Exception):
    """The table was read, and can not be looked into all the same. ``code``: a key of the portal's sentences."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params


class QueryError(ValueError):
    """A question to a table that can not be asked. ``message``: a marked sentence that may name ``params``."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


class QueryLimitError(Exception):
    """A question to a table that was not answered.

    ``limit``: it took too much ``time`` or ``memory``, or the table was ``gone`` when it was opened.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit
