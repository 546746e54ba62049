"""What can go wrong in a fetch: one tree, each error with a code, its values, and a sentence."""

from __future__ import annotations

from .messages import MESSAGES


class FetchError(Exception):
    """A fetch that gave no file. ``code`` is a key of MESSAGES, ``params`` fill its sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """The sentence in English; a shell translates ``MESSAGES[code]`` and fills in ``params``."""
        return MESSAGES[self.code].format(**self.params)


class FetchRefusedError(FetchError):
    """The policy does not let us go there; trying again changes nothing."""


class FetchFailedError(FetchError):
    """We went there and came back without the file; a later try may succeed."""
