"""Plugin ``opencohesion_security``: wiring only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ckan import plugins as p
from ckan.config.declaration import Declaration, Key
from ckan.lib import signals

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.portal.audit import actions as audit_actions
from ckanext.opencohesion.portal.audit import cli as audit_cli
from ckanext.opencohesion.portal.audit import recorder, seals
from ckanext.opencohesion.portal.audit import views as audit_views
from ckanext.opencohesion.portal.login import authenticator, oidc_views, password_login
from ckanext.opencohesion.portal.logs import access
from ckanext.opencohesion.portal.monitoring import requests
from ckanext.opencohesion.portal.monitoring import views as monitoring_views
from ckanext.opencohesion.portal.monitoring.liveness import Liveness
from ckanext.opencohesion.portal.security import forms, parameters, security_txt, unhandled

ROOM = Path(__file__).parent
A_DAY = 86400


class SecurityPlugin(authenticator.HouseLogin, p.SingletonPlugin):
    """What an office's IT asks of a web site: who comes in, what is written down, whether it is well."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IAuthenticator, inherit=True)
    p.implements(p.IBlueprint)
    p.implements(p.IClick)
    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurable)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.ISignal)
    p.implements(p.ITemplateHelpers)

    # IConfigDeclaration
    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        """Declare the options of this part of the portal."""
        declaration.load_dict(yaml.safe_load((ROOM / "config_declaration.yaml").read_text(encoding="utf-8")))

    # IConfigurable
    def configure(self, config: Any) -> None:
        """Start writing the audit log, and have it sealed daily."""
        recorder.listen()
        jobs.register(seals.KIND, seals.seal_and_clean)
        jobs.every(seals.KIND, A_DAY, timeout_seconds=600, title="Seal of the audit log")
        jobs.register(security_txt.KIND, security_txt.watch)
        jobs.every(security_txt.KIND, A_DAY, timeout_seconds=60, title="Expiry of security.txt")

    # IActions, IAuthFunctions, IBlueprint, IClick
    def get_actions(self) -> dict[str, Any]:
        """Name the actions."""
        return {"opencohesion_audit_list": audit_actions.opencohesion_audit_list}

    def get_auth_functions(self) -> dict[str, Any]:
        """Name who may call them."""
        return {"opencohesion_audit_list": audit_actions.auth_opencohesion_audit_list}

    def get_blueprint(self) -> list[Any]:
        """Name the pages."""
        return [
            audit_views.blueprint,
            monitoring_views.blueprint,
            oidc_views.blueprint,
            security_txt.blueprint,
        ]

    def get_commands(self) -> list[Any]:
        """Name the commands."""
        return [audit_cli.opencohesion_audit]

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        """Name what templates ask."""
        helpers = (
            oidc_views.opencohesion_oidc_label,
            oidc_views.opencohesion_oidc_only,
            security_txt.opencohesion_security_txt_warning,
        )
        return {helper.__name__: helper for helper in helpers}

    # ISignal
    def get_signal_subscriptions(self) -> dict[Any, Any]:
        """Hear of logins."""
        return {
            signals.user_logged_in: [authenticator.begin_session, recorder.note_login],
            signals.user_logged_out: [recorder.note_logout],
            signals.failed_login: [password_login.note_failure, recorder.note_failed_login],
        }

    # IMiddleware
    def make_middleware(self, app: Any, config: Any) -> Any:
        """Look at every request and every answer."""
        app.before_request(access.start)
        app.before_request(requests.start)
        app.before_request(authenticator.end_stale_session)
        app.before_request(parameters.refuse)
        app.before_request(forms.require_token)
        app.before_request(password_login.refuse_mail_flood)
        unhandled.register(app)
        # the last of these is asked first
        app.after_request(access.finish)
        app.after_request(requests.count)
        app.after_request(password_login.remember_device)
        app.wsgi_app = Liveness(app.wsgi_app)
        return app
