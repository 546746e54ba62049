"""The description of a dataset, row by row of the DCAT-AP_IT table (class, property, cardinality, range)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from ckanext.opencohesion.dcatapit.rdf.namespaces import (
    ADMS,
    DCAT,
    DCATAP,
    DCATAPIT,
    DCT,
    ELI,
    FOAF,
    GSP,
    LOCN,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    SPDX,
    VCARD,
    XSD,
)

EU = "http://publications.europa.eu/resource/authority/"
CC_BY = URIRef("https://creativecommons.org/licenses/by/4.0/")
CALABRIA = URIRef("https://sws.geonames.org/2525468/")
Record = dict[str, Any]
Describe = Callable[..., tuple[Graph, list[str]]]


@pytest.fixture
def graph(describe: Describe, dataset: Record, organization: Record) -> Graph:
    described, left_out = describe(dataset, organization)
    assert left_out == []
    return described


def only(graph: Graph, subject: Node, predicate: Node) -> Any:
    """The single value of a property."""
    values = list(graph.objects(subject, predicate))
    assert len(values) == 1, f"{predicate}: {values}"
    return values[0]


def types(graph: Graph, node: Node) -> set[Node]:
    return set(graph.objects(node, RDF.type))


def test_every_node_has_the_italian_class_and_its_parent(
    graph: Graph, dataset_node: URIRef, linked_node: URIRef
) -> None:
    assert types(graph, dataset_node) == {DCATAPIT.Dataset, DCAT.Dataset}
    assert types(graph, linked_node) == {DCATAPIT.Distribution, DCAT.Distribution}
    for italian, parent in (
        (DCATAPIT.Agent, FOAF.Agent),
        (DCATAPIT.Organization, VCARD.Kind),
        (DCATAPIT.LicenseDocument, DCT.LicenseDocument),
        (DCATAPIT.Standard, DCT.Standard),
    ):
        nodes = set(graph.subjects(RDF.type, italian))
        assert nodes, italian
        assert nodes == set(graph.subjects(RDF.type, parent))


def test_mandatory_properties_of_a_dataset(graph: Graph, dataset_node: URIRef, base: str) -> None:
    assert only(graph, dataset_node, DCT.identifier) == Literal("regcal:progetti-pnrr-calabria")
    assert only(graph, dataset_node, DCT.title) == Literal("Progetti PNRR in Calabria", lang="it")
    assert only(graph, dataset_node, DCT.description).language == "it"
    assert only(graph, dataset_node, DCT.modified) == Literal("2026-06-30", datatype=XSD.date)
    assert only(graph, dataset_node, DCT.rightsHolder) == URIRef(f"{base}/agent/regcal")
    frequency = only(graph, dataset_node, DCT.accrualPeriodicity)
    assert DCT.Frequency in types(graph, frequency)
    assert set(graph.objects(dataset_node, DCAT.theme)) == {
        URIRef(EU + "data-theme/ECON"),
        URIRef(EU + "data-theme/GOVE"),
    }
    assert len(set(graph.objects(dataset_node, DCAT.distribution))) == 2


def test_recommended_and_optional_properties_of_a_dataset(
    graph: Graph, dataset_node: URIRef, base: str
) -> None:
    assert only(graph, dataset_node, DCT.subject) == URIRef("http://eurovoc.europa.eu/100245")
    assert only(graph, dataset_node, DCT.publisher) == URIRef(f"{base}/agent/regcal")
    assert only(graph, dataset_node, DCT.creator) == URIRef(f"{base}/agent/arpa_ca")
    assert (
        only(graph, dataset_node, OWL.versionInfo)
        == only(graph, dataset_node, DCAT.version)
        == Literal("2026.06")
    )
    assert only(graph, dataset_node, DCT.issued) == Literal("2026-03-01", datatype=XSD.date)
    assert DCT.LinguisticSystem in types(graph, only(graph, dataset_node, DCT.language))
    assert FOAF.Document in types(graph, only(graph, dataset_node, DCAT.landingPage))
    assert set(graph.objects(dataset_node, DCAT.keyword)) == {
        Literal("pnrr", lang="it"),
        Literal("fondi europei", lang="it"),
    }
    assert only(graph, dataset_node, DCT.isVersionOf) == URIRef(f"{base}/dataset/altro")
    assert DCT.RightsStatement in types(graph, only(graph, dataset_node, DCT.accessRights))
    assert ELI.LegalResource in types(graph, only(graph, dataset_node, DCATAP.applicableLegislation))
    pages = set(graph.objects(dataset_node, FOAF.page))
    assert URIRef("https://dati.example.it/metodo.pdf") in pages, (
        "the methodology is a page about the dataset"
    )
    assert all(FOAF.Document in types(graph, page) for page in pages)
    other = only(graph, dataset_node, ADMS.identifier)
    assert types(graph, other) == {ADMS.Identifier}
    assert only(graph, other, SKOS.notation) == Literal("CAL-PNRR-1")


def test_a_distribution(graph: Graph, linked_node: URIRef) -> None:
    assert only(graph, linked_node, DCT["format"]) == URIRef(EU + "file-type/CSV")
    assert DCT.MediaTypeOrExtent in types(graph, URIRef(EU + "file-type/CSV"))
    media_type = only(graph, linked_node, DCAT.mediaType)
    assert media_type == URIRef("https://www.iana.org/assignments/media-types/text/csv")
    assert types(graph, media_type) == {DCT.MediaType}
    assert only(graph, linked_node, DCT.license) == CC_BY
    assert only(graph, linked_node, DCAT.byteSize) == Literal(123456, datatype=XSD.nonNegativeInteger)
    assert only(graph, linked_node, DCT.modified) == Literal("2026-11-20T10:00:00", datatype=XSD.dateTime)
    for predicate, concept in (
        (ADMS.status, "distribution-status/COMPLETED"),
        (DCATAP.availability, "planned-availability/STABLE"),
    ):
        assert only(graph, linked_node, predicate) == URIRef(EU + concept)
    checksum = only(graph, linked_node, SPDX.checksum)
    assert only(graph, checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
    assert only(graph, checksum, SPDX.checksumValue).datatype == XSD.hexBinary


def test_a_linked_file_is_downloaded_here_and_accessed_at_its_origin(
    graph: Graph, linked_node: URIRef, base: str
) -> None:
    assert only(graph, linked_node, DCAT.accessURL) == URIRef("https://www.italiadomani.gov.it/progetti.csv")
    assert only(graph, linked_node, DCAT.downloadURL) == URIRef(f"{linked_node}/checked/progetti.csv")


def test_an_uploaded_file_has_the_public_address_of_today(graph: Graph, uploaded_node: URIRef) -> None:
    download = URIRef(f"{uploaded_node}/download/localizzazione.xlsx".replace("/dataset/", "/pnrr/"))
    assert only(graph, uploaded_node, DCAT.downloadURL) == download
    assert only(graph, uploaded_node, DCAT.accessURL) == download


def test_a_file_without_a_licence_of_its_own_has_the_dataset_s(graph: Graph, uploaded_node: URIRef) -> None:
    assert only(graph, uploaded_node, DCT.license) == CC_BY


def test_a_licence(graph: Graph) -> None:
    assert {name.language for name in graph.objects(CC_BY, FOAF.name)} == {"it", "en"}
    assert only(graph, CC_BY, OWL.versionInfo) == Literal("4.0")
    licence_type = only(graph, CC_BY, DCT.type)
    assert SKOS.Concept in types(graph, licence_type)
    assert only(graph, licence_type, SKOS.inScheme) == URIRef("http://purl.org/adms/licencetype/1.0")


def test_an_agent_is_a_uri_made_of_its_code(graph: Graph, base: str) -> None:
    agent = URIRef(f"{base}/agent/regcal")
    assert only(graph, agent, DCT.identifier) == Literal("regcal")
    assert str(only(graph, agent, FOAF.name)) == "Regione Calabria"
    assert only(graph, agent, DCT.type) == URIRef("http://purl.org/adms/publishertype/RegionalAuthority")


def test_no_agent_is_a_blank_node(graph: Graph) -> None:
    assert not [agent for agent in graph.subjects(RDF.type, FOAF.Agent) if isinstance(agent, BNode)]


def test_a_contact_is_an_office_and_not_the_agent(graph: Graph, dataset_node: URIRef) -> None:
    contact = only(graph, dataset_node, DCAT.contactPoint)
    assert isinstance(contact, URIRef)
    assert contact not in set(graph.subjects(RDF.type, FOAF.Agent))
    assert only(graph, contact, VCARD.fn) == Literal("Ufficio Open Data")
    assert only(graph, contact, VCARD.hasEmail) == URIRef("mailto:opendata@regione.calabria.it")
    assert only(graph, contact, VCARD.hasURL) == URIRef("https://www.regione.calabria.it/contatti")
    line = only(graph, contact, VCARD.hasTelephone)
    assert VCARD.TelephoneType in types(graph, line)
    assert only(graph, line, VCARD.hasValue) == URIRef("tel:+390961851111")
    assert only(graph, line, VCARD.value) == Literal("+39 0961 851111")


def test_a_standard(graph: Graph, dataset_node: URIRef) -> None:
    standard = only(graph, dataset_node, DCT.conformsTo)
    assert only(graph, standard, DCT.identifier) == Literal("https://specs.frictionlessdata.io/table-schema/")
    assert only(graph, standard, DCT.title) == Literal("Table Schema", lang="it")
    assert isinstance(only(graph, standard, DCT.description), Literal)
    assert only(graph, standard, DCATAPIT.referenceDocumentation) == URIRef(
        "https://specs.frictionlessdata.io/"
    )


def test_a_period_says_its_dates_in_every_form_that_is_read(graph: Graph, dataset_node: URIRef) -> None:
    period = only(graph, dataset_node, DCT.temporal)
    assert types(graph, period) == {DCT.PeriodOfTime}
    for namespace in (DCATAPIT, DCAT, SCHEMA):
        assert only(graph, period, namespace.startDate) == Literal("2021-02-01", datatype=XSD.date)
        assert only(graph, period, namespace.endDate) == Literal("2026-06-30", datatype=XSD.date)


def test_a_place_is_its_geonames_node(graph: Graph, dataset_node: URIRef) -> None:
    assert only(graph, dataset_node, DCT.spatial) == CALABRIA
    assert types(graph, CALABRIA) == {DCT.Location}
    assert only(graph, CALABRIA, DCATAPIT.geographicalIdentifier) == Literal(str(CALABRIA))
    assert set(graph.objects(CALABRIA, LOCN.geographicName)) == {
        Literal("Calabria", lang="it"),
        Literal("Calabria", lang="en"),
    }
    assert set(graph.objects(CALABRIA, SKOS.exactMatch)) == {
        URIRef("http://data.europa.eu/nuts/code/ITF6"),
        URIRef("https://w3id.org/italia/controlled-vocabulary/territorial-classifications/regions/18"),
    }
    assert only(graph, CALABRIA, DCAT.bbox).datatype == GSP.wktLiteral
    assert str(only(graph, CALABRIA, DCAT.centroid)).startswith("POINT(16.")


def test_every_concept_says_its_name_and_its_scheme(graph: Graph) -> None:
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) >= 10
    for concept in concepts:
        assert {name.language for name in graph.objects(concept, SKOS.prefLabel)} == {"it", "en"}
        scheme = only(graph, concept, SKOS.inScheme)
        assert types(graph, scheme) == {SKOS.ConceptScheme}
        assert list(graph.objects(scheme, DCT.title))


def test_no_address_is_written_as_a_text(graph: Graph) -> None:
    allowed = {DCATAPIT.geographicalIdentifier, DCT.identifier}
    texts = [(p, o) for _s, p, o in graph if isinstance(o, Literal) and str(o).startswith(("http", "mailto"))]
    assert {p for p, _o in texts} <= allowed


def test_no_internal_host_is_written(graph: Graph) -> None:
    written = graph.serialize(format="nt")
    assert "127.0.0.1" not in written
    assert "localhost" not in written


def test_provenance_and_methodology_are_statements(graph: Graph, dataset_node: URIRef) -> None:
    statements = set(graph.objects(dataset_node, DCT.provenance))
    assert {str(label) for each in statements for label in graph.objects(each, RDFS.label)} == {
        "Sistema ReGiS.",
        "Ritaglio dei file nazionali per codice di regione.",
    }
