"""The words for what reading a table can find: title, explanation, remedy, with ``{named}`` parameters.

English message ids; the CKAN shell translates them. Every code that this room raises or notes is a key here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Words of one code."""

    title: str
    explanation: str
    remedy: str


FINDINGS: dict[str, Finding] = {}
