"""The catalogue itself (dcatapit:Catalog, dcat:Catalog)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef

from .agents import Agent, agent_node
from .concepts import DATA_THEME, LANGUAGE, concept, concept_scheme
from .document import Document
from .iri import safe_iri
from .licences import licence_node
from .literals import add_moment
from .namespaces import DCAT, DCATAPIT, DCT, FOAF, RDF
from .places import territory_node


@dataclass(frozen=True)
class CatalogueInfo:
    """What the portal says about its catalogue; empty where it says nothing."""

    title: str
    description: str
    homepage: str
    publisher: Agent
    languages: Sequence[str]
    issued: str
    modified: str
    licence: str
    territory: Sequence[str]

    def missing(self) -> list[str]:
        """The names of what DCAT-AP_IT 1.0 wants of every catalogue and only the configuration can say."""
        wanted = {
            "title": self.title,
            "description": self.description,
            "publisher's name": self.publisher.name,
            "publisher's IPA code": self.publisher.identifier,
        }
        return [name for name, value in wanted.items() if not value]


def add_catalogue(document: Document, node: URIRef, info: CatalogueInfo) -> None:
    """Adds the catalogue's own description; its datasets are linked by whoever adds them."""
    for kind in (DCATAPIT.Catalog, DCAT.Catalog):
        document.add(node, RDF.type, kind)
    for words, predicate in ((info.title, DCT.title), (info.description, DCT.description)):
        if words:
            document.add(node, predicate, Literal(words, lang=document.language))
    homepage = safe_iri(info.homepage)
    if homepage is not None:
        document.add(node, FOAF.homepage, homepage)
        document.add(homepage, RDF.type, FOAF.Document)
    if info.publisher.name and info.publisher.identifier:
        document.add(node, DCT.publisher, agent_node(document, "catalogue publisher", info.publisher))
    for value in info.languages:
        document.add(node, DCT.language, concept(document, LANGUAGE, "catalogue language", value))
    add_moment(document, node, DCT.issued, "catalogue issued", info.issued)
    add_moment(document, node, DCT.modified, "catalogue modified", info.modified)
    if info.licence:
        document.add(node, DCT.license, licence_node(document, "catalogue licence", info.licence))
    for code in info.territory:
        document.add(node, DCT.spatial, territory_node(document, code))
    themes = concept_scheme(document, DATA_THEME)
    document.add(node, DCAT.themeTaxonomy, themes)
