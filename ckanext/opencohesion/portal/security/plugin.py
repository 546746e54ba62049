"""Plugin ``opencohesion_security``: wiring only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ckan import plugins as p
from ckan.config.declaration import Declaration, Key
from ckan.lib import signals

from ckanext.opencohesion.portal.login import authenticator, password_login

ROOM = Path(__file__).parent


class SecurityPlugin(authenticator.HouseLogin, p.SingletonPlugin):
    """What an office's IT asks of a web site: who comes in, what is written down, whether it is well."""

    p.implements(p.IConfigDeclaration)
    p.implements(p.IAuthenticator, inherit=True)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.ISignal)

    # IConfigDeclaration
    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        """Declare the options of this part of the portal."""
        declaration.load_dict(yaml.safe_load((ROOM / "config_declaration.yaml").read_text(encoding="utf-8")))

    # ISignal
    def get_signal_subscriptions(self) -> dict[Any, Any]:
        """Hear of logins."""
        return {
            signals.user_logged_in: [authenticator.begin_session],
            signals.failed_login: [password_login.note_failure],
        }

    # IMiddleware
    def make_middleware(self, app: Any, config: Any) -> Any:
        """Look at every request and every answer."""
        app.before_request(authenticator.end_stale_session)
        app.after_request(password_login.remember_device)
        return app
