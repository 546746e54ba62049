"""Distributions: the files of a dataset (dcatapit:Distribution, dcat:Distribution)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from rdflib import BNode, Literal, URIRef

from ckanext.opencohesion.tables.profiles import find_profile
from ckanext.opencohesion.vocabularies import vocabulary

from .concepts import AVAILABILITY, FILE_TYPE, STATUS, concept
from .document import Document
from .iri import safe_iri
from .licences import licence_node
from .literals import add_moment, as_list, sha256, size_bytes, text, texts
from .namespaces import ADMS, DCAT, DCATAP, DCATAPIT, DCT, FOAF, RDF, RDFS, SPDX
from .standards import standard_node

# IANA's top-level types; a subtype that begins with x- is not registered and so not in its list.
_MEDIA_TYPE = re.compile(
    r"(application|audio|font|image|message|model|multipart|text|video)/(?!x-)[a-z0-9][a-z0-9!#$&^_.+-]*"
)
_IANA = "https://www.iana.org/assignments/media-types/"
_SHA256_ALGORITHM = SPDX.checksumAlgorithm_sha256


def add_distribution(
    document: Document,
    dataset: Mapping[str, object],
    dataset_node: URIRef,
    resource: Mapping[str, object],
    node: URIRef,
) -> None:
    """Adds one file of a dataset.

    Sizes, digests, dates and statuses are written where they were measured or declared, never assumed. The
    file's own licence goes before the dataset's.
    """
    document.add(dataset_node, DCAT.distribution, node)
    document.add(node, RDF.type, DCATAPIT.Distribution)
    document.add(node, RDF.type, DCAT.Distribution)
    for title in texts(resource, "name", document.language):
        document.add(node, DCT.title, title)
    for description in texts(resource, "description", document.language):
        document.add(node, DCT.description, description)
    _add_addresses(document, dataset, resource, node)
    _add_format(document, resource, node)
    if resource.get("license"):
        document.add(node, DCT.license, licence_node(document, "license", resource["license"]))
    elif dataset.get("license_id"):
        licence = licence_node(document, "license_id", dataset["license_id"])
        document.add(node, DCT.license, licence or safe_iri(dataset.get("license_url")))
    for field_name, predicate, scheme in (
        ("status", ADMS.status, STATUS),
        ("availability", DCATAP.availability, AVAILABILITY),
    ):
        if resource.get(field_name):
            document.add(node, predicate, concept(document, scheme, field_name, resource[field_name]))
    add_moment(document, node, DCT.issued, "resource.issued", resource.get("issued"))
    add_moment(document, node, DCT.modified, "resource.modified", resource_modified(resource))
    document.add(node, DCAT.byteSize, size_bytes(resource.get("size")))
    _add_checksum(document, resource, node)
    _add_statement(document, resource, node)
    for address in as_list(resource.get("documentation")):
        add_page(document, node, "resource.documentation", address)
    for standard in as_list(resource.get("conforms_to")):
        document.add(node, DCT.conformsTo, standard_node(document, standard))
    _add_structure(document, resource, node)


def resource_modified(resource: Mapping[str, object]) -> object:
    """When the file's content changed: as declared, else when the file was last replaced, else when it came in."""
    return resource.get("modified") or resource.get("last_modified") or resource.get("created")


def dataset_page(document: Document, dataset: Mapping[str, object]) -> URIRef:
    """The dataset's page on this portal."""
    kind, name = dataset.get("type") or "dataset", dataset.get("name") or dataset.get("id")
    return URIRef(f"{document.base}/{quote(str(kind))}/{quote(str(name))}")


def add_page(document: Document, node: URIRef, field_name: str, address: object) -> None:
    """Adds a document about a dataset or a file (foaf:page)."""
    page = safe_iri(address)
    if page is None:
        document.leave_out(field_name, address, "not an address")
        return
    document.add(node, FOAF.page, page)
    document.add(page, RDF.type, FOAF.Document)


