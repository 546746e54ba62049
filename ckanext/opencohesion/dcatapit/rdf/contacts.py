"""Contact points: the office that answers for a dataset (dcatapit:Organization, vcard:Organization, vcard:Kind)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from rdflib import BNode, Literal, URIRef

from .document import Document
from .iri import mailto, safe_iri, telephone
from .literals import text
from .namespaces import DCATAPIT, RDF, VCARD


def contact_node(
    document: Document, record: Mapping[str, object], taken: Collection[URIRef]
) -> URIRef | None:
    """The office's node, described by the first dataset of the document that names it.

    Its URI is the given one or `<portal>/contact/<digest>`; the digest is made of the office's e-mail and name,
    so it stays the same in every dataset and when a telephone number changes. A given URI that is an agent's
    (`taken`) is not used: the DCAT-AP_IT guide names one URI for both as a common error.
    Name and e-mail are mandatory in DCAT-AP_IT, so an entry without them is left out.
    """
    name, email = text(record.get("name")), mailto(record.get("email"))
    if name is None or email is None:
        document.leave_out(
            "contact", name or record.get("email"), "a contact needs a name and an e-mail address"
        )
        return None
    node = safe_iri(record.get("uri"))
    if node is None or node in taken:
        digest = hashlib.sha256(f"{email}\n{name.casefold()}".encode()).hexdigest()[:16]
        node = URIRef(f"{document.base}/contact/{digest}")
    if document.is_described(node, DCATAPIT.Organization):
        return node
    for kind in (DCATAPIT.Organization, VCARD.Organization, VCARD.Kind):
        document.add(node, RDF.type, kind)
    document.add(node, VCARD.fn, Literal(name))
    document.add(node, VCARD.hasEmail, email)
    document.add(node, VCARD.hasURL, safe_iri(record.get("url")))
    number = telephone(record.get("telephone"))
    if number is not None:
        line = BNode()
        document.add(node, VCARD.hasTelephone, line)
        document.add(line, RDF.type, VCARD.TelephoneType)
        document.add(line, RDF.type, VCARD.Voice)
        document.add(line, VCARD.hasValue, number)
        document.add(line, VCARD.value, Literal(text(record.get("telephone"))))
    return node
