"""A folder of real source files: which of them a region publishes, as what, and which not and why.

The table ``data/real_files.csv`` says so, one row for each path; ``{sigla}`` in a path is OpenCoesione's short name of
the region (CAL, TOS …). A file of another region is never published as this region's.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from demo.facts import Row, by, table
from demo.places import region_name
from demo.plans import DatasetPlan, FilePlan, Skipped

SIGLA = "{sigla}"


def real_plans(region: str, folder: Path) -> tuple[list[DatasetPlan], list[Skipped]]:
    """Return the datasets that ``folder`` offers for ``region``, and what is left out with the reason.

    Raises LookupError for a code that is no region, FileNotFoundError when there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"La cartella {folder} non c'è. Indica la cartella dei file reali.")
    place = region_name(region)
    sigla = by("bodies", "region")[region]["sigla"]
    present = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    plans: list[DatasetPlan] = []
    skipped: list[Skipped] = []
    for row in table("real_files"):
        path = row["path"].replace(SIGLA, sigla)
        found = [name for name in present if fnmatchcase(name, path)]
        if row["skip"]:
            skipped += [Skipped(name, row["skip"]) for name in found]
        elif found:
            plans.append(_plan(row, path, region, place))
        else:
            skipped.append(Skipped(path, _why_missing(row, present)))
    taken = {file.path for plan in plans for file in plan.files} | {skip.path for skip in skipped}
    skipped += [Skipped(name, _why_left(name)) for name in present if name not in taken]
    return plans, skipped


def _why_missing(row: Row, present: list[str]) -> str:
    pattern = row["path"].replace(SIGLA, "*")
    if SIGLA in row["path"] and any(fnmatchcase(name, pattern) for name in present):
        return "LA CARTELLA HA QUESTI DATI SOLO PER UN'ALTRA REGIONE: non si pubblicano come di questa"
    return "nella cartella non c'è"


def _why_left(name: str) -> str:
    for row in table("real_files"):
        if SIGLA in row["path"] and fnmatchcase(name, row["path"].replace(SIGLA, "*")):
            return "dati di un'altra regione"
    return "file sconosciuto: aggiungi una riga a demo/data/real_files.csv"


def _plan(row: Row, path: str, region: str, place: str) -> DatasetPlan:
    source = by("sources", "key")[row["source"]]
    words = {"regione": place, "slug": _slug(place)}
    return DatasetPlan(
        name=row["dataset"].format(**words),
        type=row["type"],
        title=row["title"].format(**words),
        notes=row["notes"],
        tags=("politiche di coesione" if row["type"] == "cohesion" else "pnrr", "progetti"),
        themes=_listed(row["themes"]),
        frequency="NOT_PLANNED",
        territory=region if SIGLA in row["path"] else "",
        holder=source["holder"],
        release=row["release"],
        provenance=source["provenance"],
        page=source["page"],
        start=row["start"],
        end=row["end"],
        licence=row["licence"],
        licence_reason=row["licence_reason"],
        cycles=_listed(row["cycles"]),
        funds=_listed(row["funds"]),
        files=(FilePlan(path, path.rsplit("/", 1)[-1], row["table_schema"], description=row["notes"]),),
    )


def _listed(values: str) -> tuple[str, ...]:
    return tuple(value for value in values.split("|") if value)


def _slug(name: str) -> str:
    plain = name.lower().split("/")[0].replace("'", "-").replace(" ", "-")
    return "".join(letter for letter in plain if letter.isascii())
