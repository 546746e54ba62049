"""Nothing is invented, nothing breaks the page, and what is left out is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef

from ckanext.opencohesion.dcatapit.rdf.datasets import data_modified
from ckanext.opencohesion.dcatapit.rdf.literals import moment
from ckanext.opencohesion.dcatapit.rdf.namespaces import (
    DCAT,
    DCATAPIT,
    DCT,
    FOAF,
    LOCN,
    RDF,
    SKOS,
    SPDX,
    VCARD,
    XSD,
)

EU = "http://publications.europa.eu/resource/authority/"
Record = dict[str, Any]
Describe = Callable[..., tuple[Graph, list[str]]]


def bare(**fields: Any) -> Record:
    return {"id": "5f6c2b7e-0000-4000-8000-000000000002", "name": "x", "title": "X", **fields}


def test_nothing_is_said_that_the_fields_do_not_say(describe: Describe, dataset_node: URIRef) -> None:
    graph, left_out = describe(bare())
    said = set(graph.predicates(dataset_node))
    assert said == {RDF.type, DCT.title, DCT.identifier, DCAT.landingPage}
    assert [sentence for sentence in left_out if sentence.startswith("rights_holder")]


def test_the_owner_organization_is_rights_holder_and_publisher_by_default(
    describe: Describe, organization: Record, dataset_node: URIRef, base: str
) -> None:
    graph, _left_out = describe(bare(), organization)
    agent = URIRef(f"{base}/agent/regcal")
    assert graph.value(dataset_node, DCT.rightsHolder) == agent
    assert graph.value(dataset_node, DCT.publisher) == agent
    assert graph.value(dataset_node, DCT.identifier) == Literal("regcal:5f6c2b7e-0000-4000-8000-000000000002")


@pytest.mark.parametrize("code", ["N/A", "n.d.", "", "Regione Calabria", "http://x.it/regcal"])
def test_what_is_no_code_makes_no_agent(describe: Describe, dataset_node: URIRef, code: str) -> None:
    graph, left_out = describe(bare(rights_holder=[{"name": "Regione Calabria", "identifier": code}]))
    assert not list(graph.objects(dataset_node, DCT.rightsHolder))
    assert not list(graph.subjects(RDF.type, FOAF.Agent))
    assert any("IPA or tax code" in sentence for sentence in left_out)


def test_an_agent_called_by_two_names_keeps_the_first(describe: Describe, base: str) -> None:
    graph, _left_out = describe(
        bare(
            rights_holder=[{"name": "Regione Calabria", "identifier": "regcal"}],
            publisher=[{"name": "REGIONE CALABRIA", "identifier": "REGCAL", "type": "RegionalAuthority"}],
        )
    )
    agent = URIRef(f"{base}/agent/regcal")
    assert list(graph.objects(agent, FOAF.name)) == [Literal("Regione Calabria", lang="it")]
    assert graph.value(agent, DCT.type), "what the second naming adds is taken"


def test_a_contact_whose_uri_is_the_agent_s_gets_another(
    describe: Describe, dataset_node: URIRef, base: str
) -> None:
    agent = f"{base}/agent/regcal"
    contact = {"name": "Ufficio", "email": "dati@example.it", "uri": agent}
    graph, _left_out = describe(
        bare(rights_holder=[{"name": "R", "identifier": "regcal"}], contact=[contact])
    )
    node = graph.value(dataset_node, DCAT.contactPoint)
    assert node != URIRef(agent)
    assert str(node).startswith(f"{base}/contact/")


def test_a_contact_s_uri_stays_when_its_telephone_changes(describe: Describe, dataset_node: URIRef) -> None:
    nodes = {
        describe(bare(contact=[{"name": "Ufficio", "email": email, "telephone": number}]))[0].value(
            dataset_node, DCAT.contactPoint
        )
        for email, number in (("dati@example.it", "0961 1234"), ("DATI@example.it", "0961 9999"))
    }
    assert len(nodes) == 1


def test_two_periods_and_one_without_a_beginning(describe: Describe, dataset_node: URIRef) -> None:
    graph, left_out = describe(
        bare(temporal_coverage=[{"start": "2014", "end": "2020-12-31"}, {"start": "", "end": "2020-12-31"}])
    )
    (period,) = graph.objects(dataset_node, DCT.temporal)
    assert graph.value(period, DCATAPIT.startDate) == Literal("2014", datatype=XSD.gYear)
    assert any("begins" in sentence for sentence in left_out)


@pytest.mark.parametrize(
    ("code", "uri", "same_as"),
    [
        ("09", "https://sws.geonames.org/3165361/", "http://data.europa.eu/nuts/code/ITI1"),
        ("078", "https://sws.geonames.org/2524906/", "http://data.europa.eu/nuts/code/ITF61"),
        ("080063", EU + "place/ITA_REG", None),
        (
            "078001",
            "https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/078001",
            None,
        ),
    ],
)
def test_places_of_every_level(
    describe: Describe, dataset_node: URIRef, code: str, uri: str, same_as: str | None
) -> None:
    graph, left_out = describe(bare(territory=[code]))
    node = graph.value(dataset_node, DCT.spatial)
    assert str(node).startswith(uri)
    assert list(graph.objects(node, LOCN.geographicName))
    assert list(graph.objects(node, DCAT.bbox))
    if same_as:
        assert URIRef(same_as) in set(graph.objects(node, SKOS.exactMatch))
    assert not [sentence for sentence in left_out if "territory" in sentence]


def test_an_unknown_place_is_told(describe: Describe, dataset_node: URIRef) -> None:
    graph, left_out = describe(bare(territory=["99", "Cosenza"]))
    assert not list(graph.objects(dataset_node, DCT.spatial))
    assert len([sentence for sentence in left_out if "territory" in sentence]) == 2


def test_a_coverage_entry_by_http_geonames_page_is_the_region(
    describe: Describe, dataset_node: URIRef
) -> None:
    graph, _left_out = describe(
        bare(spatial_coverage=[{"uri": "http://www.geonames.org/2525468/calabria.html"}])
    )
    assert graph.value(dataset_node, DCT.spatial) == URIRef("https://sws.geonames.org/2525468/")


def test_a_coverage_entry_with_name_and_geometry(describe: Describe, dataset_node: URIRef) -> None:
    shape = '{"type": "Point", "coordinates": [16.25, 39.3]}'
    graph, _left_out = describe(
        bare(spatial_coverage=[{"text": "Valle del Crati", "geom": shape, "bbox": "{bad"}])
    )
    node = graph.value(dataset_node, DCT.spatial)
    assert isinstance(node, BNode)
    assert str(graph.value(node, LOCN.geographicName)) == "Valle del Crati"
    assert str(graph.value(node, LOCN.geometry)) == "POINT (16.2500 39.3000)"
    assert not list(graph.objects(node, DCAT.bbox))


@pytest.mark.parametrize(
    ("licence", "uri"),
    [
        ("A11_CCO10", "https://creativecommons.org/publicdomain/zero/1.0/"),
        (
            "http://creativecommons.org/licenses/by/4.0/deed.it",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        (EU + "licence/CC_BY_4_0", "https://creativecommons.org/licenses/by/4.0/"),
        ("https://example.it/licenza", "https://example.it/licenza"),
    ],
)
def test_a_licence_is_its_canonical_address(describe: Describe, licence: str, uri: str) -> None:
    graph, _left_out = describe(bare(resources=[{"id": "r", "license": licence}]))
    (written,) = graph.objects(None, DCT.license)
    assert written == URIRef(uri)


def test_an_unknown_licence_is_not_turned_into_another(describe: Describe) -> None:
    graph, left_out = describe(bare(license_id="notspecified", resources=[{"id": "r"}]))
    assert not list(graph.objects(None, DCT.license))
    assert any("notspecified" in sentence for sentence in left_out)


def test_sizes_and_digests_are_measured_or_absent(describe: Describe) -> None:
    for size, digest in ((None, ""), (0, "d41d8cd98f00b204e9800998ecf8427e"), ("1,2 MB", "N/A"), (-1, None)):
        graph, _left_out = describe(bare(resources=[{"id": "r", "size": size, "hash": digest}]))
        assert not list(graph.objects(None, DCAT.byteSize))
        assert not list(graph.objects(None, SPDX.checksum))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"modified": "2026-06-30", "resources": [{"id": "r", "last_modified": "2026-11-01T08:00:00"}]},
            "2026-06-30",
        ),
        (
            {
                "resources": [
                    {"id": "r", "last_modified": "2026-11-01T08:00:00"},
                    {"id": "s", "modified": "2026-11-02"},
                ]
            },
            "2026-11-02",
        ),
        (
            {"modified": "ieri", "resources": [{"id": "r", "created": "2026-10-01T08:00:00"}]},
            "2026-10-01T08:00:00",
        ),
        ({"metadata_modified": "2026-11-05T08:00:00"}, "2026-11-05T08:00:00"),
    ],
)
def test_modified_is_when_the_data_changed(fields: Record, expected: str) -> None:
    assert data_modified(bare(**fields)) == expected


@pytest.mark.parametrize(
    ("typed", "written", "datatype"),
    [
        ("2024", "2024", XSD.gYear),
        ("2024-05", "2024-05", XSD.gYearMonth),
        ("2024-05-31", "2024-05-31", XSD.date),
        ("2024-05-31T10:11:12.131415", "2024-05-31T10:11:12", XSD.dateTime),
        ("2024-05-31T10:11:12.528Z", "2024-05-31T10:11:12", XSD.dateTime),
        ("2024-05-31T10:11:12+02:00", "2024-05-31T08:11:12", XSD.dateTime),
    ],
)
def test_dates_keep_their_precision_and_times_are_utc(typed: str, written: str, datatype: URIRef) -> None:
    literal = moment(typed)
    assert literal is not None
    assert (str(literal), literal.datatype) == (written, datatype)


@pytest.mark.parametrize("typed", ["2024-13-01", "31/05/2024", "ieri", "", None, 2024])
def test_what_is_no_date_is_nothing(typed: object) -> None:
    assert moment(typed) is None


def test_texts_are_in_the_dataset_s_language(describe: Describe, dataset_node: URIRef) -> None:
    for languages, tag in (([], "it"), (["DEU", "ITA"], "it"), (["DEU"], "de"), (["ENG"], "en")):
        graph, _left_out = describe(bare(language=[EU + "language/" + code for code in languages]))
        (title,) = graph.objects(dataset_node, DCT.title)
        assert title.language == tag


def test_translated_texts_come_one_for_each_language(describe: Describe, dataset_node: URIRef) -> None:
    graph, _left_out = describe(bare(title_translated={"it": "Progetti", "en": "Projects", "de": ""}))
    assert set(graph.objects(dataset_node, DCT.title)) == {
        Literal("Progetti", lang="it"),
        Literal("Projects", lang="en"),
    }


def test_bad_addresses_are_escaped_or_left_out(
    describe: Describe, dataset: Record, organization: Record
) -> None:
    dataset["url"] = "non è un indirizzo"
    dataset["documentation"] = ["https://example.it/dell'ente {1}.pdf", "guida.pdf"]
    dataset["resources"][0]["url"] = "https://example.it/a b|c.csv"
    graph, left_out = describe(dataset, organization)
    for fmt in ("turtle", "pretty-xml", "json-ld"):
        graph.serialize(format=fmt)
    assert URIRef("https://example.it/a%20b%7Cc.csv") in set(graph.objects(None, DCAT.accessURL))
    assert any("guida.pdf" in sentence for sentence in left_out)


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=12),
        st.sampled_from(["https://x.it/{a} b", "2024-13-01", "078", "[1", '{"a": 1}']),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "identifier", "uri", "email", "start", "text", "geom", "url", "it"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *(
            "title",
            "notes",
            "tags",
            "title_translated",
            "theme",
            "subtheme",
            "frequency",
            "language",
            "access_rights",
        ),
        *(
            "issued",
            "modified",
            "rights_holder",
            "publisher",
            "creator",
            "contact",
            "territory",
            "spatial_coverage",
        ),
        *(
            "temporal_coverage",
            "conforms_to",
            "alternate_identifier",
            "version",
            "url",
            "documentation",
            "methodology",
        ),
        *(
            "methodology_url",
            "provenance",
            "legal_basis",
            "license_id",
            "is_version_of",
            "type",
            "identifier",
        ),
    ]
)
RESOURCE_FIELDS = st.sampled_from(
    [
        *(
            "name",
            "description",
            "url",
            "url_type",
            "download_url",
            "access_url",
            "format",
            "mimetype",
            "size",
            "hash",
        ),
        *("license", "status", "availability", "issued", "modified", "last_modified", "created", "rights"),
        *("documentation", "conforms_to"),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    fields=st.dictionaries(FIELDS, JUNK, max_size=8),
    resource=st.dictionaries(RESOURCE_FIELDS, JUNK, max_size=8),
)
def test_no_value_whatever_makes_the_page_unreadable(
    describe: Describe, fields: Record, resource: Record
) -> None:
    graph, _left_out = describe({**bare(), **fields, "resources": [{"id": "r", **resource}]})
    for fmt, parser in (("turtle", "turtle"), ("pretty-xml", "xml"), ("json-ld", "json-ld")):
        again = Graph().parse(data=graph.serialize(format=fmt), format=parser)
        assert len(again) == len(graph)
    assert not [agent for agent in graph.subjects(RDF.type, FOAF.Agent) if isinstance(agent, BNode)]
    assert all(str(address).startswith("mailto:") for address in graph.objects(None, VCARD.hasEmail))
