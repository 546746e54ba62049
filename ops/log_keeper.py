"""Keeps the logs: at midnight each begins anew, old ones are packed, and those past their days are deleted.

    python -m ops.log_keeper STATE DAYS

One of the programs that the process manager runs. A log that grows past a size within a day is cut off by the process
manager itself (ops/supervisor.py).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

#: web.log, and web.log.1 … where the process manager cut it off.
_CURRENT = re.compile(r"(?P<name>[a-z-]+)\.log(?:\.(?P<part>\d+))?")
_KEPT = re.compile(r"[a-z-]+-(?P<day>\d{4}-\d{2}-\d{2})(?:\.\d+)?\.log(?:\.gz)?")


def rotate(folder: Path, day: date, keep_days: int, reopen: Callable[[], None]) -> list[Path]:
    """Put the logs of `day` aside, have new ones begun by `reopen`, and delete those kept for `keep_days`.

    Returns what was put aside. What was put aside before stays as it is: a second call the same day adds nothing to it.
    """
    aside = []
    for path in sorted(folder.iterdir()):
        found = _CURRENT.fullmatch(path.name)
        if found and path.stat().st_size:
            part = f".{found['part']}" if found["part"] else ""
            target = folder / f"{found['name']}-{day}{part}.log"
            if not target.exists() and not target.with_name(f"{target.name}.gz").exists():
                path.rename(target)
                aside.append(target)
    reopen()
    for path in aside:
        _pack(path)
    for path in folder.iterdir():
        found = _KEPT.fullmatch(path.name)
        if found and date.fromisoformat(found["day"]) < day - timedelta(days=keep_days - 1):
            path.unlink()
    return aside


def _pack(path: Path) -> None:
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(packed, "wb") as target:
        shutil.copyfileobj(source, target)
    packed.chmod(path.stat().st_mode & 0o777)
    path.unlink()


def main(state: Path, keep_days: int) -> int:
    """Rotate every midnight until the process is told to end."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())

    def reopen() -> None:
        pid = int((state / "run" / "supervisord.pid").read_text())
        os.kill(pid, signal.SIGUSR2)
        ended.wait(2)  # until then the files are written to under their new names

    while True:
        today = datetime.now().date()
        midnight = datetime.combine(today + timedelta(days=1), time.min)
        if ended.wait((midnight - datetime.now()).total_seconds()):
            return 0
        rotate(state / "logs", today, keep_days, reopen)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
