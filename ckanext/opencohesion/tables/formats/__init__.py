"""Formats of files: what a file is, whether it opens as that, and (``registry``) which formats are read as tables."""

from __future__ import annotations

from ..errors import NotOpenableError
from ..identify import MeasuredFormat, identify
from ..openers import can_open, open_ok

__all__ = ["MeasuredFormat", "NotOpenableError", "can_open", "identify", "open_ok"]
