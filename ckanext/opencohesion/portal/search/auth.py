"""Who may ask for suggestions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def opencohesion_search_suggest(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: suggestions are made of live datasets."""
    return {"success": True}
