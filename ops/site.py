"""CKAN's own preparation: database, permissions, the first user. Runs CKAN's command line in the portal's environment."""

from __future__ import annotations

import subprocess

from ops import databases, services
from ops.errors import PortalError
from ops.secret_store import write_private
from ops.settings import CHECKOUT, Settings

ADMIN = "admin"


def ckan(settings: Settings, *arguments: str) -> str:
    """Run a command of CKAN's command line and return what it printed. Raises PortalError with its last lines."""
    command = [str(settings.venv / "bin" / "ckan"), "-c", str(settings.ini), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=CHECKOUT)  # noqa: S603
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise PortalError(f"ckan {' '.join(arguments[:2])} failed:\n  " + "\n  ".join(lines[-20:]))
    return done.stdout


def migrate(settings: Settings, secrets: dict[str, str]) -> None:
    """Bring both databases to the state that CKAN and every plugin want."""
    ckan(settings, "db", "upgrade")
    permissions = ckan(settings, "datastore", "set-permissions")
    databases.set_datastore_rights(
        services.database_admin(settings, secrets), services.addresses(settings, secrets), permissions
    )


def reindex(settings: Settings) -> None:
    """Fill a new search index from the database."""
    ckan(settings, "search-index", "rebuild")


def create_admin(settings: Settings, secrets: dict[str, str]) -> None:
    """Make the first sysadmin and an API token for it, each kept in a file that only its owner reads."""
    token_file = settings.state / "admin-token"
    if token_file.exists():
        return
    command = [str(settings.venv / "bin" / "python"), "-m", "ops.first_user", str(settings.ini), ADMIN]
    done = subprocess.run(  # noqa: S603
        command, check=False, capture_output=True, text=True, cwd=CHECKOUT, input=secrets["admin"]
    )
    if done.returncode:
        raise PortalError(f"The first user could not be made:\n{done.stderr.strip()[-2000:]}")
    write_private(settings.state / "admin-password", secrets["admin"] + "\n")
    write_private(token_file, done.stdout.split()[-1] + "\n")
