"""A made-up table in OpenCoesione's extended record: the size and the dialect of the real ones, and some of their faults.

Run: ``python benchmarks/made_up_projects.py FILE ROWS``. 120,000 rows are a large region's (about 300 MB), 2,300,000
the country's (about 6 GB).
"""

from __future__ import annotations

import sys
from pathlib import Path

from ckanext.opencohesion.tables.profiles import ProfileField, load_profile
from ckanext.opencohesion.vocabularies import vocabulary

PROFILE = "opencoesione/progetti_esteso"
COLUMNS = 199
_RELEASE = "2025"
# Rows differ in their key; what follows it comes round again after so many.
_DIFFERENT = 997
# In so many rows one is wrong, as the real files are: a letter in an amount, a day that is none, a key twice.
_FAULTY = 5_000
# Municipalities of one province: code, region, province, name.
_PLACES = [
    (term.code, f"0{term.fields['region_code']}", term.fields["province_code"], term.labels["it"].upper())
    for term in vocabulary("istat-municipalities").terms
    if term.fields["province_code"] == "078"
]
# No more is granted than is financed, no more is paid than was granted.
_LEAST = {"FINANZ_TOTALE_PUBBLICO": 2_000_000, "OC_FINANZ_TOT_PUB_NETTO": 1_000_000}


def make_projects(path: Path, rows: int) -> None:
    """Write ``rows`` projects to ``path``: UTF-8 with a byte order mark, ``;``, every text quoted."""
    fields = load_profile(PROFILE).fields[:COLUMNS]
    key = next(position for position, field in enumerate(fields) if field.name == "COD_LOCALE_PROGETTO")
    cells = [_row(fields, row) for row in range(_DIFFERENT)]
    left = [";".join([*row[:key], '"']) for row in cells]
    right = ['";' + ";".join(row[key + 1 :]) + "\n" for row in cells]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(";".join(f'"{field.labels.get(_RELEASE, field.name)}"' for field in fields) + "\n")
        for number in range(rows):
            turn = number % _DIFFERENT
            if number % _FAULTY == _FAULTY - 1:
                file.write(_faulty(fields, cells[turn], key, number))
            else:
                file.write(f"{left[turn]}1CAL{number:09}{right[turn]}")


def _faulty(fields: tuple[ProfileField, ...], cells: list[str], key: int, number: int) -> str:
    """Return a row with one fault, another one each time."""
    row = list(cells)
    row[key] = f'"1CAL{number:09}"'
    kind = number // _FAULTY % 4
    if kind == 0:
        row[key] = f'"1CAL{number - 1:09}"'
    else:
        wanted, wrong = (("number", "12x,5"), ("date", "20230230"), ("integer", "-5"))[kind - 1]
        row[next(column for column, field in enumerate(fields) if field.type == wanted)] = wrong
    return ";".join(row) + "\n"


def _row(fields: tuple[ProfileField, ...], number: int) -> list[str]:
    """Return the cells of a project in which everything is right."""
    place = _PLACES[number % len(_PLACES)]
    told = {
        "CUP": f"J{number % 90 + 10}C{number:011}",
        "COD_ATECO": "42.11",
        "COD_REGIONE": place[1],
        "COD_PROVINCIA": place[1] + place[2],
        "COD_COMUNE": place[1] + place[0],
        "DEN_REGIONE": "CALABRIA",
        "DEN_PROVINCIA": "COSENZA",
        "DEN_COMUNE": place[3],
    }
    return [_cell(field, told, column, number) for column, field in enumerate(fields)]


def _cell(field: ProfileField, told: dict[str, str], column: int, row: int) -> str:
    mixed = (row * 2_654_435_761 + column * 40_503) % 4_294_967_296
    name = field.name
    if name in told:
        return f'"{told[name]}"'
    if "CODFISC" in name:
        return '"02205340793"'
    if "COD_FORMA_GIU" in name:
        return '"2.4.10"'
    if "DESCR_FORMA_GIU" in name:
        return '"Regione"'
    if "DENOM_" in name:
        return f'"COMUNE DI PAESE {mixed % 400}"'
    if field.type == "number":
        amount = f"{mixed % 1_000_000_00 / 100 + _LEAST.get(name, 0):.2f}"
        return amount.replace(".", field.descriptor.get("decimalChar", ".")) if mixed % 3 else ""
    if field.type == "integer":
        return "1"
    if field.type == "date":
        year = 2019 if "FINE" in name or name == "DATA_AGGIORNAMENTO" else 2016
        return f"{year + mixed % 3}{mixed % 12 + 1:02}{mixed % 28 + 1:02}" if mixed % 2 else ""
    if mixed % 4 == 0:
        return '""'
    if mixed % 97 == 0:
        return f'"voce {mixed % 40}; con ""virgolette"" e, sotto,\nun altro rigo"'
    return f'"voce {mixed % 40} della colonna {column}"'


if __name__ == "__main__":
    make_projects(Path(sys.argv[1]), int(sys.argv[2]))
