"""`python -m ops COMMAND`, which the Makefile calls through ops/run.sh."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ops import portal, testing
from ops.errors import PortalError
from ops.settings import Settings, from_environment

PORTAL_COMMANDS: dict[str, Callable[[Settings], int]] = {}
TEST_COMMANDS: dict[str, Callable[[Settings], int]] = {
    "services": testing.start,
    "test": testing.run,
    "test-stop": portal.stop,
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; what a person has to mend is told in a sentence."""
    name = arguments[0] if arguments else ""
    command = PORTAL_COMMANDS.get(name) or TEST_COMMANDS.get(name)
    if command is None:
        print("Commands: " + ", ".join([*PORTAL_COMMANDS, *TEST_COMMANDS]), file=sys.stderr)
        return 2
    try:
        return command(from_environment(os.environ, testing=name in TEST_COMMANDS))
    except PortalError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
