"""The plugin `opencohesion`: wiring only."""

from __future__ import annotations

from inspect import isfunction
from types import ModuleType
from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ..jobs import api as jobs
from ..translation import HouseTranslation
from .dataset import helpers as dataset_helpers
from .dataset import views as dataset_views
from .dictionary import helpers as dictionary_helpers
from .dictionary import office_views as dictionary_office_views
from .dictionary import views as dictionary_views
from .editorial import actions as editorial_actions
from .editorial import auth as editorial_auth
from .editorial import feedback
from .editorial import helpers as editorial_helpers
from .editorial import views as editorial_views
from .explore import actions as explore_actions
from .explore import auth as explore_auth
from .explore import helpers as explore_helpers
from .explore import views as explore_views
from .look import helpers as look_helpers
from .look import views as look_views
from .practice import views as practice_views
from .precheck import actions as precheck_actions
from .precheck import auth as precheck_auth
from .precheck import trial
from .precheck import views as precheck_views
from .publish import actions as publish_actions
from .publish import auth as publish_auth
from .publish import helpers as publish_helpers
from .publish import views as publish_views
from .repair import views as repair_views
from .search import actions as search_actions
from .search import auth as search_auth
from .search import defaults as search_defaults
from .search import helpers as search_helpers
from .search import index as search_index
from .search import views as search_views
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
@tk.blanket.actions(
    _functions(editorial_actions, explore_actions, precheck_actions, search_actions, publish_actions)
)
@tk.blanket.auth_functions(_functions(editorial_auth, explore_auth, precheck_auth, search_auth, publish_auth))
@tk.blanket.helpers(
    _functions(
        dataset_helpers,
        dictionary_helpers,
        editorial_helpers,
        explore_helpers,
        look_helpers,
        search_helpers,
        publish_helpers,
    )
)
@tk.blanket.blueprints(
    [
        dataset_views.blueprint,
        dictionary_views.blueprint,
        dictionary_office_views.blueprint,
        editorial_views.blueprint,
        explore_views.opencohesion_explore,
        look_views.blueprint,
        practice_views.opencohesion_practice,
        precheck_views.opencohesion_precheck,
        search_views.blueprint,
        publish_views.blueprint,
        repair_views.opencohesion_repair,
    ]
)
class PortalPlugin(HouseTranslation, p.SingletonPlugin):
    """Templates, translations and search of the portal as a whole."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.ITranslation)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IMiddleware, inherit=True)

    def update_config(self, config: Any) -> None:
        """Put our templates before CKAN's, and our style sheet behind it."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "opencohesion")

    def configure(self, config: Any) -> None:
        """Name the jobs of this room."""
        jobs.register(feedback.MAIL_KIND, feedback.send)
        jobs.register(trial.KIND, trial.run)
        jobs.register(trial.FORGET_KIND, trial.forget)
        jobs.every(
            trial.FORGET_KIND, trial.FORGET_EVERY_SECONDS, timeout_seconds=300, title="Files that were tried"
        )

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Search in the fields that have the portal's text analysis."""
        return search_defaults.with_query_defaults(search_params)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Add what the search page filters and suggests by."""
        return search_index.with_search_fields(pkg_dict)

    def make_middleware(self, app: Any, config: Any) -> Any:
        """Send the security headers with every answer."""
        app.after_request(web.protect)
        return app
