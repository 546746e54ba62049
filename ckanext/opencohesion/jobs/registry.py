"""Which function does which kind of job, and what is periodic; filled when plugins are configured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import UnknownKindError

if TYPE_CHECKING:
    from .runner import JobHandle

JobFunction = Callable[["JobHandle", dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Periodic:
    """A kind of job that the scheduler submits every so many seconds."""

    kind: str
    seconds: int
    timeout_seconds: int
    title: str
    later: bool


_functions: dict[str, JobFunction] = {}
_periodic: dict[str, Periodic] = {}


def register(kind: str, function: JobFunction) -> None:
    """Name the function that does jobs of ``kind``; harmless to repeat, as CKAN configures plugins twice."""
    _functions[kind] = function


def every(kind: str, seconds: int, *, timeout_seconds: int, title: str, later: bool = True) -> None:
    """Have the scheduler submit a job of ``kind`` (key ``periodic``) every so many seconds.

    ``later=False`` for what is quick and must not wait for what takes hours.
    """
    _periodic[kind] = Periodic(kind, seconds, timeout_seconds, title, later)


def function_of(kind: str) -> JobFunction:
    """The function of ``kind``. Raises UnknownKindError where no loaded plugin registered one."""
    try:
        return _functions[kind]
    except KeyError:
        raise UnknownKindError(kind) from None


def periodic() -> list[Periodic]:
    """What runs again and again."""
    return list(_periodic.values())
