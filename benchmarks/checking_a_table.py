"""Checking a large table: the screen against frictionless judging every row, in one run on one file.

Run: ``python benchmarks/checking_a_table.py [rows] [rows of the rival]``. The table is made up, in OpenCoesione's extended
record (``made_up_projects``). 120,000 rows are a large region's file; 2,300,000 (5 GB on disk) the country's. The rival is
the same check without the screen, so with all of our own checks; on a first part of the rows, since it takes the same time
for each (give 120000 twice to let it read the whole file and to compare the reports). Then the same with the Table Schema
alone, as bare frictionless has it. Each runs in a process of its own; CPU seconds are of all its threads.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

from made_up_projects import PROFILE, make_projects

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.judging.limits import DEFAULT_LIMITS
from ckanext.opencohesion.quality.judging.warm import warm
from ckanext.opencohesion.quality.screen.screen import screen_rows
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile
from ckanext.opencohesion.tables.reading import frictionless_resource

_RIVALS_ROWS = 5_000


def measure(path: Path, *, screen: bool) -> dict[str, Any]:
    """Check the file in this process and return what it took and what it found."""
    warm()
    start, cpu = time.perf_counter(), time.process_time()
    found = check_file(path, filename=path.name, table_schema=PROFILE, limits=DEFAULT_LIMITS, screen=screen)
    taken = _taken(start, cpu)
    report = found.to_dict()
    for stats in (report["report"]["stats"], *(task["stats"] for task in report["report"]["tasks"])):
        stats.pop("seconds")
    report.pop("size_bytes")
    return taken | {
        "rows": found.rows,
        "screened": found.screened,
        "report": json.dumps(report, sort_keys=True),
    }


def measure_bare(path: Path, *, screen: bool) -> dict[str, Any]:
    """Judge the file by its Table Schema alone, without any check of ours."""
    profile = load_profile(PROFILE)
    source = probe(path, filename=path.name, profile=profile)
    warm()
    start, cpu = time.perf_counter(), time.process_time()
    resource = frictionless_resource(source, profile, DEFAULT_LIMITS.reading)
    with tempfile.TemporaryDirectory() as folder:
        rows = None
        if screen:
            found = screen_rows(
                source, resource.schema, [], work=Path(folder), limits=DEFAULT_LIMITS, look=lambda _rows: None
            )
            rows = found.rows
            resource = frictionless_resource(source, profile, DEFAULT_LIMITS.reading, chosen=found.chosen)
        resource.validate(limit_errors=0)
    return _taken(start, cpu) | {"rows": rows or resource.stats.rows}


def _taken(start: float, cpu: float) -> dict[str, Any]:
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "memory": getrusage(RUSAGE_SELF).ru_maxrss // 1024,
    }


def _apart(path: Path, how: str) -> dict[str, Any]:
    command = [sys.executable, __file__, how, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
    return json.loads(answer.stdout)


def _tell(name: str, one: dict[str, Any]) -> None:
    rate = one["rows"] / one["seconds"]
    print(
        f"{name:32}{one['rows']:>10} rows {one['seconds']:8.1f} s {one['cpu']:8.1f} CPU s {rate:10.0f} rows/s "
        f"{one['memory']:6} MB"
    )


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
        ours_bare, theirs_bare = _apart(path, "--bare-screen"), _apart(part, "--bare-all")
        print(f"{rows} rows, {path.stat().st_size >> 20} MB")
    for name, one, other in (("all checks", ours, theirs), ("schema alone", ours_bare, theirs_bare)):
        _tell(f"{name}, with the screen", one)
        _tell(f"{name}, every row", other)
        faster = (one["rows"] * other[clock] / one[clock] / other["rows"] for clock in ("seconds", "cpu"))
        print("times faster: {:.1f}; by CPU seconds: {:.1f}".format(*faster))
    print(f"screened: {ours['screened']}")
    if rivals == rows:
        print(f"same report: {ours['report'] == theirs['report']}")


if __name__ == "__main__":
    if sys.argv[1:2] in (["--screen"], ["--all"]):
        print(json.dumps(measure(Path(sys.argv[2]), screen=sys.argv[1] == "--screen")))
    elif sys.argv[1:2] in (["--bare-screen"], ["--bare-all"]):
        print(json.dumps(measure_bare(Path(sys.argv[2]), screen=sys.argv[1] == "--bare-screen")))
    else:
        main()
