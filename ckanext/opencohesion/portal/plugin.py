"""The plugin `opencohesion`: wiring only."""

from __future__ import annotations

from inspect import isfunction
from types import ModuleType
from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ..translation import HouseTranslation
from . import search
from .editorial import actions as editorial_actions
from .editorial import auth as editorial_auth
from .editorial import helpers as editorial_helpers
from .editorial import views as editorial_views
from .look import helpers as look_helpers
from .security import web


def _functions(*modules: ModuleType) -> dict[str, Any]:
    """The public functions that the modules define, by name: a blanket takes only one module."""
    return {
        name: member
        for module in modules
        for name, member in vars(module).items()
        if isfunction(member) and member.__module__ == module.__name__ and not name.startswith("_")
    }


@tk.blanket.config_declarations
@tk.blanket.actions(editorial_actions)
@tk.blanket.auth_functions(editorial_auth)
@tk.blanket.helpers(_functions(editorial_helpers, look_helpers))
@tk.blanket.blueprints(editorial_views)
class PortalPlugin(HouseTranslation, p.SingletonPlugin):
    """Templates, translations and search of the portal as a whole."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IMiddleware, inherit=True)

    def update_config(self, config: Any) -> None:
        """Put our templates before CKAN's, and our style sheet behind it."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "opencohesion")

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Search in the fields that have the portal's text analysis."""
        return search.with_query_defaults(search_params)

    def make_middleware(self, app: Any, config: Any) -> Any:
        """Send the security headers with every answer."""
        app.after_request(web.protect)
        return app
