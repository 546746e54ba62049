"""The exercises: small files with one kind of defect each, made here of invented projects. Plain module.

The places are real, the projects are not: their codes begin with "PROVA", and their CUP with Z, as no real one does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stdnum.it import codicefiscale

from ...i18n_marks import N_

_BOM = "\ufeff"
_PLACES_TABLE = "opencoesione/localizzazioni"
_PAYMENTS_TABLE = "italiadomani/pnrr_pagamenti"
_PLACES_HEADER = (
    "COD_LOCALE_PROGETTO",
    "COD_REGIONE",
    "DEN_REGIONE",
    "COD_PROVINCIA",
    "DEN_PROVINCIA",
    "COD_COMUNE",
    "DEN_COMUNE",
    "INDIRIZZO_PROG",
    "CAP_PROG",
    "OC_TERRITORIO_PROG",
)
_PLACES = (
    ("078", "COSENZA", "045", "COSENZA", "VIA ROMA, 1", "87100"),
    ("079", "CATANZARO", "023", "CATANZARO", "PIAZZA DELLA PROVA, 2", "88100"),
    ("080", "REGGIO DI CALABRIA", "063", "REGGIO DI CALABRIA", "VIA DEGLI ESEMPI, 3", "89100"),
    ("101", "CROTONE", "010", "CROTONE", "VIALE DEI DATI, 4", "88900"),
    ("102", "VIBO VALENTIA", "047", "VIBO VALENTIA", "CORSO APERTO, 5", "89900"),
)

_PAYMENTS_HEADER = (
    "Codice Univoco Submisura",
    "CUP",
    "Codice Locale Progetto",
    "Finanziamento Totale",
    "Finanziamento PNRR",
    "Pagamento Totale",
    "Pagamento PNRR",
    "Data di Estrazione",
)
_PAYMENTS = (
    ("M1C1I1.01", "Z11B21000010006", "1250000,00", "1000000,00", "312500,50", "250000,40"),
    ("M1C1I1.02", "Z12B22000020006", "84000,00", "84000,00", "12600,00", "12600,00"),
    ("M2C2I4.04", "Z13B22000030006", "3400000,00", "3100000,00", "1020000,75", "930000,00"),
    ("M5C2I2.01", "Z14B23000040006", "560000,00", "500000,00", "0,00", "0,00"),
)
_DAY = "31/12/2025"

Row = tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """One file to mend. ``task`` and ``hint`` are messages; ``broken`` and ``mended`` make the file and a solution."""

    name: str
    title: str
    task: str
    hint: str
    table_schema: str
    filename: str
    rows: int
    broken: Callable[[], bytes]
    mended: Callable[[], bytes]


def _places() -> list[Row]:
    return [(f"PROVA{number:05d}", "018", "CALABRIA", *place, "C") for number, place in enumerate(_PLACES, 1)]


def _text(header: Row, rows: list[Row], *, quoted: bool = True) -> bytes:
    def line(row: Row) -> str:
        return ";".join(f'"{cell}"' for cell in row) if quoted else ";".join(row)

    return (_BOM + "\r\n".join([line(header), *map(line, rows), ""])).encode()


def _good_places() -> bytes:
    return _text(_PLACES_HEADER, _places())


def _lost_zeros() -> bytes:
    codes = (1, 3, 5)
    rows = [
        tuple(cell.lstrip("0") if place in codes else cell for place, cell in enumerate(row))
        for row in _places()
    ]
    return _text(_PLACES_HEADER, rows)


def _empty_rows() -> bytes:
    return _text(_PLACES_HEADER, [*_places(), *[("",) * len(_PLACES_HEADER)] * 6])


def _broken_row() -> bytes:
    rows = [tuple(cell.replace(",", ";") for cell in row) if row[5] == "023" else row for row in _places()]
    return _text(_PLACES_HEADER, rows, quoted=False)


def _missing_code() -> bytes:
    rows = [("", *row[1:]) if number == 3 else row for number, row in enumerate(_places(), 1)]
    return _text(_PLACES_HEADER, rows)


def _with_address(address: str) -> bytes:
    rows = [(*row[:7], address, *row[8:]) if row[5] == "063" else row for row in _places()]
    return _text(_PLACES_HEADER, rows)


def _payments(day: str = _DAY) -> list[Row]:
    return [
        (measure, cup, f"PROVA{number:05d}", *amounts, day)
        for number, (measure, cup, *amounts) in enumerate(_PAYMENTS, 1)
    ]


def _good_payments() -> bytes:
    return _text(_PAYMENTS_HEADER, _payments())


def _english_amounts() -> bytes:
    def english(cell: str) -> str:
        return f"{float(cell.replace(',', '.')):,.2f}"

    rows = [(*row[:3], *map(english, row[3:7]), row[7]) for row in _payments()]
    return _text(_PAYMENTS_HEADER, rows)


def _impossible_day() -> bytes:
    return _text(_PAYMENTS_HEADER, [*_payments()[:3], *_payments("31/11/2025")[3:]])


def invented_tax_code() -> str:
    """Return the tax code of nobody: right in form, of "Prova Dati", born in Z999, which is no place."""
    code = "DTAPRV00A01Z999"
    return code + codicefiscale.calc_check_digit(code)


def _personal_code() -> bytes:
    return _with_address(f"PRESSO {invented_tax_code()}")


def _masked_code() -> bytes:
    return _with_address("")


EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        "zeros",
        N_("The zeros that vanished"),
        N_(
            "A spreadsheet took the codes of region, province and municipality for numbers and dropped the zeros "
            "they begin with. Write them again: 018 for the region, three digits for every province and municipality."
        ),
        N_(
            "Format the three columns as text before you write. Do not open the saved CSV again by double click: "
            "the spreadsheet would drop the zeros once more. A plain text editor is safe."
        ),
        _PLACES_TABLE,
        "zeri.csv",
        len(_PLACES),
        _lost_zeros,
        _good_places,
    ),
    Exercise(
        "empty-rows",
        N_("Rows of nothing"),
        N_("Below the table somebody had formatted empty cells, and they were saved as rows. Take them out."),
        N_(
            "In the spreadsheet select the rows below the last full one and delete them as rows, not their content."
        ),
        _PLACES_TABLE,
        "righe-vuote.csv",
        len(_PLACES),
        _empty_rows,
        _good_places,
    ),
    Exercise(
        "broken-row",
        N_("One cell too many"),
        N_(
            "An address holds a semicolon, which is also what separates the cells: the row of Catanzaro has one cell "
            "more than the header. Make it one cell again."
        ),
        N_("Put the address between double quotes, or write a comma in it instead of the semicolon."),
        _PLACES_TABLE,
        "riga-spezzata.csv",
        len(_PLACES),
        _broken_row,
        _good_places,
    ),
    Exercise(
        "amounts",
        N_("Amounts in English"),
        N_(
            "The file was exported by a program that speaks English: 1,250,000.00 instead of 1250000,00. "
            "Write every amount with a decimal comma and without thousands marks."
        ),
        N_(
            "Replace the commas by nothing first, then the points by commas. The other way round would mix them up."
        ),
        _PAYMENTS_TABLE,
        "importi.csv",
        len(_PAYMENTS),
        _english_amounts,
        _good_payments,
    ),
    Exercise(
        "dates",
        N_("A day that does not exist"),
        N_(
            "The last row was extracted on 31 November, which no calendar has. The others say 31/12/2025: so did it."
        ),
        N_("The report names the row and shows the form of a date in this table."),
        _PAYMENTS_TABLE,
        "date.csv",
        len(_PAYMENTS),
        _impossible_day,
        _good_payments,
    ),
    Exercise(
        "missing-code",
        N_("A project without a code"),
        N_(
            "The third project has no code, and without it nobody can find its payments. Its code is PROVA00003."
        ),
        N_("The report names row and column. Row 1 is the header, as in a spreadsheet."),
        _PLACES_TABLE,
        "codice-mancante.csv",
        len(_PLACES),
        _missing_code,
        _good_places,
    ),
    Exercise(
        "personal-code",
        N_("A person in the data"),
        N_(
            "The address of the project in Reggio di Calabria names a person by tax code (an invented one). "
            "Such codes are never published: nobody can decide otherwise. Take it out."
        ),
        N_("The report says row and column and does not repeat the code. Leave the cell empty."),
        _PLACES_TABLE,
        "codice-fiscale.csv",
        len(_PLACES),
        _personal_code,
        _masked_code,
    ),
)


def exercise(name: str) -> Exercise | None:
    """Return the exercise of this name."""
    return next((one for one in EXERCISES if one.name == name), None)


def solved(one: Exercise, verdict: str, rows: int | None) -> bool:
    """Say whether a file that was tried solves an exercise: it passes, and no row was lost on the way."""
    return verdict == "passed" and rows == one.rows
