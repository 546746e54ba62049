"""The four PNRR tables as Italia Domani publishes them, filled with invented projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from demo.codes import body_tax_code
from demo.dialect import Sheet
from demo.dice import share
from demo.facts import Row, by, columns
from demo.places import Place, publisher_spelling
from demo.projects import ZERO, Project

EXTRACTION = date(2026, 6, 13)
VALIDATION = date(2026, 5, 29)


def money(amount: Decimal) -> str:
    """Return an amount with decimal comma, whole numbers without decimals (measured on the 2026 files)."""
    return str(int(amount)) if amount == int(amount) else f"{amount:.2f}".replace(".", ",")


def day(value: date | None) -> str:
    """Return a day as DD/MM/YYYY, nothing when there is none."""
    return f"{value:%d/%m/%Y}" if value else ""


def local_code(project: Project) -> str:
    """Return the Codice Locale Progetto, free text in ReGiS: often the CUP, often a code of the call."""
    if project.number % 3:
        return f"DEMO_{project.number % 200:03d}COM{project.planned_start:%m%y}X_{project.number:06d}"
    return project.cup


def body_name(place: Place) -> str:
    """Return the municipality's name as a body, as ReGiS writes it."""
    return f"COMUNE DI {publisher_spelling(place.name)}"


def progetti(projects: list[Project]) -> Sheet:
    """Return the table PNRR_Progetti, 63 columns, names of 2026."""
    names = [column.name for column in columns("italiadomani/pnrr_progetti", "2026")]
    kinds = {column.name: column.kind for column in columns("italiadomani/pnrr_progetti", "2026")}
    rows = []
    for project in projects:
        known = _project_values(project)
        rows.append(tuple(known.get(name, "0" if kinds[name] == "money" else "") for name in names))
    return Sheet(tuple(names), tuple(rows))


def _project_values(project: Project) -> Row:
    measure = by("pnrr_measures", "codice_univoco_submisura")[project.template["submeasure"]]
    nature, kind, sector, subsector, category = project.cup_class["code"].split(".")
    public = money(project.funding)
    return {
        "Programma": "PNRR",
        "Missione": measure["missione"],
        "Descrizione Missione": measure["descrizione_missione"],
        "Componente": measure["componente"],
        "Descrizione Componente": measure["descrizione_componente"],
        "ID Misura": measure["id_misura"],
        "Codice Univoco Misura": measure["codice_univoco_misura"],
        "Descrizione Misura": measure["descrizione_misura"],
        "ID Submisura": measure["id_submisura"],
        "Codice CID": measure["codice_cid"],
        "Codice Univoco Submisura": measure["codice_univoco_submisura"],
        "Descrizione Submisura": measure["descrizione_submisura"],
        "Amministrazione Titolare": measure["amministrazione_titolare"],
        "Codice Identificativo Procedura di Attivazione": f"9{project.number % 40:09d}",
        "Titolo Procedura": "AVVISO DIMOSTRATIVO PER I COMUNI",
        "Tipologia Procedura di Attivazione": "Avviso ad evidenza pubblica",
        "CUP": project.cup,
        "Codice Locale Progetto": local_code(project),
        "Stato CUP": "Attivo",
        "CUP Codice Natura": nature,
        "CUP Descrizione Natura": project.cup_class["nature"],
        "CUP Codice Tipologia": kind,
        "CUP Descrizione Tipologia": project.cup_class["kind"],
        "CUP Codice Settore": sector,
        "CUP Descrizione Settore": project.cup_class["sector"],
        "CUP Codice Sottosettore": subsector,
        "CUP Descrizione Sottosettore": project.cup_class["subsector"],
        "CUP Codice Categoria": category,
        "CUP Descrizione Categoria": project.cup_class["category"],
        "Titolo Progetto": project.title,
        "Sintesi Progetto": project.abstract,
        "Descrizione Tipo Aiuto": "INTERVENTO CHE NON COSTITUISCE AIUTO DI STATO",
        "Finanziamento Comune": money(project.own_share),
        "Finanziamento PNRR": money(project.grant),
        "Finanziamento Totale": public,
        "Finanziamento Totale Pubblico": public,
        "Finanziamento Totale Pubblico Netto": public,
        "Soggetto Attuatore": body_name(project.place),
        "Codice Fiscale Soggetto Attuatore": body_tax_code(project.place.istat_code),
        "Flag Progetti in Essere": "No",
        "Data Inizio Progetto Prevista": day(project.planned_start),
        "Data Inizio Progetto Effettiva": day(project.start),
        "Data Fine Progetto Prevista": day(project.planned_end),
        "Data Fine Progetto Effettiva": day(project.end),
        "Data di Estrazione": day(EXTRACTION),
        "Data Ultima Validazione": day(VALIDATION),
    }


def localizzazione(projects: list[Project]) -> Sheet:
    """Return the table PNRR_Localizzazione, 13 columns: a project has a row for each of its places."""
    names = tuple(column.name for column in columns("italiadomani/pnrr_localizzazione", "2023"))
    rows = []
    for project in projects:
        for place in project.places:
            rows.append(
                (
                    *_keys(project),
                    place.region,
                    place.region_name,
                    place.province,
                    place.province_name,
                    place.in_province,
                    publisher_spelling(place.name),
                    "",
                    "",
                    day(VALIDATION),
                )
            )
    return Sheet(names, tuple(rows))


def soggetti(projects: list[Project]) -> Sheet:
    """Return the table PNRR_Soggetti, 11 columns: who receives each project."""
    names = tuple(column.name for column in columns("italiadomani/pnrr_soggetti", "2023"))
    rows = []
    for project in projects:
        for place in project.places:
            rows.append(
                (
                    *_keys(project)[1:],
                    "02",
                    "DESTINATARIO FINALE",
                    body_tax_code(place.istat_code),
                    body_name(place),
                    "45",
                    "Comune",
                    "84.11.10",
                    day(VALIDATION),
                )
            )
    return Sheet(names, tuple(rows))


def pagamenti(projects: list[Project], release: str = "2026") -> Sheet:
    """Return the table PNRR_Pagamenti_di_Progetto, 22 columns, with the header of ``release``: 2026 or 2025.

    The two releases share no column name, and the order of Stato, Bilancio and FOI differs.
    """
    order = [column.name for column in columns("italiadomani/pnrr_pagamenti", release)]
    rows = []
    for project in projects:
        if project.paid_percent == 0:
            continue
        from_grant = share(project.grant, project.paid_percent)
        own = share(project.own_share, project.paid_percent)
        known = {
            "finanziamento totale": project.funding,
            "finanziamento pnrr": project.grant,
            "pagamento totale": from_grant + own,
            "pagamenti totali": from_grant + own,
            "pagamento pnrr": from_grant,
            "pagamenti totali pnrr": from_grant,
            "pagamento comune": own,
            "pagamenti totali comune": own,
        }
        values = [money(known.get(name.lower().replace("_", " "), ZERO)) for name in order[4:-1]]
        rows.append((*_keys(project), *values, day(EXTRACTION if release == "2026" else date(2025, 3, 31))))
    return Sheet(tuple(order), tuple(rows))


def _keys(project: Project) -> tuple[str, str, str, str]:
    measure = by("pnrr_measures", "codice_univoco_submisura")[project.template["submeasure"]]
    return (
        measure["codice_univoco_submisura"],
        measure["descrizione_submisura"],
        project.cup,
        local_code(project),
    )
