"""What can be known before anything is installed: are the settings usable, is there room, are the ports free?

Run by ops/run.sh with whatever Python there is (3.11 or newer), so it keeps to the standard library:

    python -m ops.preflight COMMAND

Prints the state folder's path on standard output for run.sh; what a person has to mend goes to standard error.
"""

from __future__ import annotations

import os
import sys

from ops import health
from ops.errors import PortalError, SettingError
from ops.settings import CHECKOUT, Settings, from_environment
from ops.supervisor import Supervisor

TEST_COMMANDS = (
    "test",
    "services",
    "test-stop",
    "check",
    "translations",
    "frontend",
    "reference",
    "docs",
    "screenshots",
    "sbom",
)
STARTING_COMMANDS = ("portal", "restore", "test", "services")
FILLING_COMMANDS = {*STARTING_COMMANDS, *TEST_COMMANDS} - {"test-stop"}
MARK = "state-folder-of-a-portal"


def main(command: str) -> int:
    """Check, and print the state folder. Returns the exit code."""
    try:
        settings = from_environment(os.environ, testing=command in TEST_COMMANDS)
        _check_folder(settings, filling=command in FILLING_COMMANDS)
        if command in STARTING_COMMANDS and not is_running(settings):
            health.check_disk(settings.state)
            health.check_ports(settings)
    except PortalError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    print(settings.state)
    return 0


def is_running(settings: Settings) -> bool:
    """Whether the portal runs in its state folder, on the port it is now wanted on."""
    supervisor = Supervisor(settings.state)
    return supervisor.port == settings.supervisor_port and supervisor.is_running()


def _check_folder(settings: Settings, *, filling: bool) -> None:
    state = settings.state
    if state == CHECKOUT or state in CHECKOUT.parents:
        raise SettingError(f"PORTAL_STATE={state}: choose a folder that does not hold the project itself.")
    mark = state / MARK
    try:
        if state.exists() and any(state.iterdir()) and not mark.exists():
            raise SettingError(
                f"PORTAL_STATE={state}: this folder holds something else. Choose a new or empty one."
            )
        if filling:
            state.mkdir(parents=True, exist_ok=True)
            if not mark.exists():
                mark.touch()
    except OSError as error:
        raise SettingError(
            f"PORTAL_STATE={state}: {error.strerror}. Choose a folder you may write to."
        ) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
