"""Plugin ``opencohesion_stewardship``: wiring only."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import outcome
from ckanext.opencohesion.stewardship import mailing, oversight
from ckanext.opencohesion.stewardship.access import actions as access_actions
from ckanext.opencohesion.stewardship.access import counting, flush
from ckanext.opencohesion.stewardship.access import helpers as access_helpers
from ckanext.opencohesion.stewardship.access.views import opencohesion_access
from ckanext.opencohesion.stewardship.notices import actions as notice_actions
from ckanext.opencohesion.stewardship.notices import helpers as notice_helpers
from ckanext.opencohesion.stewardship.notices import mail as notice_mail
from ckanext.opencohesion.stewardship.notices import store as notice_store
from ckanext.opencohesion.stewardship.notices.views import opencohesion_notices
from ckanext.opencohesion.stewardship.plan import actions as plan_actions
from ckanext.opencohesion.stewardship.plan import helpers as plan_helpers
from ckanext.opencohesion.stewardship.plan import reminders
from ckanext.opencohesion.stewardship.plan.views import opencohesion_plan
from ckanext.opencohesion.stewardship.publication import actions as publication_actions
from ckanext.opencohesion.stewardship.publication import mail as publication_mail
from ckanext.opencohesion.stewardship.publication import schedule
from ckanext.opencohesion.stewardship.publication.views import opencohesion_publication
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
        jobs.register(schedule.KIND, schedule.publish_due)
        jobs.every(
            schedule.KIND,
            schedule.EVERY_SECONDS,
            timeout_seconds=300,
            title="Planned publications",
            later=False,
        )
        jobs.register(publication_mail.KIND, publication_mail.send_failure)
        jobs.register(reminders.KIND, reminders.remind)
        jobs.every(
            reminders.KIND, reminders.EVERY_SECONDS, timeout_seconds=600, title="Reminders of releases"
        )
        jobs.register(reminders.MAIL_KIND, reminders.send_reminder)
        jobs.register(question_mail.ASKED_KIND, question_mail.send_asked)
        jobs.register(question_mail.ANSWERED_KIND, question_mail.send_answered)
        jobs.register(notice_mail.KIND, notice_mail.send_notice)
        jobs.register(oversight.KIND, oversight.tell_owners)
        jobs.register(oversight.MAIL_KIND, oversight.send_list)
        jobs.every(
            oversight.KIND,
            oversight.EVERY_SECONDS,
            timeout_seconds=300,
            title="Owners told of public data under new rules",
        )
        outcome.listen(notice_store.note)
        jobs.register(question_store.PURGE_KIND, question_store.purge_addresses)
        jobs.every(
            question_store.PURGE_KIND, 86400, timeout_seconds=300, title="E-mail addresses of questions"
        )

    def make_middleware(self, app: Any, config: Any) -> Any:
        """Count uses when their answers leave; keep the application for the mails' translations."""
        mailing.remember(app)
        app.after_request(counting.count_request)
        return app

    def get_actions(self) -> dict[str, Any]:
        """Return the room's actions."""
        return _named(access_actions, notice_actions, plan_actions, publication_actions, question_actions)

    def get_auth_functions(self) -> dict[str, Any]:
        """Return who may call them."""
        return {
            **access_actions.AUTH,
            **notice_actions.AUTH,
            **plan_actions.AUTH,
            **publication_actions.AUTH,
            **_named(question_auth),
        }

    def get_blueprint(self) -> list[Any]:
        """Return the room's pages."""
        return [
            opencohesion_access,
            opencohesion_notices,
            opencohesion_plan,
            opencohesion_publication,
            opencohesion_questions,
        ]

    def get_helpers(self) -> dict[str, Any]:
        """Return what templates may ask."""
        return _named(access_helpers, notice_helpers, plan_helpers, question_helpers)


def _named(*modules: Any) -> dict[str, Any]:
    """Return what modules offer to CKAN: the names that begin with ``opencohesion_``."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("opencohesion_")
    }
