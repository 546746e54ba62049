"""`make docs`: the guides of docs/ as a site, in the state folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ops.settings import CHECKOUT, Settings


def build(settings: Settings) -> int:
    """Build the site and tell where it is. What Sphinx warns of is an error."""
    target = settings.state / "docs"
    code = build_into(target, settings.state / "cache" / "docs")
    if code == 0:
        print(f"  {target / 'index.html'}")
    return code


def build_into(target: Path, cache: Path) -> int:
    """Build the site in the folder `target`; returns Sphinx's exit code."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(cache)]
    command += [str(CHECKOUT / "docs"), str(target)]
    return subprocess.run(command, check=False).returncode  # noqa: S603
