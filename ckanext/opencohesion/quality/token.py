"""The gate's key to its own chain. It lies in the context, where no client can put it.

``ignore_auth`` says who may act; this says that the gate itself acts. The two are never the same: many parts of CKAN set
``ignore_auth``, and none of them has checked a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Where the token lies in a CKAN context.
GATE_KEY = "opencohesion_gate"

#: Compared by identity, so that nothing that came over the network can equal it.
GATE_TOKEN = object()


def is_gate(context: Mapping[str, Any]) -> bool:
    """Say whether the gate itself makes this call."""
    return context.get(GATE_KEY) is GATE_TOKEN
