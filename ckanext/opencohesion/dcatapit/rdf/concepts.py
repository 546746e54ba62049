"""Concepts of controlled vocabularies, described where they are used.

Validators do not follow links: a frequency or a status counts as known only if the same document says its class,
its name and `skos:inScheme`. Each concept named by a dataset is therefore written out once per document, and so
is its scheme with a title (both are mandatory in DCAT-AP 3.0.1 for whatever is typed as concept or scheme).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from ckanext.opencohesion.vocabularies import vocabulary

from .document import Document
from .iri import safe_iri
from .namespaces import DCT, RDF, SKOS


@dataclass(frozen=True)
class Scheme:
    """A controlled vocabulary: its URI and names, our file with its terms (if they are in one), their class."""

    uri: str
    titles: Mapping[str, str]
    vocabulary: str = ""
    concept_class: URIRef | None = None


def _authority(name: str, it: str, en: str, concept_class: URIRef | None = None) -> Scheme:
    """One of the EU Publications Office's authority tables."""
    uri = f"http://publications.europa.eu/resource/authority/{name}"
    return Scheme(uri, {"it": it, "en": en}, name, concept_class)


DATA_THEME = _authority("data-theme", "Categorie di dati", "Data themes")
FREQUENCY = _authority("frequency", "Frequenze di aggiornamento", "Frequencies", DCT.Frequency)
LANGUAGE = _authority("language", "Lingue", "Languages", DCT.LinguisticSystem)
FILE_TYPE = _authority("file-type", "Tipi di file", "File types", DCT.MediaTypeOrExtent)
ACCESS_RIGHT = _authority("access-right", "Diritti di accesso", "Access rights", DCT.RightsStatement)
STATUS = _authority("distribution-status", "Stati della distribuzione", "Distribution statuses")
AVAILABILITY = _authority("planned-availability", "Disponibilità prevista", "Planned availability")
EUROVOC = Scheme("http://eurovoc.europa.eu/100141", {"it": "EuroVoc", "en": "EuroVoc"}, "eurovoc-subthemes")


def concept(document: Document, scheme: Scheme, field_name: str, value: object) -> URIRef | None:
    """The node of a vocabulary's concept, described once per document.

    `value` is the concept's URI or its code. A URI that our copy of the vocabulary does not hold (a newer
    concept, another vocabulary) is kept as it is; anything else is left out with a note.
    """
    known = vocabulary(scheme.vocabulary)
    text = str(value).strip().replace("https://publications.europa.eu/", "http://publications.europa.eu/")
    term = known.find(text) or known.find(text.upper())
    if term is not None:
        return described_concept(document, URIRef(term.uri), scheme, term.labels)
    node = safe_iri(value)
    if node is None:
        document.leave_out(field_name, value, f"not in the vocabulary {scheme.vocabulary}")
    elif scheme.concept_class is not None:
        document.add(node, RDF.type, scheme.concept_class)
    return node


def described_concept(document: Document, node: URIRef, scheme: Scheme, labels: Mapping[str, str]) -> URIRef:
    """Writes a concept with its Italian and English names and its scheme, unless that was done before."""
    if (node, SKOS.inScheme, None) in document.graph:
        return node
    document.add(node, RDF.type, scheme.concept_class)
    document.add(node, SKOS.inScheme, concept_scheme(document, scheme))
    names = add_labels(document, node, SKOS.prefLabel, labels)
    if names:  # a skos:Concept without a name would break DCAT-AP's Category shape
        document.add(node, RDF.type, SKOS.Concept)
    return node


def concept_scheme(document: Document, scheme: Scheme) -> URIRef:
    """Writes a concept scheme with its titles."""
    node = URIRef(scheme.uri)
    document.add(node, RDF.type, SKOS.ConceptScheme)
    add_labels(document, node, DCT.title, scheme.titles)
    return node


def add_labels(document: Document, node: Node, predicate: URIRef, labels: Mapping[str, str]) -> int:
    """Adds the Italian and English names of a node; returns how many there were."""
    found = [(code, labels[code]) for code in ("it", "en") if labels.get(code)]
    for code, words in found:
        document.add(node, predicate, Literal(words, lang=code))
    return len(found)


def language_tag(value: object) -> str | None:
    """The ISO 639-1 code of a language of the EU vocabulary (URI or code); None where it has none."""
    known = vocabulary(LANGUAGE.vocabulary)
    term = known.find(str(value).strip())
    return (term.fields.get("iso639_1") or None) if term is not None else None


def language_uri(iso639_1: str) -> str | None:
    """The EU vocabulary's URI of a language given by its ISO 639-1 code."""
    for term in vocabulary(LANGUAGE.vocabulary).terms:
        if term.fields.get("iso639_1") == iso639_1:
            return term.uri
    return None
