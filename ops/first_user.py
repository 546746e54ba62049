"""Makes the portal's first sysadmin and its API token. Run by ops.site in a process of its own, because it loads CKAN:

python -m ops.first_user CKAN_INI NAME < password > token
"""

from __future__ import annotations

import sys

from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk


def create(name: str, password: str) -> str:
    """Make the sysadmin `name`, unless it is there, and return a new API token for it."""
    user = model.User.get(name)
    if user is None:
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        details = {"name": name, "email": f"{name}@localhost.localdomain", "password": password}
        tk.get_action("user_create")({"ignore_auth": True, "user": site_user["name"]}, details)
        user = model.User.get(name)
    assert user is not None  # noqa: S101 (user_create raises otherwise)
    user.sysadmin = True
    model.repo.commit()
    details = {"user": name, "name": "make portal"}
    return tk.get_action("api_token_create")({"ignore_auth": True, "user": name}, details)["token"]


def main() -> None:
    """Read the arguments, and leave nothing on standard output but the token."""
    ini, name = sys.argv[1:3]
    app = make_app(load_config(ini))
    password = sys.stdin.read().strip()
    with app._wsgi_app.test_request_context():  # pyright: ignore[reportAttributeAccessIssue]
        token = create(name, password)
    print(token)


if __name__ == "__main__":
    main()
