"""What templates may ask about notices."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from . import store


def opencohesion_notices_unseen() -> int:
    """Return how many notices the user of this page has not seen."""
    return 0 if tk.current_user.is_anonymous else store.unseen(tk.current_user.id)
