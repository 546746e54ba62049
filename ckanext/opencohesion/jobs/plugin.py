"""Plugin ``opencohesion_jobs``: wiring only."""

from __future__ import annotations

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from . import actions, auth, cli


@tk.blanket.config_declarations
@tk.blanket.actions(actions)
@tk.blanket.auth_functions(auth)
@tk.blanket.cli(cli)
class JobsPlugin(p.SingletonPlugin):
    """Leased background jobs, for the other rooms."""
