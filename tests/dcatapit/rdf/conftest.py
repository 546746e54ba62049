"""A dataset with every field that the RDF knows, as package_show gives it, and how to describe it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rdflib import Graph, URIRef

from ckanext.opencohesion.dcatapit.rdf.datasets import add_dataset
from ckanext.opencohesion.dcatapit.rdf.document import Document
from ckanext.opencohesion.dcatapit.rdf.namespaces import bind_prefixes

EU = "http://publications.europa.eu/resource/authority/"
BASE = "https://dati.example.it/opendata"
DATASET_ID = "5f6c2b7e-0000-4000-8000-000000000002"
LINKED_ID = "aaaaaaaa-0000-4000-8000-000000000003"
UPLOADED_ID = "bbbbbbbb-0000-4000-8000-000000000004"

Described = tuple[Graph, list[str]]


@pytest.fixture
def base() -> str:
    return BASE


@pytest.fixture
def dataset_node() -> URIRef:
    return URIRef(f"{BASE}/dataset/{DATASET_ID}")


@pytest.fixture
def linked_node(dataset_node: URIRef) -> URIRef:
    return URIRef(f"{dataset_node}/resource/{LINKED_ID}")


@pytest.fixture
def uploaded_node(dataset_node: URIRef) -> URIRef:
    return URIRef(f"{dataset_node}/resource/{UPLOADED_ID}")


@pytest.fixture
def describe(dataset_node: URIRef) -> Callable[..., Described]:
    """Describes one dataset; returns the graph and the sentences about what was left out."""

    def run(dataset: dict[str, Any], organization: dict[str, Any] | None = None) -> Described:
        graph = Graph()
        bind_prefixes(graph)
        document = Document(graph, BASE)
        add_dataset(
            document,
            dataset,
            dataset_node,
            lambda resource: URIRef(f"{dataset_node}/resource/{resource['id']}"),
            organization,
        )
        return graph, document.left_out

    return run


@pytest.fixture
def organization() -> dict[str, Any]:
    return {
        "id": "0c8b5a1e-0000-4000-8000-000000000001",
        "name": "regione-calabria",
        "title": "Regione Calabria",
        "identifier": "regcal",
        "site": "https://www.regione.calabria.it/",
        "email": "opendata@regione.calabria.it",
    }


@pytest.fixture
def dataset(
    organization: dict[str, Any], linked_file: dict[str, Any], uploaded_file: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": DATASET_ID,
        "name": "progetti-pnrr-calabria",
        "type": "pnrr",
        "title": "Progetti PNRR in Calabria",
        "notes": "I progetti finanziati dal PNRR nei comuni calabresi.",
        "tags": [{"name": "pnrr"}, {"name": "fondi europei"}],
        "owner_org": organization["id"],
        "identifier": "regcal:progetti-pnrr-calabria",
        "alternate_identifier": ["CAL-PNRR-1"],
        "theme": [EU + "data-theme/ECON", EU + "data-theme/GOVE"],
        "subtheme": ["http://eurovoc.europa.eu/100245"],
        "frequency": EU + "frequency/BIMONTHLY",
        "issued": "2026-03-01",
        "modified": "2026-06-30",
        "metadata_created": "2026-11-20T08:00:00.000000",
        "metadata_modified": "2026-11-21T08:00:00.000000",
        "language": [EU + "language/ITA"],
        "rights_holder": [{"name": "Regione Calabria", "identifier": "regcal", "uri": ""}],
        "publisher": [
            {
                "name": "Regione Calabria",
                "identifier": "regcal",
                "url": "https://www.regione.calabria.it/",
                "email": "opendata@regione.calabria.it",
                "type": "http://purl.org/adms/publishertype/RegionalAuthority",
            }
        ],
        "creator": [
            {
                "name": "ARPACAL",
                "identifier": "arpa_ca",
                "type": "http://purl.org/adms/publishertype/RegionalAuthority",
            }
        ],
        "contact": [
            {
                "name": "Ufficio Open Data",
                "email": "opendata@regione.calabria.it",
                "telephone": "+39 0961 851111",
                "url": "https://www.regione.calabria.it/contatti",
            }
        ],
        "territory": ["18"],
        "spatial_coverage": [],
        "temporal_coverage": [{"start": "2021-02-01", "end": "2026-06-30"}],
        "conforms_to": [
            {
                "uri": "https://specs.frictionlessdata.io/table-schema/",
                "identifier": "",
                "title": "Table Schema",
                "description": "Come sono descritte le colonne.",
                "reference_documentation": ["https://specs.frictionlessdata.io/"],
            }
        ],
        "version": "2026.06",
        "version_notes": "Rilascio di giugno.",
        "is_version_of": ["https://dati.example.it/opendata/dataset/altro"],
        "url": "https://www.italiadomani.gov.it/",
        "documentation": ["https://www.italiadomani.gov.it/guida"],
        "methodology": "Ritaglio dei file nazionali per codice di regione.",
        "methodology_url": "https://dati.example.it/metodo.pdf",
        "access_rights": EU + "access-right/PUBLIC",
        "provenance": "Sistema ReGiS.",
        "legal_basis": "https://www.normattiva.it/uri-res/N2Ls?urn:nir:stato:decreto.legge:2021-05-06;59",
        "license_id": "A21_CCBY40",
        "resources": [linked_file, uploaded_file],
    }


@pytest.fixture
def linked_file() -> dict[str, Any]:
    return {
        "id": LINKED_ID,
        "package_id": DATASET_ID,
        "name": "Progetti",
        "description": "Un progetto per riga.",
        "url": "https://www.italiadomani.gov.it/progetti.csv",
        "url_type": None,
        "download_url": f"http://127.0.0.1:6600/dataset/{DATASET_ID}/resource/{LINKED_ID}/checked/progetti.csv",
        "format": "CSV",
        "mimetype": "text/csv",
        "size": 123456,
        "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "status": EU + "distribution-status/COMPLETED",
        "availability": EU + "planned-availability/STABLE",
        "issued": "2026-03-01",
        "last_modified": "2026-11-20T10:00:00.000000",
        "created": "2026-11-20T09:00:00.000000",
        "license": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
        "rights": "Citare la fonte: Italia Domani.",
        "documentation": ["https://dati.example.it/tracciato.pdf"],
        "conforms_to": ["https://www.rfc-editor.org/rfc/rfc4180"],
    }


@pytest.fixture
def uploaded_file() -> dict[str, Any]:
    return {
        "id": UPLOADED_ID,
        "package_id": DATASET_ID,
        "name": "Localizzazione",
        "description": "Un luogo per riga.",
        "url": f"http://127.0.0.1:6600/en/pnrr/{DATASET_ID}/resource/{UPLOADED_ID}/download/localizzazione.xlsx",
        "url_type": "upload",
        "format": "XLSX",
        "size": 2048,
        "availability": EU + "planned-availability/STABLE",
        "created": "2026-11-20T09:00:00.000000",
        "last_modified": None,
    }
