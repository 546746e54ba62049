"""The defects met in published files (measured on real releases), each made on purpose in a small file.

Every function takes the material of a region and returns the bytes of one file with exactly one kind of defect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from demo import italiadomani, opencoesione
from demo.codes import fictitious_person_tax_code
from demo.dialect import BOM, Sheet, xlsx
from demo.dialect import italia_domani as italia_domani_bytes
from demo.dialect import opencoesione as opencoesione_bytes
from demo.facts import columns
from demo.projects import Project

SMALL = 40

Projects = list[Project]
Edit = Callable[[int, dict[str, str]], dict[str, str]]


def change(sheet: Sheet, edit: Edit) -> Sheet:
    """Return ``sheet`` with each row (number from 1, values by column name) passed through ``edit``."""
    rows = [
        tuple(edit(number, dict(zip(sheet.header, row, strict=True))).values())
        for number, row in enumerate(sheet.rows, 1)
    ]
    return replace(sheet, rows=tuple(rows))


def rename(sheet: Sheet, edit: Callable[[int, str], str]) -> Sheet:
    """Return ``sheet`` with each column name (position from 1) passed through ``edit``."""
    return replace(sheet, header=tuple(edit(place, name) for place, name in enumerate(sheet.header, 1)))


def windows_1252(projects: Projects) -> bytes:
    """The 2023 Universo files: windows-1252, said nowhere. Every file has accents, so UTF-8 cannot read it."""
    return italia_domani_bytes(
        italiadomani.localizzazione(projects[:SMALL]), encoding="windows-1252", bom=False
    )


def spaced_header(projects: Projects) -> bytes:
    """The 2022 files: ``CUP `` and ``Titolo progetto ``, doubled blanks inside names."""
    spellings = {
        "CUP": "CUP ",
        "Codice Locale Progetto": "Codice Locale Progetto ",
        "Titolo Progetto": "Titolo progetto ",
        "Soggetto Attuatore": "Soggetto  Attuatore",
        "Finanziamento Totale": "Finanziamento  Totale ",
    }
    return italia_domani_bytes(
        rename(italiadomani.progetti(projects[:SMALL]), lambda _, name: spellings.get(name, name))
    )


def bom_in_header(projects: Projects) -> bytes:
    """MeT_Attuazione: a byte order mark inside the names from the 13th column on."""
    return italia_domani_bytes(
        rename(
            italiadomani.pagamenti(projects[:SMALL]), lambda place, name: BOM + name if place >= 13 else name
        )
    )


def empty_tail(projects: Projects) -> bytes:
    """PNRR_PRATT: 64,330 of its 64,917 rows are blank."""
    sheet = italiadomani.pagamenti(projects[:SMALL])
    blank = ("",) * len(sheet.header)
    return italia_domani_bytes(replace(sheet, rows=sheet.rows + (blank,) * 300))


def excel_limit_tail(projects: Projects) -> bytes:
    """PNC_Aggiudicatari: down to Excel's last row (1,041,958 of them) only the day of extraction is filled."""
    sheet = italiadomani.pagamenti(projects[:SMALL])
    tail = ("",) * (len(sheet.header) - 1) + (sheet.rows[0][-1],)
    return italia_domani_bytes(replace(sheet, rows=sheet.rows + (tail,) * 300))


def lost_zeros_in_places(projects: Projects) -> bytes:
    """Universo 2023: ``78`` for ``078``, ``34`` for ``034``: a spreadsheet took the codes for numbers."""

    def shorten(_: int, row: dict[str, str]) -> dict[str, str]:
        return row | {name: row[name].lstrip("0") or "0" for name in ("Codice Provincia", "Codice Comune")}

    return italia_domani_bytes(change(italiadomani.localizzazione(projects[:SMALL]), shorten))


def lost_zeros_in_tax_codes(projects: Projects) -> bytes:
    """Dati validati 2023: 40,853 of 52,534 tax codes lost the zeros they begin with."""

    def shorten(_: int, row: dict[str, str]) -> dict[str, str]:
        return row | {"Codice fiscale soggetto": row["Codice fiscale soggetto"].lstrip("0")}

    return italia_domani_bytes(change(italiadomani.soggetti(projects[:SMALL]), shorten))


def float_region(projects: Projects) -> bytes:
    """PNC_LocalizzazioneGeografica: the region is ``18,00``."""
    return italia_domani_bytes(
        change(
            italiadomani.localizzazione(projects[:SMALL]),
            lambda _, row: row | {"Codice Regione": f"{int(row['Codice Regione'])},00"},
        )
    )


