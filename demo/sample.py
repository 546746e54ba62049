"""The sample files: which there are, what each shows, and the datasets they become."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from demo import defects, italiadomani, opencoesione
from demo.dialect import italia_domani as italia_domani_bytes
from demo.dialect import opencoesione as opencoesione_bytes
from demo.dialect import xlsx
from demo.facts import columns, region_body, table
from demo.places import municipalities, region_name
from demo.plans import DatasetPlan, FilePlan
from demo.projects import MARK, Project, make_projects

PROJECTS = 400

Maker = Callable[[list[Project]], bytes]

PROGETTI = "italiadomani/pnrr_progetti"
LOCALIZZAZIONE = "italiadomani/pnrr_localizzazione"
SOGGETTI = "italiadomani/pnrr_soggetti"
PAGAMENTI = "italiadomani/pnrr_pagamenti"
LOCALIZZAZIONI = "opencoesione/localizzazioni"
ESTESO = "opencoesione/progetti_esteso"

NOTICE = (
    "**Dati dimostrativi.** Progetti, importi e codici sono inventati; comuni, misure e programmi sono veri. "
    "I file servono a provare il portale: non descrivono interventi reali."
)
METHOD = (
    "File scritti da un programma nel formato esatto della fonte (stesse colonne, stesso dialetto), sempre uguali a parità "
    "di versione. I codici CUP cominciano con Z e i codici fiscali sono costruiti: non appartengono a nessuno."
)


@dataclass(frozen=True)
class Sample:
    """A sample file: where it goes, what it shows, how it is made."""

    dataset: str
    title: str
    shows: str
    path: str
    table_schema: str
    make: Maker
    format: str = "CSV"


def _esteso(projects: list[Project]) -> bytes:
    return opencoesione_bytes(opencoesione.progetti_esteso(projects), columns(ESTESO, "2025"))


def _localizzazioni(projects: list[Project]) -> bytes:
    return opencoesione_bytes(opencoesione.localizzazioni(projects), columns(LOCALIZZAZIONI, "2021"))


SAMPLES = (
    Sample(
        "pnrr-progetti",
        "PNRR, progetti",
        "Un progetto per riga, con misura, importi e date.",
        "italiadomani/PNRR_Progetti.csv",
        PROGETTI,
        lambda projects: italia_domani_bytes(italiadomani.progetti(projects)),
    ),
    Sample(
        "pnrr-localizzazione",
        "PNRR, localizzazione dei progetti",
        "Un luogo per riga: un progetto in più comuni sta su più righe.",
        "italiadomani/PNRR_Localizzazione.csv",
        LOCALIZZAZIONE,
        lambda projects: italia_domani_bytes(italiadomani.localizzazione(projects)),
    ),
    Sample(
        "pnrr-localizzazione",
        "PNRR, localizzazione dei progetti",
        "La stessa tabella come foglio di calcolo.",
        "italiadomani/PNRR_Localizzazione.xlsx",
        LOCALIZZAZIONE,
        lambda projects: xlsx(italiadomani.localizzazione(projects)),
        "XLSX",
    ),
    Sample(
        "pnrr-soggetti",
        "PNRR, soggetti dei progetti",
        "Chi riceve i fondi di ogni progetto.",
        "italiadomani/PNRR_Soggetti.csv",
        SOGGETTI,
        lambda projects: italia_domani_bytes(italiadomani.soggetti(projects)),
    ),
    Sample(
        "pnrr-pagamenti",
        "PNRR, pagamenti per progetto",
        "Quanto è stato finanziato e quanto pagato, per fonte.",
        "italiadomani/PNRR_Pagamenti_di_Progetto.csv",
        PAGAMENTI,
        lambda projects: italia_domani_bytes(italiadomani.pagamenti(projects)),
    ),
    Sample(
        "pnrr-pagamenti-2025",
        "PNRR, pagamenti per progetto, intestazione del 2025",
        "La stessa tabella con i nomi di colonna del 2025: nessuno dei 22 è quello del 2026.",
        "italiadomani/PNRR_Pagamenti_di_Progetto_2025.csv",
        PAGAMENTI,
        lambda projects: italia_domani_bytes(italiadomani.pagamenti(projects, "2025")),
    ),
    Sample(
        "coesione-localizzazioni",
        "Politiche di coesione, localizzazioni dei progetti",
        "Un luogo per riga, nel formato di OpenCoesione.",
        "opencoesione/localizzazioni.csv",
        LOCALIZZAZIONI,
        _localizzazioni,
    ),
    Sample(
        "coesione-progetti",
        "Politiche di coesione, progetti (tracciato esteso)",
        "Un progetto per riga con le 199 colonne del tracciato esteso di OpenCoesione.",
        "opencoesione/progetti_esteso.csv",
        ESTESO,
        _esteso,
    ),
    Sample(
        "difetto-codifica",
        "PNRR, localizzazione in codifica windows-1252",
        "Gli accenti sono scritti in windows-1252 senza dirlo.",
        "difetti/windows_1252.csv",
        LOCALIZZAZIONE,
        defects.windows_1252,
    ),
    Sample(
        "difetto-intestazione-spazi",
        "PNRR, progetti con spazi nell'intestazione",
        "Nomi di colonna con spazi in fondo o doppi.",
        "difetti/intestazione_con_spazi.csv",
        PROGETTI,
        defects.spaced_header,
    ),
    Sample(
        "difetto-intestazione-bom",
        "PNRR, pagamenti con segni invisibili nell'intestazione",
        "Un segno invisibile (BOM) nei nomi dalla colonna 13 in poi.",
        "difetti/bom_nell_intestazione.csv",
        PAGAMENTI,
        defects.bom_in_header,
    ),
    Sample(
        "difetto-coda-vuota",
        "PNRR, pagamenti con una coda di righe vuote",
        "Trecento righe vuote in fondo.",
        "difetti/coda_vuota.csv",
        PAGAMENTI,
        defects.empty_tail,
    ),
    Sample(
        "difetto-coda-foglio",
        "PNRR, pagamenti con la coda del foglio di calcolo",
        "Trecento righe con la sola data di estrazione.",
        "difetti/coda_del_foglio.csv",
        PAGAMENTI,
        defects.excel_limit_tail,
    ),
    Sample(
        "difetto-zeri-territorio",
        "PNRR, localizzazione con codici senza zeri",
        "Province e comuni hanno perso gli zeri iniziali.",
        "difetti/codici_territorio_senza_zeri.csv",
        LOCALIZZAZIONE,
        defects.lost_zeros_in_places,
    ),
    Sample(
        "difetto-zeri-codice-fiscale",
        "PNRR, soggetti con codici fiscali senza zeri",
        "I codici fiscali hanno perso gli zeri iniziali.",
        "difetti/codici_fiscali_senza_zeri.csv",
        SOGGETTI,
        defects.lost_zeros_in_tax_codes,
    ),
    Sample(
        "difetto-regione-decimale",
        "PNRR, localizzazione con la regione scritta come numero",
        "Il codice della regione è scritto con i decimali.",
        "difetti/regione_decimale.csv",
        LOCALIZZAZIONE,
        defects.float_region,
    ),
    Sample(
        "difetto-decimali",
        "PNRR, pagamenti con importi all'inglese",
        "Importi con il punto decimale e la virgola delle migliaia.",
        "difetti/importi_all_inglese.csv",
        PAGAMENTI,
        defects.wrong_decimals,
    ),
    Sample(
        "difetto-date",
        "Politiche di coesione, progetti con date impossibili",
        "Il tredicesimo mese e il 30 febbraio.",
        "difetti/date_impossibili.csv",
        ESTESO,
        defects.impossible_dates,
    ),
    Sample(
        "difetto-chiavi-doppie",
        "Politiche di coesione, progetti ripetuti",
        "Tre progetti stanno due volte, con stati diversi.",
        "difetti/chiavi_doppie.csv",
        ESTESO,
        defects.duplicate_keys,
    ),
    Sample(
        "difetto-codice-fiscale-nel-titolo",
        "PNRR, progetti con un codice fiscale nel titolo",
        "Nel titolo di un progetto c'è il codice fiscale di una persona (inesistente).",
        "difetti/codice_fiscale_nel_titolo.csv",
        PROGETTI,
        defects.tax_code_in_title,
    ),
    Sample(
        "difetto-nome-non-oscurato",
        "PNRR, soggetti con nomi accanto a codici oscurati",
        "Il codice fiscale è oscurato, il nome accanto (inventato) no.",
        "difetti/nome_accanto_a_codice_oscurato.csv",
        SOGGETTI,
        defects.masked_code_beside_name,
    ),
    Sample(
        "difetto-virgole",
        "PNRR, localizzazione separata da virgole",
        "Virgole al posto dei punti e virgola.",
        "difetti/separato_da_virgole.csv",
        LOCALIZZAZIONE,
        defects.comma_delimited,
    ),
    Sample(
        "difetto-righe-irregolari",
        "PNRR, soggetti con righe irregolari",
        "Righe con celle mancanti o di troppo.",
        "difetti/righe_irregolari.csv",
        SOGGETTI,
        defects.ragged_rows,
    ),
    Sample(
        "difetto-formule",
        "PNRR, pagamenti in un foglio con formule",
        "I totali sono formule senza risultato.",
        "difetti/formule.xlsx",
        PAGAMENTI,
        defects.formulas,
        "XLSX",
    ),
    Sample(
        "difetto-sola-intestazione",
        "PNRR, localizzazione senza righe",
        "C'è l'intestazione, non c'è nessuna riga.",
        "difetti/sola_intestazione.csv",
        LOCALIZZAZIONE,
        defects.header_only,
    ),
    Sample(
        "difetto-pagina-web",
        "PNRR, localizzazione sostituita da una pagina web",
        "Al posto del file c'è la pagina di errore di un sito.",
        "difetti/pagina_web.csv",
        LOCALIZZAZIONE,
        defects.web_page,
    ),
)


@dataclass(frozen=True)
class Material:
    """The invented projects of a region, made once for all its files."""

    region: str

    @cached_property
    def pnrr(self) -> list[Project]:
        """PNRR projects as they stand at the extraction of June 2026."""
        return make_projects(
            "pnrr_templates", municipalities(self.region), PROJECTS, cycle="C", as_of=italiadomani.EXTRACTION
        )

    @cached_property
    def cohesion(self) -> list[Project]:
        """Projects of the 2014-2020 cycle, most of them ended."""
        return make_projects(
            "cohesion_templates", municipalities(self.region), PROJECTS, cycle="E", as_of=date(2022, 6, 30)
        )

    def content(self, sample: Sample) -> bytes:
        """Return the bytes of ``sample``."""
        return sample.make(self.cohesion if _is_cohesion(sample) else self.pnrr)


def sample_files(region: str) -> Iterator[tuple[Sample, bytes]]:
    """Yield every sample file of ``region`` with its bytes; LookupError for a code that is no region."""
    material = Material(region)
    for sample in SAMPLES:
        yield sample, material.content(sample)


def sample_plans(region: str) -> list[DatasetPlan]:
    """Return the datasets that the sample files of ``region`` become, in the order of the files."""
    groups: dict[str, list[Sample]] = {}
    for sample in SAMPLES:
        groups.setdefault(sample.dataset, []).append(sample)
    return [_plan(region, name, samples) for name, samples in groups.items()]


def _is_cohesion(sample: Sample) -> bool:
    return sample.table_schema.startswith("opencoesione/")


def _plan(region: str, name: str, samples: list[Sample]) -> DatasetPlan:
    first = samples[0]
    place = region_name(region)
    cohesion = _is_cohesion(first)
    programmes = [row for row in table("cohesion_programmes") if row["region"] == region] if cohesion else []
    shown = " ".join(sample.shows for sample in samples)
    return DatasetPlan(
        name=f"demo-{name}",
        type="cohesion" if cohesion else "pnrr",
        title=f"{first.title} – {place} {MARK}",
        notes=f"{shown}\n\n{NOTICE}",
        tags=("dati-dimostrativi", "politiche di coesione" if cohesion else "pnrr", "progetti"),
        themes=("REGI", "ECON"),
        frequency="NOT_PLANNED",
        territory=region,
        holder=region_body(region).ipa_code,
        release="30 giugno 2026" if cohesion else "13 giugno 2026",
        provenance="Dati inventati per la dimostrazione del portale, nel formato della fonte nazionale.",
        page="",
        start="2014-01-01" if cohesion else "2022-01-01",
        end="2026-06-30" if cohesion else "2026-06-13",
        demonstration=True,
        methodology=METHOD,
        programmes=tuple((row["code"], row["name"]) for row in programmes),
        cycles=("2014-2020",) if cohesion else (),
        funds=tuple(sorted({row["fund"] for row in programmes})),
        files=tuple(
            FilePlan(
                sample.path, sample.path.rsplit("/", 1)[-1], sample.table_schema, sample.format, sample.shows
            )
            for sample in samples
        ),
    )
