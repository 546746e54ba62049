"""Plugin ``opencohesion_stewardship``: wiring only."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.stewardship.access import actions as access_actions
from ckanext.opencohesion.stewardship.access import counting, flush
from ckanext.opencohesion.stewardship.access import helpers as access_helpers
from ckanext.opencohesion.stewardship.access.views import opencohesion_access
from ckanext.opencohesion.stewardship.questions import actions as question_actions
from ckanext.opencohesion.stewardship.questions import auth as question_auth
from ckanext.opencohesion.stewardship.questions import helpers as question_helpers
from ckanext.opencohesion.stewardship.questions import mail as question_mail
from ckanext.opencohesion.stewardship.questions import store as question_store
from ckanext.opencohesion.stewardship.questions.views import opencohesion_questions
from ckanext.opencohesion.translation import HouseTranslation


@tk.blanket.config_declarations
class StewardshipPlugin(HouseTranslation, p.SingletonPlugin):
    """What a data office plans, answers and counts."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.ITemplateHelpers)
    p.implements(p.ITranslation)

    def update_config(self, config: Any) -> None:
        """Put this room's templates before CKAN's."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opencohesion_stewardship")

    def configure(self, config: Any) -> None:
        """Register the room's jobs."""
        jobs.register(flush.KIND, flush.flush)
        every = tk.config["ckanext.opencohesion.stewardship.access_flush_seconds"]
        jobs.every(flush.KIND, every, timeout_seconds=300, title="Access counts")
        jobs.register(question_mail.ASKED_KIND, question_mail.send_asked)
        jobs.register(question_mail.ANSWERED_KIND, question_mail.send_answered)
        jobs.register(question_store.PURGE_KIND, question_store.purge_addresses)
        jobs.every(question_store.PURGE_KIND, 86400, timeout_seconds=300, title="E-mail addresses of questions")

    def make_middleware(self, app: Any, config: Any) -> Any:
        """Count uses when their answers leave."""
        app.after_request(counting.count_request)
        return app

    def get_actions(self) -> dict[str, Any]:
        """Return the room's actions."""
        return _named(access_actions, question_actions)

    def get_auth_functions(self) -> dict[str, Any]:
        """Return who may call them."""
        return {"opencohesion_access_counts": access_actions.access_counts_auth, **_named(question_auth)}

    def get_blueprint(self) -> list[Any]:
        """Return the room's pages."""
        return [opencohesion_access, opencohesion_questions]

    def get_helpers(self) -> dict[str, Any]:
        """Return what templates may ask."""
        return _named(access_helpers, question_helpers)


def _named(*modules: Any) -> dict[str, Any]:
    """Return what modules offer to CKAN: the names that begin with ``opencohesion_``."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("opencohesion_")
    }
