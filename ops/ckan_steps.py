"""What needs CKAN loaded, run by ops.site in a process of its own. Loading takes seconds, so it does several steps at once:

    python -m ops.ckan_steps CKAN_INI STEP… < password > answers

Steps: `migrate`, `first-user` (whose password comes on standard input), `reindex`. The answers are one JSON object.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable

from ckan import model
from ckan.cli import load_config
from ckan.cli.db import db
from ckan.cli.search_index import search_index
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk
from ckanext.datastore.cli import datastore

from ops.site import ADMIN


def migrate() -> dict[str, str]:
    """Migrate CKAN's tables and every plugin's; return the script of the DataStore's rights as `rights`."""
    db.main(["upgrade"], standalone_mode=False)
    with contextlib.redirect_stdout(io.StringIO()) as script:
        datastore.main(["set-permissions"], standalone_mode=False)
    return {"rights": script.getvalue()}


def first_user() -> dict[str, str]:
    """Make the sysadmin `admin`, unless it is there, and return a new API token for it as `token`.

    `password` is among the answers where the user was made; that of a user who was there stays.
    """
    password = sys.stdin.read().strip()
    answers = {}
    user = model.User.get(ADMIN)
    if user is None:
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        details = {"name": ADMIN, "email": f"{ADMIN}@localhost.localdomain", "password": password}
        tk.get_action("user_create")({"ignore_auth": True, "user": site_user["name"]}, details)
        user = model.User.get(ADMIN)
        answers["password"] = password
    assert user is not None  # noqa: S101 (user_create raises otherwise)
    user.sysadmin = True
    model.repo.commit()
    details = {"user": ADMIN, "name": "make portal"}
    token = tk.get_action("api_token_create")({"ignore_auth": True, "user": ADMIN}, details)["token"]
    return {**answers, "token": token}


def reindex() -> dict[str, str]:
    """Fill the search index from the database."""
    search_index.main(["rebuild", "--quiet"], standalone_mode=False)
    return {}


STEPS: dict[str, Callable[[], dict[str, str]]] = {
    "migrate": migrate,
    "first-user": first_user,
    "reindex": reindex,
}


def main() -> None:
    """Do the steps in the order given, and leave nothing on standard output but the answers."""
    ini, *steps = sys.argv[1:]
    answers: dict[str, str] = {}
    with contextlib.redirect_stdout(sys.stderr):
        app = make_app(load_config(ini))
        with app._wsgi_app.test_request_context():  # pyright: ignore[reportAttributeAccessIssue]
            for step in steps:
                answers |= STEPS[step]()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
