"""Datasets (dcatapit:Dataset, dcat:Dataset)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rdflib import BNode, Literal, URIRef

from .agents import Agent, agent_code, agent_from, agent_node, agents_in
from .concepts import ACCESS_RIGHT, DATA_THEME, EUROVOC, FREQUENCY, LANGUAGE, concept, language_tag
from .contacts import contact_node
from .distributions import add_distribution, add_page, dataset_page, resource_modified
from .document import Document
from .iri import safe_iri
from .literals import add_moment, as_list, as_records, moment, text, texts
from .namespaces import ADMS, DCAT, DCATAP, DCATAPIT, DCT, ELI, FOAF, OWL, RDF, RDFS, SCHEMA, SKOS
from .places import coverage_node, territory_node
from .standards import standard_node

Record = Mapping[str, object]


def add_dataset(
    document: Document,
    dataset: Record,
    node: URIRef,
    distribution_uri: Callable[[Record], URIRef],
    organization: Record | None = None,
) -> None:
    """Adds a dataset with all that belongs to it.

    `dataset` is a dictionary as CKAN's package_show gives it, `organization` the full record of its owner (an
    organization's `identifier` is not in the dataset's own copy); `distribution_uri` names the files. What can not
    be said in RDF is noted in `document.left_out`; nothing is added that the fields do not say.
    """
    document = replace(document, language=_language_of(document, dataset))
    for kind in (DCATAPIT.Dataset, DCAT.Dataset):
        document.add(node, RDF.type, kind)
    for key, predicate in (
        ("title", DCT.title),
        ("notes", DCT.description),
        ("version_notes", ADMS.versionNotes),
    ):
        for words in texts(dataset, key, document.language):
            document.add(node, predicate, words)
    _add_keywords(document, dataset, node)
    _add_agents(document, dataset, node, organization)
    _add_identity(document, dataset, node, organization)
    _add_concepts(document, dataset, node)
    _add_dates(document, dataset, node)
    _add_places_and_periods(document, dataset, node)
    _add_related(document, dataset, node)
    for resource in as_records(dataset.get("resources")):
        add_distribution(document, dataset, node, resource, distribution_uri(resource))


def data_modified(dataset: Record) -> object:
    """When the data changed: as declared, else the newest change of a file, else (no file) of the record."""
    if moment(dataset.get("modified")) is not None:
        return dataset["modified"]
    changes = [str(resource_modified(each) or "") for each in as_records(dataset.get("resources"))]
    return max((each for each in changes if moment(each) is not None), default=None) or dataset.get(
        "metadata_modified"
    )


def _language_of(document: Document, dataset: Record) -> str:
    """The language of the dataset's texts: the portal's if it is among the dataset's languages, else their first."""
    tags = [tag for tag in (language_tag(value) for value in as_list(dataset.get("language"))) if tag]
    return document.language if document.language in tags or not tags else tags[0]


def _add_keywords(document: Document, dataset: Record, node: URIRef) -> None:
    translated = dataset.get("tags_translated")
    if isinstance(translated, Mapping):
        pairs = [(words, str(code)) for code, tags in translated.items() for words in as_list(tags)]
    else:
        pairs = [(tag.get("name"), document.language) for tag in as_records(dataset.get("tags"))]
    for words, code in pairs:
        for literal in texts({"tag": words}, "tag", code):
            document.add(node, DCAT.keyword, literal)


def _add_agents(document: Document, dataset: Record, node: URIRef, organization: Record | None) -> None:
    """Rights holder and publisher (the owner organization where the dataset names no other), creators, contacts."""
    owner = agent_from(organization) if organization else None
    taken: set[URIRef] = set()
    for field_name, predicate in (("rights_holder", DCT.rightsHolder), ("publisher", DCT.publisher)):
        agent = _first_agent(dataset.get(field_name)) or owner
        if agent is None:
            document.leave_out(field_name, None, "neither the dataset nor its organization says who it is")
            continue
        agent_uri = agent_node(document, field_name, agent)
        document.add(node, predicate, agent_uri)
        taken |= {agent_uri} if agent_uri is not None else set()
    for agent in agents_in(dataset.get("creator")):
        creator = agent_node(document, "creator", agent)
        document.add(node, DCT.creator, creator)
        taken |= {creator} if creator is not None else set()
    for record in as_records(dataset.get("contact")):
        document.add(node, DCAT.contactPoint, contact_node(document, record, taken))


def _first_agent(value: object) -> Agent | None:
    """rightsHolder and publisher are single in DCAT-AP_IT."""
    return next(iter(agents_in(value)), None)


