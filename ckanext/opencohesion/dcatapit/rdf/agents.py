"""Agents: rights holders, publishers, creators (dcatapit:Agent, foaf:Agent).

An agent is never a blank node, so that the same body is the same node in every dataset: its URI is the one that
the metadata give, or `<portal>/agent/<code>`, where the code is its IPA code (public bodies) or its tax code.
An agent with neither can not be named and is left out; `N/A` is no code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef

from .concepts import Scheme, described_concept
from .document import Document
from .iri import mailto, safe_iri
from .literals import as_records, text
from .namespaces import DCATAPIT, DCT, FOAF, RDF

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]+")
_NO_CODE = frozenset({"n/a", "n_a", "n.a", "n.a.", "nd", "n.d.", "none", "null"})

_PUBLISHER_TYPE = Scheme(
    "http://purl.org/adms/publishertype/1.0", {"it": "Tipi di editore ADMS", "en": "ADMS publisher types"}
)
# ADMS 1.0, list of publisher types; the Italian names are ours.
_PUBLISHER_TYPES = {
    "Academia-ScientificOrganisation": {
        "it": "Università o ente di ricerca",
        "en": "Academia or scientific organisation",
    },
    "Company": {"it": "Impresa", "en": "Company"},
    "IndustryConsortium": {"it": "Consorzio di imprese", "en": "Industry consortium"},
    "LocalAuthority": {"it": "Ente locale", "en": "Local authority"},
    "NationalAuthority": {"it": "Amministrazione nazionale", "en": "National authority"},
    "NonGovernmentalOrganisation": {
        "it": "Organizzazione non governativa",
        "en": "Non-governmental organisation",
    },
    "NonProfitOrganisation": {"it": "Organizzazione senza fini di lucro", "en": "Non-profit organisation"},
    "PrivateIndividual(s)": {"it": "Privati", "en": "Private individuals"},
    "RegionalAuthority": {"it": "Amministrazione regionale", "en": "Regional authority"},
    "StandardisationBody": {"it": "Ente di normazione", "en": "Standardisation body"},
    "SupraNationalAuthority": {"it": "Autorità sovranazionale", "en": "Supranational authority"},
}


@dataclass(frozen=True)
class Agent:
    """A body as the metadata name it."""

    name: str | None
    identifier: str | None = None
    uri: str | None = None
    email: str | None = None
    url: str | None = None
    type: str | None = None


def agents_in(value: object) -> list[Agent]:
    """The agents of a field with repeating subfields (`name`, `identifier`, `uri`, `email`, `url`, `type`)."""
    return [agent_from(record) for record in as_records(value)]


def agent_from(record: Mapping[str, object]) -> Agent:
    """The agent of one entry; an organization's record gives its `title` as name and its `site` as address."""
    return Agent(
        name=text(record.get("title") or record.get("name")),
        identifier=agent_code(record.get("identifier")),
        uri=text(record.get("uri")),
        email=text(record.get("email")),
        url=text(record.get("site") or record.get("url")),
        type=text(record.get("type") or record.get("publisher_type")),
    )


def agent_code(value: object) -> str | None:
    """An IPA or tax code in lower case, as the national catalogue writes them; None for what is no code."""
    code = text(value)
    if code is None or code.lower() in _NO_CODE or not _CODE.fullmatch(code):
        return None
    return code.lower()


def agent_node(document: Document, field_name: str, agent: Agent) -> URIRef | None:
    """The agent's node, described by the first dataset of the document that names it; None if it has no URI."""
    node = safe_iri(agent.uri) or (
        URIRef(f"{document.base}/agent/{agent.identifier}") if agent.identifier else None
    )
    if node is None or agent.name is None:
        document.leave_out(
            field_name, agent.name or agent.uri, "an agent needs a name, and an IPA or tax code or a URI"
        )
        return None
    document.add(node, RDF.type, DCATAPIT.Agent)
    document.add(node, RDF.type, FOAF.Agent)
    document.add_once(node, FOAF.name, Literal(agent.name, lang=document.language))
    document.add_once(node, DCT.identifier, Literal(agent.identifier or str(node)))
    document.add_once(node, FOAF.mbox, mailto(agent.email))
    homepage = safe_iri(agent.url)
    if homepage is not None and homepage != node:
        document.add_once(node, FOAF.homepage, homepage)
        document.add(homepage, RDF.type, FOAF.Document)
    document.add_once(node, DCT.type, _publisher_type(document, field_name, agent.type))
    return node


def _publisher_type(document: Document, field_name: str, value: str | None) -> URIRef | None:
    if value is None:
        return None
    for code, labels in _PUBLISHER_TYPES.items():
        node = URIRef("http://purl.org/adms/publishertype/" + code)
        if value in (code, str(node)):
            return described_concept(document, node, _PUBLISHER_TYPE, labels)
    node = safe_iri(value)
    if node is None:
        document.leave_out(f"{field_name}.type", value, "not an ADMS publisher type")
    return node
