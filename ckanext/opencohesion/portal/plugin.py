"""The plugin `opencohesion`: wiring only."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ..translation import HouseTranslation
from . import search


class PortalPlugin(HouseTranslation, p.SingletonPlugin):
    """Templates, translations and search of the portal as a whole."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: Any) -> None:
        """Put our templates before CKAN's, and our style sheet behind it."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opencohesion")

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Search in the fields that have the portal's text analysis."""
        return search.with_query_defaults(search_params)
