"""The catalogue and its datasets as a harvester gets them, from a real CKAN with the real schemas."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ckan.common import config
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node
from support.people import act, dataset_fields, make_organization

from ckanext.opencohesion.dcatapit import profile
from ckanext.opencohesion.dcatapit.rdf.namespaces import ADMS, DCAT, DCATAP, DCATAPIT, DCT, FOAF, RDF, XSD
from ckanext.opencohesion.dcatapit.settings import public_base

CHECK_RDF = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "check-rdf"
ADMS_TYPE = "http://purl.org/adms/publishertype/"
EU = "http://publications.europa.eu/resource/authority/"
SAID = {
    "ckanext.opencohesion.dcatapit.publisher_name": "Regione Calabria",
    "ckanext.opencohesion.dcatapit.publisher_identifier": "regcal",
    "ckanext.opencohesion.dcatapit.publisher_type": "RegionalAuthority",
    "ckanext.opencohesion.dcatapit.catalogue_description": "I dati aperti di un portale di prova.",
    "ckanext.opencohesion.dcatapit.catalogue_issued": "2026-11-21",
    "ckanext.opencohesion.dcatapit.catalogue_licence": "A21_CCBY40",
}
OF_TYPE: dict[str, dict[str, Any]] = {
    "dataset": {},
    "cohesion": {"programming_cycle": ["2014-2020"], "fund": ["FESR"]},
    "pnrr": {"mission": ["M1"]},
}
EVERY_FIELD: dict[str, Any] = {
    "issued": "2026-03-01",
    "publisher": [
        {"name": "Regione Calabria", "identifier": "regcal", "type": ADMS_TYPE + "RegionalAuthority"}
    ],
    "creator": [{"name": "ARPACAL", "identifier": "arpa_ca", "type": ADMS_TYPE + "RegionalAuthority"}],
    "contact": [
        {
            "name": "Ufficio",
            "email": "dati@example.org",
            "telephone": "0961 000000",
            "url": "https://example.org/ufficio",
        }
    ],
    "territory": ["18", "078", "078045"],
    "spatial_coverage": [
        {
            "text": "Valle del Crati",
            "bbox": '{"type": "Polygon", "coordinates": [[[16, 39], [17, 39], [17, 40], [16, 40], [16, 39]]]}',
            "centroid": '{"type": "Point", "coordinates": [16.5, 39.5]}',
        }
    ],
    "conforms_to": [
        {
            "title": "Table Schema",
            "identifier": "table-schema",
            "uri": "https://example.org/table-schema",
            "description": "Come si descrivono le colonne.",
            "reference_documentation": "https://example.org/guida",
        }
    ],
    "alternate_identifier": ["CAL-1"],
    "version": "2026.06",
    "version_notes": "Rilascio di giugno.",
    "is_version_of": ["https://example.org/dataset/altro"],
    "url": "https://example.org/progetti",
    "documentation": ["https://example.org/guida.pdf"],
    "methodology_url": "https://example.org/metodo.pdf",
    "access_rights": EU + "access-right/PUBLIC",
    "provenance": "Sistema ReGiS.",
    "legal_basis": "https://example.org/legge/1",
}
FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@pytest.fixture
def said(with_plugins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that says in its configuration who publishes the catalogue."""
    for key, value in SAID.items():
        monkeypatch.setitem(config, key, value)


@pytest.fixture
def office(clean_db: None) -> dict[str, Any]:
    return make_organization(name="regione-calabria", title="Regione Calabria", identifier="regcal")


@pytest.fixture
def publish(
    request_context: None, office: dict[str, Any], web_source: Any, run_jobs: Callable[[], None]
) -> Callable[..., dict[str, Any]]:
    """Saves a whole dataset with a right file and has it checked; returns it as everybody sees it."""

    def run(dataset_type: str = "dataset", **fields: Any) -> dict[str, Any]:
        resource = {
            "name": "Tabella",
            "description": "Una riga per comune.",
            "url": web_source.put(
                "/tabella.csv", b"comune,abitanti\nCosenza,63000\n", content_type="text/csv"
            ),
            "format": "CSV",
            "availability": EU + "planned-availability/STABLE",
            "status": EU + "distribution-status/COMPLETED",
        }
        whole = {
            "type": dataset_type,
            "temporal_coverage": [{"start": "2021-01-01", "end": "2026-06-30"}],
            "contact": [
                {"name": "Ufficio dati", "email": "dati@example.org", "telephone": "+39 0961 000000"}
            ],
            "language": [EU + "language/ITA"],
            "tag_string": "coesione,comuni",
            "subtheme": ["http://eurovoc.europa.eu/100163"],
            "resources": [resource],
            **OF_TYPE[dataset_type],
        }
        made = act("package_create", **dataset_fields(office["id"], **whole | fields))
        run_jobs()
        return act("package_show", id=made["id"])

    return run


def graph_of(app: Any, path: str, fmt: str = "ttl") -> Graph:
    answer = app.get(f"{path.format(fmt=fmt)}", status=200)
    return Graph().parse(data=answer.body, format=FORMATS[fmt])


