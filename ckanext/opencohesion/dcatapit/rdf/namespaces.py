"""The namespaces of the output, and the prefixes it is written with.

The terms of DCAT-AP_IT are always the plain `http://dati.gov.it/onto/dcatapit#` ones: the published ontology
2.0 spells some of them with https or a misspelt host, and no consumer reads those.
"""

from __future__ import annotations

from rdflib import Graph
from rdflib.namespace import RDF, RDFS, SKOS, XSD, Namespace

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
DCT = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
SCHEMA = Namespace("http://schema.org/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

PREFIXES: dict[str, Namespace] = {
    "adms": ADMS,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dcatapit": DCATAPIT,
    "dct": DCT,
    "eli": ELI,
    "foaf": FOAF,
    "gsp": GSP,
    "locn": LOCN,
    "owl": OWL,
    "schema": SCHEMA,
    "spdx": SPDX,
    "vcard": VCARD,
}


def bind_prefixes(graph: Graph) -> None:
    """Gives the graph our prefixes, and takes `dct` back from rdflib's own `dcterms`."""
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, replace=True)
    graph.bind("skos", SKOS, replace=True)


__all__ = [
    "ADMS",
    "DCAT",
    "DCATAP",
    "DCATAPIT",
    "DCT",
    "ELI",
    "FOAF",
    "GSP",
    "LOCN",
    "OWL",
    "PREFIXES",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SKOS",
    "SPDX",
    "VCARD",
    "XSD",
    "bind_prefixes",
]
