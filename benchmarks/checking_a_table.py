"""Checking a large table: the screen against frictionless judging every row, in one run on one file.

Run: ``python benchmarks/checking_a_table.py [rows] [rows of the rival]``. The table is made up, in OpenCoesione's extended
record (``made_up_projects``). 120,000 rows are a large region's file; 2,300,000 (5 GB on disk) the country's. The rival is
the same check without the screen, so with all of our own checks; on a first part of the rows, since it takes the same time
for each (give 120000 twice to let it read the whole file and to compare the reports). Each runs in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from made_up_projects import PROFILE, make_projects

from ckanext.opencohesion.quality.check import check_file
from ckanext.opencohesion.quality.limits import DEFAULT_LIMITS

_RIVALS_ROWS = 5_000


def measure(path: Path, *, screen: bool) -> dict[str, Any]:
    """Check the file in this process and return what it took and what it found."""
    start = time.perf_counter()
    found = check_file(path, filename=path.name, table_schema=PROFILE, limits=DEFAULT_LIMITS, screen=screen)
    taken = time.perf_counter() - start
    report = found.to_dict()
    for stats in (report["report"]["stats"], *(task["stats"] for task in report["report"]["tasks"])):
        stats.pop("seconds")
    report.pop("size_bytes")
    return {
        "seconds": taken,
        "rows": found.rows,
        "screened": found.screened,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "report": json.dumps(report, sort_keys=True),
    }


def _apart(path: Path, how: str) -> dict[str, Any]:
    command = [sys.executable, __file__, how, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
    return json.loads(answer.stdout)


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 120_000
    rivals = min(rows, int(sys.argv[2]) if len(sys.argv) > 2 else _RIVALS_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        path, part = Path(folder) / "projects.csv", Path(folder) / "part" / "projects.csv"
        make_projects(path, rows)
        part.parent.mkdir()
        with path.open("rb") as whole, part.open("wb") as first:
            # A few records have a line break in a cell: the last of them may be cut, which matters to no figure.
            first.writelines(whole if rivals == rows else islice(whole, rivals + 1))
        ours, theirs = _apart(path, "--screen"), _apart(part, "--all")
        print(f"{rows} rows, {path.stat().st_size >> 20} MB")
    for name, one in (("with the screen", ours), ("frictionless on every row", theirs)):
        rate = one["rows"] / one["seconds"]
        print(
            f"{name:28}{one['rows']:>10} rows {one['seconds']:8.1f} s {rate:10.0f} rows/s {one['memory']:6} MB"
        )
    print(f"screened: {ours['screened']}")
    print(f"times faster: {ours['rows'] / ours['seconds'] / (theirs['rows'] / theirs['seconds']):.1f}")
    if rivals == rows:
        print(f"same report: {ours['report'] == theirs['report']}")


if __name__ == "__main__":
    if sys.argv[1:2] in (["--screen"], ["--all"]):
        print(json.dumps(measure(Path(sys.argv[2]), screen=sys.argv[1] == "--screen")))
    else:
        main()
