"""What is guarded, and what is live. Everything not known to be live is closed."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.quality.model import get_state

#: Every value of ``quality_status`` (DESIGN §4).
STATUSES = ("pending", "running", "passed", "failed", "unreadable", "awaiting_approval", "overridden")

#: The values under which a person may have to decide.
HELD_BACK = ("failed", "unreadable", "awaiting_approval")

#: The values that open the gate.
OPENING = ("passed", "overridden")


def guarded(dataset_type: str | None) -> bool:
    """Say whether the gate checks datasets of this type and can let them go live."""
    return (dataset_type or "dataset") in tk.config["ckanext.opencohesion.quality.guarded_types"]


def exempt(dataset_type: str | None) -> bool:
    """Say whether datasets of this type are none of the gate's business (harvest sources).

    A type that is neither guarded nor exempt stays closed: nobody said how it is to be proven.
    """
    return (dataset_type or "dataset") in tk.config["ckanext.opencohesion.quality.exempt_types"]


def fileless(dataset_type: str | None) -> bool:
    """Say whether datasets of this type hold no file: their description alone is checked, and opens the gate."""
    return (dataset_type or "dataset") in tk.config["ckanext.opencohesion.quality.fileless_types"]


def is_live(package_id: str) -> bool:
    """Say whether the gate granted that this dataset be public."""
    state = get_state(package_id)
    return state is not None and state.live
