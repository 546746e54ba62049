"""Which repairs a finding can be mended with. The page that shows and applies them is ``portal.repair``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..tables.repair.catalogue import REPAIRS, Repair
from .wording.messages import words_key


def repairs_for(finding: Mapping[str, Any]) -> list[Repair]:
    """Return the repairs that may mend a finding (an error of a Frictionless report or a rule of ours), by name.

    "May": whether a cell can be mended shows when it is looked at, since what is in doubt is left alone.
    """
    key = words_key(finding)
    return [repair for repair in REPAIRS if repair.mends_code(key)]


def repairs_for_all(findings: Iterable[Mapping[str, Any]]) -> list[Repair]:
    """Return the repairs that any of the findings asks for, each once, in the order in which they are applied."""
    keys = {words_key(finding) for finding in findings}
    return [repair for repair in REPAIRS if any(map(repair.mends_code, keys))]
