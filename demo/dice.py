"""Choices that are the same at every run, on every machine and with every Python.

``random`` keeps its promise of repeatability only for ``random()``; here every choice is a SHA-256 of the seed
and a key, so a value depends on nothing but its own name: a new column changes no other column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """Named, repeatable choices."""

    seed: str

    def number(self, key: str, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``, both included."""
        drawn = int.from_bytes(sha256(f"{self.seed}/{key}".encode()).digest()[:8], "big")
        return low + drawn % (high - low + 1)

    def choice(self, key: str, options: Sequence[T]) -> T:
        """Return one of ``options``."""
        return options[self.number(key, 0, len(options) - 1)]

    def chance(self, key: str, percent: int) -> bool:
        """Return true in ``percent`` cases of a hundred."""
        return self.number(key, 1, 100) <= percent

    def euro(self, key: str, low: int, high: int) -> Decimal:
        """Return an amount between ``low`` and ``high`` euro: half of them whole, as in the real files."""
        cents = 0 if self.chance(f"{key}/whole", 50) else self.number(f"{key}/cents", 1, 99)
        return Decimal(self.number(key, low, high)) + Decimal(cents) / 100


def share(amount: Decimal, percent: int) -> Decimal:
    """Return ``percent`` of ``amount``, rounded down to the cent, so that a part never passes its whole."""
    return (amount * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
