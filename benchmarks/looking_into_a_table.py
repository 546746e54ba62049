"""Looking into a table of 100,000 rows and 199 columns: its pages, warm and cold, against pandas reading the same file.

Run: ``python benchmarks/looking_into_a_table.py [rows]``. The table is made up, in OpenCoesione's extended record.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ckanext.opencohesion.tables.engine import Engine
from ckanext.opencohesion.tables.filters import make_filter
from ckanext.opencohesion.tables.parquet import write_parquet
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile
from ckanext.opencohesion.tables.query import Selection, Sort, Table, aggregate, read_page

PROFILE = "opencoesione/progetti_esteso"
COLUMNS = 199
PAGE = 25


def make_table(path: Path, profile: TableProfile, rows: int) -> None:
    """Write a made-up table of the profile's first columns."""
    fields = profile.fields[:COLUMNS]
    with path.open("w", encoding="utf-8-sig") as file:
        file.write(";".join(f'"{field.labels.get("2025", field.name)}"' for field in fields) + "\n")
        for number in range(rows):
            file.write(
                ";".join(_cell(field.name, field.type, column, number) for column, field in enumerate(fields))
            )
            file.write("\n")


def _cell(name: str, kind: str, column: int, row: int) -> str:
    if name == "COD_LOCALE_PROGETTO":
        return f'"1CAL{row:07}"'
    if name == "CUP":
        return f'"J{row % 90 + 10}C{row:011}"'
    mixed = (row * 2_654_435_761 + column * 40_503) % 4_294_967_296
    if kind == "number":
        return f"{mixed % 9_000_000 / 100:.2f}".replace(".", ",") if mixed % 3 else ""
    if kind == "integer":
        return str(mixed % 9 + 1)
    if kind == "date":
        return f"20{mixed % 14 + 10}{mixed % 12 + 1:02}{mixed % 28 + 1:02}" if mixed % 2 else ""
    return f'"voce {mixed % 40} della colonna {column}"'


def seconds(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Return how long ``work`` takes the first time and at best afterwards."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken[0], min(taken[1:] or taken)


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    profile = load_profile(PROFILE)
    with tempfile.TemporaryDirectory() as folder:
        path, work = Path(folder) / "projects.csv", Path(folder) / "work"
        work.mkdir()
        make_table(path, profile, rows)
        source = probe(path, filename=path.name, profile=profile)
        start = time.perf_counter()
        parquet, description = write_parquet(source, profile, work=work)
        written = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{description.rows} rows x {len(description.columns)} columns, {path.stat().st_size >> 20} MB of CSV"
        )
        print(
            f"written as Parquet: {written:.1f} s, {parquet.stat().st_size >> 20} MB, memory at most {memory} MB"
        )

        table = Table(Engine(work, 512, 2), parquet, description, 60)
        columns = description.columns
        money = description.column("OC_FINANZ_TOT_PUB_NETTO")
        theme = description.column("OC_TEMA_SINTETICO")
        theme_filter = make_filter(description, theme.name, "contains", ["voce 7 "])
        large = make_filter(description, money.name, "ge", [Decimal(80_000)])
        last = description.rows - PAGE
        cases: dict[str, Callable[[], object]] = {
            "first page, 12 columns": lambda: read_page(
                table, columns[:12], Selection(), None, offset=0, limit=PAGE
            ),
            "first page, all columns": lambda: read_page(
                table, columns, Selection(), None, offset=0, limit=PAGE
            ),
            "last page, all columns": lambda: read_page(
                table, columns, Selection(), None, offset=last, limit=PAGE
            ),
            "sorted by money, all columns": lambda: read_page(
                table, columns, Selection(), Sort(money, True), offset=0, limit=PAGE
            ),
            "two filters, all columns": lambda: read_page(
                table, columns, Selection((theme_filter, large)), None, offset=0, limit=PAGE
            ),
            "words in any column, 12 columns": lambda: read_page(
                table, columns[:12], Selection(words="voce 39 della colonna 88"), None, offset=0, limit=PAGE
            ),
            "money by theme": lambda: aggregate(table, theme, money, "sum", Selection(), limit=15),
        }
        start = time.perf_counter()
        pd.read_csv(path, sep=";", decimal=",", dtype=str).head(PAGE)
        pandas = time.perf_counter() - start
        print(f"pandas reads the CSV in {pandas:.1f} s")
        print(f"{'page':40}{'first':>10}{'warm':>10}{'pandas / warm':>16}")
        for name, work_of in cases.items():
            first, warm = seconds(work_of)
            print(f"{name:40}{first * 1000:8.0f}ms{warm * 1000:8.0f}ms{pandas / warm:16.0f}")


if __name__ == "__main__":
    main()
