"""What a file is, measured from its content, and whether it opens as that: the public names of both halves."""

from __future__ import annotations

from .errors import NotOpenableError
from .identify import MeasuredFormat, identify
from .openers import can_open, open_ok

__all__ = ["MeasuredFormat", "NotOpenableError", "can_open", "identify", "open_ok"]
