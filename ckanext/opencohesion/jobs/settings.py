"""The room's settings, read from CKAN's configuration."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.opencohesion.jobs."


@dataclass(frozen=True)
class Settings:
    """The declared options; ``config_declaration.yaml`` says what each is for."""

    queue: str
    later_queue: str
    lease_seconds: float
    heartbeat_seconds: float
    tick_seconds: float
    keep_days: int


def settings() -> Settings:
    """The settings as they are now."""
    return Settings(
        queue=tk.config[PREFIX + "queue"],
        later_queue=tk.config[PREFIX + "later_queue"],
        lease_seconds=float(tk.config[PREFIX + "lease_seconds"]),
        heartbeat_seconds=float(tk.config[PREFIX + "heartbeat_seconds"]),
        tick_seconds=float(tk.config[PREFIX + "tick_seconds"]),
        keep_days=int(tk.config[PREFIX + "keep_days"]),
    )
