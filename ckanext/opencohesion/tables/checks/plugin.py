"""Our checks told to frictionless, so that descriptors name them and saved reports with their errors can be loaded."""

from __future__ import annotations

from typing import Any

from frictionless import Check, Plugin, system

from .registry import ALL


class TableChecksPlugin(Plugin):
    """Knows every check of this package and every error they report."""

    def select_check_class(self, type: str | None = None) -> type[Check] | None:
        """Return our check for its type."""
        return ALL.get(type or "")

    def select_error_class(self, type: str | None = None) -> Any:
        """Return our error for its type."""
        return next((error for check in ALL.values() for error in check.Errors if error.type == type), None)


system.register("opencohesion", TableChecksPlugin())
