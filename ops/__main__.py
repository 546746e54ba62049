"""`python -m ops COMMAND`, which the Makefile calls through ops/run.sh."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ops import (
    backup,
    checks,
    docs,
    frontend,
    host,
    portal,
    reference,
    restore,
    sbom,
    screenshots,
    testing,
    translations,
)
from ops.errors import PortalError
from ops.preflight import TEST_COMMANDS
from ops.settings import Settings, from_environment

COMMANDS: dict[str, Callable[[Settings], int]] = {
    "portal": portal.up,
    "stop": portal.stop,
    "status": portal.status,
    "logs": portal.logs,
    "clean": portal.clean,
    "services": testing.start,
    "test": testing.run,
    "test-stop": portal.stop,
    "check": checks.run,
    "translations": translations.update,
    "reference": reference.write,
    "docs": docs.build,
    "screenshots": screenshots.take,
    "sbom": sbom.write,
    "frontend": frontend.build,
    "backup": backup.run,
    "restore": restore.run,
    "prepare": host.prepare,
    "web": host.web,
    "worker": host.worker,
    "worker-now": host.worker_now,
    "scheduler": host.scheduler,
    "healthy": host.healthy,
}


def main(name: str) -> int:
    """Run one command and return its exit code; what a person has to mend is told in a sentence."""
    try:
        return COMMANDS[name](from_environment(os.environ, testing=name in TEST_COMMANDS))
    except PortalError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