def findings(graph: Graph, folder: Path) -> str:
    """What the independent SHACL check says of a document: its lines of findings."""
    if not CHECK_RDF.is_file():
        pytest.skip(f"needs the independent check {CHECK_RDF}, which is not there")
    file = folder / "document.ttl"
    graph.serialize(file, format="turtle")
    run = subprocess.run([sys.executable, CHECK_RDF, file], capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    return "\n".join(line for line in run.stdout.splitlines() if not line.startswith("#"))


def only(graph: Graph, subject: Node, predicate: Node) -> Any:
    (value,) = graph.objects(subject, predicate)
    return value


@pytest.mark.usefixtures("said")
def test_the_catalogue_and_every_type_of_dataset_are_valid(
    app: Any, publish: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    datasets = [publish(dataset_type) for dataset_type in OF_TYPE]
    documents = [graph_of(app, "/catalog.{fmt}", fmt) for fmt in FORMATS]
    assert len({len(document) for document in documents}) == 1, "the three formats say the same"
    catalogue = documents[0]
    assert findings(catalogue, tmp_path) == "0 violations, 0 warnings"
    base = config["ckanext.dcat.base_uri"]
    listed = set(catalogue.objects(URIRef(base), DCAT.dataset))
    assert listed == {URIRef(f"{base}/dataset/{each['id']}") for each in datasets}
    assert listed == set(catalogue.subjects(RDF.type, DCATAPIT.Dataset))
    for each in datasets:
        node = URIRef(f"{base}/dataset/{each['id']}")
        for mandatory in (
            *(DCT.identifier, DCT.title, DCT.description, DCT.modified, DCAT.theme),
            *(DCT.rightsHolder, DCT.accrualPeriodicity, DCAT.distribution, DCAT.contactPoint, DCT.publisher),
        ):
            assert len(list(catalogue.objects(node, mandatory))) == 1, mandatory
    assert not [agent for agent in catalogue.subjects(RDF.type, FOAF.Agent) if isinstance(agent, BNode)]


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_dataset_with_every_field_is_valid_by_itself_in_every_format(
    app: Any, publish: Callable[..., dict[str, Any]], tmp_path: Path, fmt: str
) -> None:
    dataset = publish("pnrr", **EVERY_FIELD)
    document = graph_of(app, f"/dataset/{dataset['id']}.{{fmt}}", fmt)
    assert findings(document, tmp_path) == "0 violations, 0 warnings"
    (node,) = document.subjects(RDF.type, DCATAPIT.Dataset)
    for predicate, count in (
        *((DCT.spatial, 4), (DCT.creator, 1), (DCT.conformsTo, 1), (ADMS.identifier, 1), (FOAF.page, 2)),
        *(
            (DCT.provenance, 2),
            (DCT.accessRights, 1),
            (DCT.isVersionOf, 1),
            (DCATAP.applicableLegislation, 1),
        ),
    ):
        assert len(list(document.objects(node, predicate))) == count, predicate


@pytest.mark.usefixtures("said")
def test_the_catalogue_says_what_dcat_ap_it_wants_of_it(
    app: Any, publish: Callable[..., dict[str, Any]]
) -> None:
    publish()
    graph = graph_of(app, "/catalog.{fmt}")
    base = config["ckanext.dcat.base_uri"]
    catalogue = URIRef(base)
    assert set(graph.objects(catalogue, RDF.type)) == {DCATAPIT.Catalog, DCAT.Catalog}
    assert only(graph, catalogue, DCT.title) == Literal(config["ckan.site_title"], lang="it")
    assert only(graph, catalogue, DCT.description).language == "it"
    publisher = only(graph, catalogue, DCT.publisher)
    assert publisher == URIRef(f"{base}/agent/regcal")
    assert only(graph, publisher, DCT.identifier) == Literal("regcal")
    assert only(graph, publisher, FOAF.name) == Literal("Regione Calabria", lang="it")
    assert only(graph, catalogue, DCT.modified).datatype == XSD.dateTime
    assert only(graph, catalogue, DCT.issued) == Literal("2026-11-21", datatype=XSD.date)
    assert only(graph, catalogue, DCT.language) == URIRef(EU + "language/ITA")
    assert only(graph, catalogue, DCAT.themeTaxonomy) == URIRef(EU + "data-theme")
    homepage = only(graph, catalogue, FOAF.homepage)
    assert homepage == URIRef(base + "/")
    assert (homepage, RDF.type, FOAF.Document) in graph


def test_without_its_publisher_s_code_the_catalogue_invents_none_and_says_so(
    app: Any,
    publish: Callable[..., dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("publisher_name", "publisher_identifier", "publisher_uri"):
        monkeypatch.setitem(config, f"ckanext.opencohesion.dcatapit.{name}", "")
    publish()
    graph = graph_of(app, "/catalog.{fmt}")
    assert not list(graph.objects(URIRef(config["ckanext.dcat.base_uri"]), DCT.publisher))
    told = [record.getMessage() for record in caplog.records if record.name == profile.__name__]
    assert any("IPA code" in sentence and "ckanext.opencohesion.dcatapit" in sentence for sentence in told)


def test_a_private_dataset_is_nowhere(app: Any, publish: Callable[..., dict[str, Any]]) -> None:
    shown, hidden = publish(), publish(private=True)
    answers = [app.get(f"/catalog.{fmt}", status=200).body for fmt in FORMATS]
    assert all(shown["id"] in answer for answer in answers)
    assert not any(hidden["id"] in answer or hidden["title"] in answer for answer in answers)
    for fmt in FORMATS:
        assert app.get(f"/dataset/{hidden['id']}.{fmt}").status_code in (403, 404)


def test_head_is_answered_as_get(app: Any, publish: Callable[..., dict[str, Any]]) -> None:
    dataset = publish()
    client = app.flask_app.test_client()
    for path in ("/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", f"/dataset/{dataset['id']}.ttl"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content_type == app.get(path).content_type


@pytest.mark.usefixtures("said")
def test_every_page_is_valid_alone_and_together_they_hold_every_dataset_once(
    app: Any, publish: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(config, "ckanext.dcat.datasets_per_page", 2)
    expected = {publish()["id"] for _number in range(3)}
    pages = [graph_of(app, f"/catalog.ttl?page={number}") for number in (1, 2)]
    seen = [str(node).rpartition("/")[2] for page in pages for node in page.objects(None, DCAT.dataset)]
    assert sorted(seen) == sorted(expected)
    for page in pages:
        assert findings(page, tmp_path) == "0 violations, 0 warnings"


def test_a_dataset_that_can_not_be_described_fails_the_page_instead_of_vanishing(
    app: Any, publish: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = publish(), publish()
    describe = profile.add_dataset

    def describe_all_but_one(document: Any, dataset: Any, *rest: Any) -> None:
        if dataset["id"] == bad["id"]:
            raise ValueError("a value of a kind that nobody foresaw")
        describe(document, dataset, *rest)

    monkeypatch.setattr(profile, "add_dataset", describe_all_but_one)
    with pytest.raises(profile.UnserialisableDatasetError, match=bad["name"]):
        act("dcat_catalog_show", format="ttl")
    assert good["id"] in act("dcat_dataset_show", id=good["id"], format="ttl")


@pytest.mark.usefixtures("said")
def test_every_uri_is_under_the_public_address_with_its_path(
    app: Any, publish: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    monkeypatch.setitem(config, "ckanext.dcat.base_uri", "https://dati.example.it/opendata")
    graph = graph_of(app, "/catalog.{fmt}")
    ours = {
        node
        for kind in (DCAT.Dataset, DCAT.Distribution, DCAT.Catalog, FOAF.Agent)
        for node in graph.subjects(RDF.type, kind)
    }
    assert len(ours) == 4
    assert all(str(node).startswith("https://dati.example.it/opendata") for node in ours)
    origin = {str(address) for address in graph.objects(None, DCAT.accessURL)}
    internal = {str(node) for triple in graph for node in triple if "127.0.0.1" in str(node)}
    assert internal <= origin, "the test's own source of the file, and nothing else"


@pytest.mark.parametrize(
    ("site_url", "root_path", "expected"),
    [
        ("https://dati.example.it", "", "https://dati.example.it"),
        ("https://dati.example.it/", "/opendata/{{LANG}}", "https://dati.example.it/opendata"),
        ("https://dati.example.it", "/opendata/{{LANG}}/", "https://dati.example.it/opendata"),
        ("https://dati.example.it/opendata", "/opendata/{{LANG}}", "https://dati.example.it/opendata"),
        ("https://dati.example.it/opendata", "", "https://dati.example.it/opendata"),
        ("http://127.0.0.1:5000", "/{{LANG}}", "http://127.0.0.1:5000"),
    ],
)
def test_the_public_address_is_host_and_path(site_url: str, root_path: str, expected: str) -> None:
    assert public_base(site_url, root_path) == expected


@pytest.mark.usefixtures("with_plugins")
def test_fields_that_only_ckanext_dcat_knows_are_said_by_its_profile_and_nothing_else_is() -> None:
    plain = {
        "id": "d",
        "name": "x",
        "title": "X",
        "type": "dataset",
        "resources": [{"id": "r", "package_id": "d"}],
    }
    service = {"title": "API", "endpoint_url": ["https://example.org/api"]}
    more = {
        **plain,
        "hvd_category": ["http://data.europa.eu/bna/c_e1da4e07"],
        "resources": [{**plain["resources"][0], "access_services": [service]}],
    }
    node = URIRef("https://example.org/dataset/d")
    before, after = Graph(), Graph()
    profile.ItalianDCATAPProfile(before).graph_from_dataset(plain, node)
    profile.ItalianDCATAPProfile(after).graph_from_dataset(more, node)
    added = {predicate for _subject, predicate, _object in after - before}
    assert added == {DCATAP.hvdCategory, DCAT.accessService, RDF.type, DCT.title, DCAT.endpointURL}
