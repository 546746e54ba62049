"""What the browser tests put on the portal: OpenCoesione files of places, good and broken, and datasets that hold them."""

from __future__ import annotations

import io
from typing import Any

from support.people import act, dataset_fields
from werkzeug.datastructures import FileStorage

HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;"
    "INDIRIZZO_PROG;CAP_PROG;OC_TERRITORIO_PROG"
)
BROKEN_ROW = '"";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"'
VERY_BROKEN_ROW = '"";"18";"CALABRIA";"78";"COSENZA";"45";"COSENZA";"";"8710";"XX"'


def good_rows(count: int = 3) -> list[str]:
    """Return rows that the table schema has nothing against."""
    row = '"1CAL{number:05d}";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"'
    return [row.format(number=number) for number in range(1, count + 1)]


def places(*rows: str) -> bytes:
    """Return the file with these rows."""
    return ("\ufeff" + "\n".join((HEADER, *rows, ""))).encode()


def as_upload(content: bytes) -> FileStorage:
    """Return the content as a form sends it."""
    return FileStorage(io.BytesIO(content), filename="luoghi.csv")


def dataset_with_file(office: dict[str, Any], content: bytes, **fields: Any) -> dict[str, Any]:
    """Make a dataset that is meant for everybody, with one file, checked at once, and return it."""
    dataset = act("package_create", **dataset_fields(office["id"], private=False, **fields))
    act(
        "resource_create",
        package_id=dataset["id"],
        upload=as_upload(content),
        name="Localizzazioni dei progetti",
        format="CSV",
        table_schema="opencoesione/localizzazioni",
    )
    return act("package_show", id=dataset["id"])