def _add_addresses(
    document: Document, dataset: Mapping[str, object], resource: Mapping[str, object], node: URIRef
) -> None:
    """downloadURL is the file itself; accessURL its origin, for a file that lives elsewhere.

    DCAT: where the file's own address is all there is, accessURL repeats it. A distribution without any
    address has its page on the portal, because accessURL is mandatory.
    """
    uploaded = resource.get("url_type") == "upload"
    own = _own_address(document, dataset, resource, resource.get("url"))
    download = safe_iri(
        _own_address(document, dataset, resource, resource.get("download_url")) or (own if uploaded else None)
    )
    origin = safe_iri(resource.get("access_url")) or (None if uploaded else safe_iri(own))
    page = URIRef(f"{dataset_page(document, dataset)}/resource/{quote(str(resource.get('id')))}")
    access = origin or download or page
    for predicate, address in ((DCAT.accessURL, access), (DCAT.downloadURL, download)):
        document.add(node, predicate, address)
        if address is not None:
            document.add(address, RDF.type, RDFS.Resource)


def _own_address(
    document: Document, dataset: Mapping[str, object], resource: Mapping[str, object], value: object
) -> str | None:
    """A file address of this portal under its public address of today; any other address as it is.

    CKAN writes these addresses when a dataset is indexed, with the host and the interface language of that
    moment (`http://internal:5000/en/dataset/<id>/resource/<id>/…`); readers of the catalogue must all get the same.
    """
    address = text(value)
    if address is None:
        return None
    path = f"/{dataset.get('id')}/resource/{resource.get('id')}/"
    before, found, rest = address.partition(path)
    if found:
        return f"{document.base}/{before.rpartition('/')[2]}{path}{rest}"
    if resource.get("url_type") == "upload" and "/" not in address:  # a bare file name
        return f"{document.base}/dataset{path}download/{address}"
    return address


def _add_format(document: Document, resource: Mapping[str, object], node: URIRef) -> None:
    """The EU file type, and the IANA media type: the measured one, else the one that the EU table gives the format."""
    code = resource.get("format")
    if code:
        document.add(node, DCT["format"], concept(document, FILE_TYPE, "format", code))
    media_type = str(resource.get("mimetype") or "").partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        term = vocabulary(FILE_TYPE.vocabulary).find(str(code).strip()) or vocabulary(
            FILE_TYPE.vocabulary
        ).find(str(code).strip().upper())
        media_type = term.fields["media_type"] if term and term.fields["media_type_iana"] == "yes" else ""
    if media_type:
        media_node = URIRef(_IANA + media_type)
        document.add(node, DCAT.mediaType, media_node)
        document.add(media_node, RDF.type, DCT.MediaType)


def _add_checksum(document: Document, resource: Mapping[str, object], node: URIRef) -> None:
    digest = sha256(resource.get("hash"))
    if digest is None:
        return
    checksum = BNode()
    document.add(node, SPDX.checksum, checksum)
    document.add(checksum, RDF.type, SPDX.Checksum)
    document.add(checksum, SPDX.checksumValue, digest)
    document.add(checksum, SPDX.algorithm, _SHA256_ALGORITHM)
    document.add(_SHA256_ALGORITHM, RDF.type, SPDX.ChecksumAlgorithm)


def _add_structure(document: Document, resource: Mapping[str, object], node: URIRef) -> None:
    """dct:conformsTo: the page that describes the table's structure, with its Table Schema and dictionary."""
    profile = find_profile(text(resource.get("table_schema"))) if document.structures else None
    if profile is not None:
        titles = {language: words for language, words in profile.title.items() if words}
        standard = {"uri": f"{document.structures}{profile.id}", "identifier": profile.id, "title": titles}
        document.add(node, DCT.conformsTo, standard_node(document, standard))


def _add_statement(document: Document, resource: Mapping[str, object], node: URIRef) -> None:
    """dct:rights: an address, or a text in a node of its own."""
    rights = text(resource.get("rights"))
    if rights is None:
        return
    statement = safe_iri(rights) or BNode()
    document.add(node, DCT.rights, statement)
    document.add(statement, RDF.type, DCT.RightsStatement)
    if isinstance(statement, BNode):
        document.add(statement, RDFS.label, Literal(rights, lang=document.language))
