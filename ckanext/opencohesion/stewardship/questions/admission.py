"""Who may send a form that needs no account: a person who opened it here, not too often."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.opencohesion.i18n_marks import N_

from . import guard

_REFUSALS = {
    "missing": N_("The form was not opened on this page: open it again and send it from there."),
    "late": N_("The form was opened more than a day ago: open it again."),
    "quick": N_("That was too quick for a person: wait a few seconds and send it again."),
    "used": N_("This has been sent already."),
}


def let_in(about: str, token: str) -> None:
    """Keep programs out of a form about ``about`` (a dataset's id, or a page's name). Raises ``ValidationError``."""
    redis = connect_to_redis()
    try:
        found = guard.read_token(tk.config["SECRET_KEY"], token, about)
        guard.use_token(redis, found)
    except guard.BadTokenError as error:
        raise tk.ValidationError({"form_token": [tk._(_REFUSALS[error.reason])]}) from error
    most = tk.config["ckanext.opencohesion.stewardship.questions_per_hour"]
    if not guard.within_limit(redis, tk.request.remote_addr or "", most):
        message = tk._("Too many questions came from your network in the last hour. Try again later.")
        raise tk.ValidationError({"form_token": [message]})
