"""OpenCoesione's localizzazioni and extended projects table, filled with invented projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from demo.codes import body_tax_code
from demo.dialect import Sheet
from demo.dice import share
from demo.facts import Row, by, columns, region_body, table
from demo.italiadomani import body_name
from demo.places import Place, publisher_spelling
from demo.projects import ZERO, Project

AS_OF = date(2026, 6, 30)
CYCLE = {"OC_COD_CICLO": "2", "OC_DESCR_CICLO": "Ciclo di programmazione 2014-2020"}
# A blank text is one space in the published files, not an empty one (measured).
BLANK = " "
MANY = ":::"


def money(amount: Decimal) -> str:
    """Return an amount with decimal comma and two decimals."""
    return f"{amount:.2f}".replace(".", ",")


def day(value: date | None) -> str:
    """Return a day as YYYYMMDD, nothing when there is none."""
    return f"{value:%Y%m%d}" if value else ""


def local_code(project: Project) -> str:
    """Return the COD_LOCALE_PROGETTO: free text, and a few hold blanks, slashes and dashes, as real ones do."""
    number = f"{project.number:05d}"
    if project.number % 17 == 0:
        return f"DEMO/{project.place.province}-AREA URBANA {number}"
    if project.number % 23 == 0:
        return f"{project.cup}---DEMO_RI_{number}----{project.place.istat_code}"
    return f"1DEMO{project.place.region}{number}"


def progetti_esteso(projects: list[Project]) -> Sheet:
    """Return the extended projects table, 199 columns."""
    wanted = columns("opencoesione/progetti_esteso", "2025")
    blanks = {"text": BLANK, "money": "", "point": "", "date": "", "flag": ""}
    rows = []
    for project in projects:
        known = _identity(project) | _territory(project.places) | _amounts(project) | _course(project)
        known |= _bodies(project.place)
        rows.append(tuple(known.get(column.name, blanks[column.kind]) for column in wanted))
    return Sheet(tuple(column.name for column in wanted), tuple(rows))


def programme(project: Project) -> Row:
    """Return the regional programme that pays for the project."""
    choices = [row for row in table("cohesion_programmes") if row["region"] == project.place.region]
    return choices[project.number % len(choices)]


def _identity(project: Project) -> Row:
    plan = programme(project)
    nature, kind, sector, subsector, category = project.cup_class["code"].split(".")
    theme, objective = project.template["theme"], project.template["objective"]
    spending = project.template["spending_category"]
    return CYCLE | {
        "COD_LOCALE_PROGETTO": local_code(project),
        "CUP": project.cup,
        "OC_TITOLO_PROGETTO": project.title,
        "OC_SINTESI_PROGETTO": project.abstract,
        "OC_COD_TEMA_SINTETICO": theme,
        "OC_TEMA_SINTETICO": by("themes", "code")[theme]["label"],
        "OC_COD_FONTE": plan["source"],
        "FONDO_COMUNITARIO": plan["fund"] if plan["fund"] == "FESR" else BLANK,
        "OC_CODICE_PROGRAMMA": plan["code"],
        "OC_DESCRIZIONE_PROGRAMMA": plan["name"],
        "COD_OB_TEMATICO": objective,
        "DESCR_OB_TEMATICO": by("thematic_objectives", "code")[objective]["label"],
        "OC_COD_CATEGORIA_SPESA": spending,
        "OC_DESCR_CATEGORIA_SPESA": by("spending_categories", "code")[spending]["label"],
        "CUP_COD_NATURA": nature,
        "CUP_DESCR_NATURA": project.cup_class["nature"],
        "CUP_COD_TIPOLOGIA": kind,
        "CUP_DESCR_TIPOLOGIA": project.cup_class["kind"],
        "CUP_COD_SETTORE": sector,
        "CUP_DESCR_SETTORE": project.cup_class["sector"],
        "CUP_COD_SOTTOSETTORE": subsector,
        "CUP_DESCR_SOTTOSETTORE": project.cup_class["subsector"],
        "CUP_COD_CATEGORIA": category,
        "CUP_DESCR_CATEGORIA": project.cup_class["category"],
        "OC_FLAG_REGIONE_UNICA": "1",
        "OC_FLAG_VISUALIZZAZIONE": "0",
        "OC_FLAG_PAC": "0",
        "OC_FLAG_CUP": "1",
        "DATA_AGGIORNAMENTO": day(AS_OF),
    }


def _territory(places: tuple[Place, ...]) -> Row:
    """Codes and names as parallel lists; a region has 3 digits, a province 6, a municipality 9."""
    first = places[0]
    provinces = list(dict.fromkeys((place.province, place.province_name) for place in places))
    return {
        "COD_REGIONE": f"{first.region:0>3}",
        "DEN_REGIONE": first.region_name,
        "COD_PROVINCIA": MANY.join(f"{first.region:0>3}{code}" for code, _ in provinces),
        "DEN_PROVINCIA": MANY.join(name for _, name in provinces),
        "COD_COMUNE": MANY.join(f"{place.region:0>3}{place.istat_code}" for place in places),
        "DEN_COMUNE": MANY.join(publisher_spelling(place.name) for place in places),
    }


def _amounts(project: Project) -> Row:
    """European funds pay half of the grant and the State the rest; FSC pays the whole grant."""
    fsc = programme(project)["fund"] == "FSC"
    european = ZERO if fsc else share(project.grant, 50)
    rotation = ZERO if fsc else project.grant - european
    national = project.grant if fsc else ZERO
    paid, committed = share(project.funding, project.paid_percent), share(project.funding, 98)
    parts = {
        "FINANZ_UE": european,
        "FINANZ_UE_FESR": european,
        "FINANZ_STATO_FONDO_DI_ROTAZIONE": rotation,
        "FINANZ_STATO_FSC": national,
        "FINANZ_COMUNE": project.own_share,
        "FINANZ_TOTALE_PUBBLICO": project.funding,
        "OC_FINANZ_UE_NETTO": european,
        "OC_FINANZ_UE_FESR_NETTO": european,
        "OC_FINANZ_STATO_FONDO_ROT_NETTO": rotation,
        "OC_FINANZ_STATO_FSC_NETTO": national,
        "OC_FINANZ_COMUNE_NETTO": project.own_share,
        "OC_FINANZ_TOT_PUB_NETTO": project.funding,
        "OC_COSTO_COESIONE": project.grant,
        "IMPEGNI": committed if project.start else ZERO,
        "TOT_PAGAMENTI": paid,
        "OC_PAGAMENTI_COESIONE": share(project.grant, project.paid_percent),
    }
    return {name: money(amount) for name, amount in parts.items()}


def _course(project: Project) -> Row:
    ended = project.paid_percent > 95 and project.end is not None
    state = "Concluso" if ended else "In corso" if project.paid_percent else "Non avviato"
    return {
        "OC_DATA_INIZIO_PROGETTO": day(project.start),
        "OC_DATA_FINE_PROGETTO_PREVISTA": day(project.planned_end),
        "OC_DATA_FINE_PROGETTO_EFFETTIVA": day(project.end),
        "DATA_INIZIO_PREV_ESECUZIONE": day(project.planned_start),
        "DATA_INIZIO_EFF_ESECUZIONE": day(project.start),
        "DATA_FINE_PREV_ESECUZIONE": day(project.planned_end),
        "DATA_FINE_EFF_ESECUZIONE": day(project.end),
        "OC_STATO_PROGETTO": state,
        "OC_TOTALE_INDICATORI": "1",
        "DESCR_INDICATORE_1": "Popolazione beneficiaria (indicatore dimostrativo)",
        "UNITA_MISURA_INDICATORE_1": "N",
        "PROGRAMMATO_INDICATORE_1": f"{project.number % 90 * 10}.50",
        "REALIZZATO_INDICATORE_1": f"{project.number % 90 * 10}.50" if ended else "",
    }


def _bodies(place: Place) -> Row:
    roles: Row = {}
    region = (
        body_tax_code(f"{place.region}0000"),
        region_body(place.region).name.upper(),
        "2.4.10",
        "Regione",
    )
    town = (body_tax_code(place.istat_code), body_name(place), "2.4.30", "Comune")
    for role, plural, who in (
        ("PROGRAMMATORE", "PROGRAMMATORI", region),
        ("ATTUATORE", "ATTUATORI", town),
        ("BENEFICIARIO", "BENEFICIARI", town),
        ("REALIZZATORE", "REALIZZATORI", town),
    ):
        code, name, form, form_name = who
        roles |= {
            f"OC_CODFISC_{role}": code,
            f"OC_DENOM_{role}": name,
            f"OC_COD_FORMA_GIU_{role}": form,
            f"OC_DESCR_FORMA_GIU_{role}": form_name,
            f"OC_TOTALE_{plural}": "1",
        }
    return roles


def localizzazioni(projects: list[Project]) -> Sheet:
    """Return the table localizzazioni, 13 columns: codes of three digits each, one row for each place."""
    names = tuple(column.name for column in columns("opencoesione/localizzazioni", "2021"))
    rows = []
    for project in projects:
        for place in project.places:
            rows.append(
                (
                    local_code(project),
                    f"{place.region:0>3}",
                    place.region_name,
                    place.province,
                    place.province_name,
                    place.in_province,
                    publisher_spelling(place.name),
                    BLANK,
                    BLANK,
                    BLANK,
                    BLANK,
                    "C",
                    "2",
                )
            )
    return Sheet(names, tuple(rows))
