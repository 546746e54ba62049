"""What a check of a dataset came to, for those who want to be told: rooms above this one register who is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ckanext.opencohesion.jobs.api import Job


@dataclass(frozen=True)
class Outcome:
    """The end of one check. ``status`` is one of ``state.STATUSES``, ``target`` ``current`` or ``staged``.

    ``live``: whether the dataset is public once this transaction is committed. ``brought_by``: the id of who brought
    what was checked. ``job``: the job that checked it; None where it died and another says so.
    """

    package_id: str
    target: str
    status: str
    live: bool
    brought_by: str | None
    job: Job | None


Listener = Callable[[Outcome], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have ``listener`` called at each check's end, within the transaction that keeps the verdict; harmless to repeat."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(outcome: Outcome) -> None:
    """Call every listener. They write in the present transaction and commit nothing."""
    for listener in _listeners:
        listener(outcome)
