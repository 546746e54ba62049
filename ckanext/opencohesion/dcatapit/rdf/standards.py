"""Standards that data conform to (dcatapit:Standard, dct:Standard)."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import Literal, URIRef

from .document import Document
from .iri import safe_iri
from .literals import as_list, text, texts
from .namespaces import DCATAPIT, DCT, FOAF, RDF


def standard_node(document: Document, value: object) -> URIRef | None:
    """The node of a standard given by address or by an entry (`uri`, `identifier`, `title`, `description`,
    `reference_documentation`). Without an address there is no node that others could recognise: it is left out.
    """
    record: Mapping[str, object] = value if isinstance(value, Mapping) else {"uri": value}
    identifier = text(record.get("identifier"))
    node = safe_iri(record.get("uri")) or safe_iri(identifier)
    if node is None:
        document.leave_out(
            "conforms_to", identifier or record.get("title") or value, "a standard needs an address"
        )
        return None
    if document.is_described(node, DCATAPIT.Standard):
        return node
    document.add(node, RDF.type, DCATAPIT.Standard)
    document.add(node, RDF.type, DCT.Standard)
    document.add(node, DCT.identifier, Literal(identifier or str(node)))
    for title in texts(record, "title", document.language):
        document.add(node, DCT.title, title)
    for description in texts(record, "description", document.language):
        document.add(node, DCT.description, description)
    for address in as_list(record.get("reference_documentation")):
        page = safe_iri(address)
        if page is None:
            document.leave_out("conforms_to.reference_documentation", address, "not an address")
            continue
        document.add(node, DCATAPIT.referenceDocumentation, page)
        document.add(page, RDF.type, FOAF.Document)
    return node
