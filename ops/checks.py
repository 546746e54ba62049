"""`make check`: style, types, and that rooms depend only downwards."""

from __future__ import annotations

import subprocess

from ops.settings import CHECKOUT, Settings


def run(settings: Settings) -> int:
    """Run every check, also after one has failed, and return 1 when any has."""
    programs = settings.venv / "bin"
    cache = settings.state / "cache"
    commands = {
        "style": ["ruff", "check", "--cache-dir", str(cache / "ruff")],
        "format": ["ruff", "format", "--check", "--cache-dir", str(cache / "ruff")],
        "types": ["basedpyright", "--pythonpath", str(programs / "python")],
        "rooms": ["lint-imports", "--cache-dir", str(cache / "import-linter")],
    }
    failed = []
    for name, (program, *arguments) in commands.items():
        print(f"\n--- {name}", flush=True)
        if subprocess.run([str(programs / program), *arguments], check=False, cwd=CHECKOUT).returncode:  # noqa: S603
            failed.append(name)
    print(f"\nmake check: {'failed: ' + ', '.join(failed) if failed else 'all clean'}")
    return 1 if failed else 0
