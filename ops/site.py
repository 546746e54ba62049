"""CKAN's own preparation: database, permissions, the first user, the search index. CKAN runs in a process of its own."""

from __future__ import annotations

import json
import subprocess

from ops import databases, services
from ops.errors import PortalError
from ops.secret_store import write_private
from ops.settings import CHECKOUT, Settings

ADMIN = "admin"


def prepare(settings: Settings, secrets: dict[str, str], *, reindex: bool = False) -> None:
    """Bring both databases to the state that CKAN and every plugin want, and make the first sysadmin with an API token.

    Password and token are kept in files that only their owner reads. With `reindex` the search index is filled too.
    Raises PortalError with CKAN's last lines.
    """
    token_file = settings.state / "admin-token"
    new = not token_file.exists()
    steps = ["migrate", *(["first-user"] if new else []), *(["reindex"] if reindex else [])]
    answers = _run(settings, steps, secrets["admin"])
    databases.set_datastore_rights(
        services.database_admin(settings, secrets), services.addresses(settings, secrets), answers["rights"]
    )
    if new:
        if "password" in answers:
            write_private(settings.state / "admin-password", answers["password"] + "\n")
        write_private(token_file, answers["token"] + "\n")


def reindex(settings: Settings) -> None:
    """Fill a new search index from the database. Raises PortalError with CKAN's last lines."""
    _run(settings, ["reindex"])


def _run(settings: Settings, steps: list[str], password: str = "") -> dict[str, str]:
    command = [str(settings.venv / "bin" / "python"), "-m", "ops.ckan_steps", str(settings.ini), *steps]
    done = subprocess.run(  # noqa: S603
        command, check=False, capture_output=True, text=True, cwd=CHECKOUT, input=password
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise PortalError(f"CKAN could not {', '.join(steps)}:\n  " + "\n  ".join(lines[-20:]))
    return json.loads(done.stdout)