def _add_identity(document: Document, dataset: Record, node: URIRef, organization: Record | None) -> None:
    """dct:identifier (by convention `<IPA code>:<own id>`), other identifiers, versions."""
    identifier = text(dataset.get("identifier"))
    if identifier is None:
        code = agent_code(organization.get("identifier")) if organization else None
        identifier = f"{code}:{dataset.get('id')}" if code else str(dataset.get("id"))
    document.add(node, DCT.identifier, Literal(identifier))
    for other in as_list(dataset.get("alternate_identifier")):
        notation = text(other.get("identifier") if isinstance(other, Mapping) else other)
        if notation is not None:
            other_node = BNode()
            document.add(node, ADMS.identifier, other_node)
            document.add(other_node, RDF.type, ADMS.Identifier)
            document.add(other_node, SKOS.notation, Literal(notation))
    version = text(dataset.get("version"))
    if version is not None:
        for predicate in (OWL.versionInfo, DCAT.version):  # DCAT-AP_IT 1.0 and DCAT-AP 3
            document.add(node, predicate, Literal(version))


def _add_concepts(document: Document, dataset: Record, node: URIRef) -> None:
    for field_name, predicate, scheme in (
        ("theme", DCAT.theme, DATA_THEME),
        ("subtheme", DCT.subject, EUROVOC),
        ("frequency", DCT.accrualPeriodicity, FREQUENCY),
        ("language", DCT.language, LANGUAGE),
        ("access_rights", DCT.accessRights, ACCESS_RIGHT),
    ):
        for value in as_list(dataset.get(field_name)):
            document.add(node, predicate, concept(document, scheme, field_name, value))


def _add_dates(document: Document, dataset: Record, node: URIRef) -> None:
    add_moment(document, node, DCT.issued, "issued", dataset.get("issued"))
    add_moment(document, node, DCT.modified, "modified", data_modified(dataset))


def _add_places_and_periods(document: Document, dataset: Record, node: URIRef) -> None:
    for code in as_list(dataset.get("territory")):
        document.add(node, DCT.spatial, territory_node(document, code))
    for record in as_records(dataset.get("spatial_coverage")):
        document.add(node, DCT.spatial, coverage_node(document, record))
    for record in as_records(dataset.get("temporal_coverage")):
        start, end = moment(record.get("start")), moment(record.get("end"))
        if start is None:  # mandatory in DCAT-AP_IT
            document.leave_out(
                "temporal_coverage", dict(record), "a period needs the date on which it begins"
            )
            continue
        period = BNode()
        document.add(node, DCT.temporal, period)
        document.add(period, RDF.type, DCT.PeriodOfTime)
        # The two standards' own properties, and the one above both, which alone dati.gov.it's harvester reads.
        for namespace in (DCATAPIT, DCAT, SCHEMA):
            document.add(period, namespace.startDate, start)
            document.add(period, namespace.endDate, end)


def _add_related(document: Document, dataset: Record, node: URIRef) -> None:
    """Landing page, documents, standards, provenance, legal basis, the dataset that this is a version of."""
    landing_page = safe_iri(dataset.get("url")) or dataset_page(document, dataset)
    document.add(node, DCAT.landingPage, landing_page)
    document.add(landing_page, RDF.type, FOAF.Document)
    pages = ("documentation", "methodology_url", "request_url")
    for address in [address for name in pages for address in as_list(dataset.get(name))]:
        add_page(document, node, "documentation", address)
    for standard in as_list(dataset.get("conforms_to")):
        document.add(node, DCT.conformsTo, standard_node(document, standard))
    for field_name in ("provenance", "methodology"):  # where the data come from, how they were made
        for words in texts(dataset, field_name, document.language):
            statement = BNode()
            document.add(node, DCT.provenance, statement)
            document.add(statement, RDF.type, DCT.ProvenanceStatement)
            document.add(statement, RDFS.label, words)
    for field_name in ("request_conditions", "request_how"):  # data given on request: to whom, and how to ask
        for words in texts(dataset, field_name, document.language):
            rights = BNode()
            document.add(node, DCT.rights, rights)
            document.add(rights, RDF.type, DCT.RightsStatement)
            document.add(rights, RDFS.label, words)
    for value in as_list(dataset.get("is_version_of")):
        other = safe_iri(value)
        document.add(node, DCT.isVersionOf, other)
        if other is None:
            document.leave_out("is_version_of", value, "not an address")
    legal_basis = text(dataset.get("legal_basis"))
    act = safe_iri(legal_basis) if legal_basis and len(legal_basis.split()) == 1 else None
    if act is not None:  # a legal basis told in words has no node that others could know
        document.add(node, DCATAP.applicableLegislation, act)
        document.add(act, RDF.type, ELI.LegalResource)
