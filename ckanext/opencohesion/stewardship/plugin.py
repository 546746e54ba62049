"""Plugin ``opencohesion_stewardship``: wiring only."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ..translation import HouseTranslation


class StewardshipPlugin(HouseTranslation, p.SingletonPlugin):
    """What a data office plans, answers and counts."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)

    def update_config(self, config: Any) -> None:
        """Put this room's templates before CKAN's."""
        tk.add_template_directory(config, "templates")
