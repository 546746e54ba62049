"""Lets demo/ fill the portal, once for each kind of data asked for, and shows again what came of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from ops.fingerprint import fingerprint_of
from ops.settings import CHECKOUT, Settings


def load(settings: Settings) -> int:
    """Load what PORTAL_DEMO says and return the loader's exit code. What is loaded already is only told again."""
    if settings.demo == "none":
        return 0
    report = settings.state / "demo" / f"{fingerprint_of([], settings.region, settings.demo)[:12]}.txt"
    if report.is_file():
        print(f"\n{report.read_text()}")
        return 0
    report.parent.mkdir(exist_ok=True)
    draft = report.with_suffix(".new")
    print("\n  Loading data through the quality gate:", flush=True)
    with draft.open("w") as file:
        exit_code = _run(settings, file.write)
    if exit_code == 0:
        draft.rename(report)
    return exit_code


def _run(settings: Settings, keep: Callable[[str], object]) -> int:
    command = [str(settings.venv / "bin" / "python"), "-m", "demo.load"]
    options = {
        "--url": settings.local_url,
        "--token-file": str(settings.state / "admin-token"),
        "--region": settings.region,
        "--demo": settings.demo,
    }
    arguments = [part for option in options.items() for part in option]
    with subprocess.Popen(  # noqa: S603
        [*command, *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None  # noqa: S101 (asked for above)
        for line in process.stdout:
            print(line, end="", flush=True)
            keep(line)
    return process.returncode