def wrong_decimals(projects: Projects) -> bytes:
    """Amounts as an English spreadsheet writes them: ``1234.50`` and ``1,234.50``."""

    def english(number: int, row: dict[str, str]) -> dict[str, str]:
        amount = float(row["Finanziamento Totale"].replace(",", "."))
        return row | {"Finanziamento Totale": f"{amount:,.2f}" if number % 2 else f"{amount:.2f}"}

    return italia_domani_bytes(change(italiadomani.pagamenti(projects[:SMALL]), english))


def impossible_dates(projects: Projects) -> bytes:
    """Days that no calendar has, in OpenCoesione's notation: ``20211301``, ``20220230``."""

    def break_date(number: int, row: dict[str, str]) -> dict[str, str]:
        if number % 5:
            return row
        return row | {"OC_DATA_FINE_PROGETTO_PREVISTA": "20211301" if number % 2 else "20220230"}

    sheet = change(opencoesione.progetti_esteso(projects[:SMALL]), break_date)
    return opencoesione_bytes(sheet, columns("opencoesione/progetti_esteso", "2025"))


def duplicate_keys(projects: Projects) -> bytes:
    """The same COD_LOCALE_PROGETTO twice with other contents: which of the two is right?"""
    sheet = opencoesione.progetti_esteso(projects[:SMALL])
    again = change(
        replace(sheet, rows=sheet.rows[:3]), lambda _, row: row | {"OC_STATO_PROGETTO": "Liquidato"}
    )
    return opencoesione_bytes(
        replace(sheet, rows=sheet.rows + again.rows), columns("opencoesione/progetti_esteso", "2025")
    )


def tax_code_in_title(projects: Projects) -> bytes:
    """P1: a person's tax code inside the title of a project. The code is built and belongs to nobody."""

    def leak(number: int, row: dict[str, str]) -> dict[str, str]:
        if number != 7:
            return row
        return row | {"Titolo Progetto": f"Contributo a persona inesistente {fictitious_person_tax_code()}"}

    return italia_domani_bytes(change(italiadomani.progetti(projects[:SMALL]), leak))


def masked_code_beside_name(projects: Projects) -> bytes:
    """P2: the code is masked, but the name beside it is not (24,287 rows of a real 2025 file). Nobody's name."""

    def leak(number: int, row: dict[str, str]) -> dict[str, str]:
        if number % 10:
            return row
        return row | {
            "Codice fiscale soggetto": "*" * 16,
            "Denominazione": "DATI PROVA INESISTENTE",
            "Forma giuridica": "",
            "Descrizione forma giuridica": "",
        }

    return italia_domani_bytes(change(italiadomani.soggetti(projects[:SMALL]), leak))


def comma_delimited(projects: Projects) -> bytes:
    """Saved again by a spreadsheet with English settings: commas between the columns."""
    return italia_domani_bytes(italiadomani.localizzazione(projects[:SMALL]), delimiter=",")


def ragged_rows(projects: Projects) -> bytes:
    """Rows with a cell too few or too many: a line broken by hand, a separator inside a text."""
    lines = italia_domani_bytes(italiadomani.soggetti(projects[:SMALL])).split(b"\r\n")
    lines[5] = lines[5].rsplit(b";", 1)[0]
    lines[9] += b";nota aggiunta a mano"
    lines[14] = lines[14].split(b";", 3)[0]
    return b"\r\n".join(lines)


def formulas(projects: Projects) -> bytes:
    """A workbook whose total is a formula without result: nobody knows which number was meant."""
    return xlsx(
        change(
            italiadomani.pagamenti(projects[:SMALL]),
            lambda number, row: row | {"Pagamento Totale": f"=H{number + 1}+P{number + 1}"},
        )
    )


def header_only(projects: Projects) -> bytes:
    """A header and not one row: a search that found nothing, saved all the same."""
    return italia_domani_bytes(replace(italiadomani.localizzazione(projects[:1]), rows=()))


def web_page(projects: Projects) -> bytes:
    """The site answered with its error page instead of the file."""
    words = f"Servizio non disponibile per {projects[0].place.region_name.title()}"
    return (
        f"<!DOCTYPE html><html lang='it'><head><title>{words}</title></head>"
        f"<body><h1>{words}</h1><p>Pagina dimostrativa.</p></body></html>"
    ).encode()
