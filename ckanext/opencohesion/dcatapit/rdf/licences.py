"""Licences: the canonical address of each, described as the national vocabulary does.

The national catalogue and data.europa.eu know a licence by its canonical address
(https://creativecommons.org/licenses/by/4.0/), so that is the node; where a licence of the vocabulary has none,
the vocabulary's own URI is. An unknown licence is never turned into another one.
"""

from __future__ import annotations

from functools import cache

from rdflib import Literal, URIRef

from ckanext.opencohesion.vocabularies import Term, vocabulary

from .concepts import Scheme, add_labels, described_concept
from .document import Document
from .iri import safe_iri
from .namespaces import DCATAPIT, DCT, FOAF, OWL, RDF

_LICENCES = "licences-it"
_EU_LICENCE = "http://publications.europa.eu/resource/authority/licence/"
_LICENCE_TYPE = Scheme(
    "http://purl.org/adms/licencetype/1.0", {"it": "Tipi di licenza ADMS", "en": "ADMS licence types"}
)


def licence_node(document: Document, field_name: str, value: object) -> URIRef | None:
    """The node of a licence given by code, vocabulary URI, EU licence URI or canonical address.

    An address that the vocabulary does not know is kept; a word that names no licence is left out with a note.
    """
    term = _by_key().get(_key(str(value)))
    node = URIRef(term.fields.get("reference_uri") or term.uri) if term is not None else safe_iri(value)
    if node is None:
        document.leave_out(field_name, value, f"not in the vocabulary {_LICENCES}")
        return None
    if document.is_described(node, DCATAPIT.LicenseDocument):
        return node
    document.add(node, RDF.type, DCATAPIT.LicenseDocument)
    document.add(node, RDF.type, DCT.LicenseDocument)
    if term is not None:
        add_labels(document, node, FOAF.name, term.labels)
        if term.fields.get("version"):
            document.add(node, OWL.versionInfo, Literal(term.fields["version"]))
        document.add(node, DCT.type, _licence_type(document, term))
    return node


def _licence_type(document: Document, term: Term) -> URIRef | None:
    """The ADMS type of a licence, under the name that the national vocabulary's second level gives it."""
    uri = term.fields.get("adms_licence_type")
    if not uri:
        return None
    group = next(
        (
            each
            for each in vocabulary(_LICENCES).terms
            if each.fields.get("level") == "2" and each.fields.get("adms_licence_type") == uri
        ),
        term,
    )
    return described_concept(document, URIRef(uri), _LICENCE_TYPE, group.labels)


@cache
def _by_key() -> dict[str, Term]:
    """Every spelling under which a licence is met, to its term of the national vocabulary."""
    found: dict[str, Term] = {}
    for term in vocabulary(_LICENCES).terms:
        eu_code = term.fields.get("eu_licence_code")
        spellings = [
            term.code,
            term.uri,
            term.fields.get("reference_uri"),
            _EU_LICENCE + eu_code if eu_code else None,
        ]
        for spelling in spellings:
            if spelling:
                found.setdefault(_key(spelling), term)
    return found


def _key(spelling: str) -> str:
    """An address without scheme, `www.`, final slash and Creative Commons' language page; codes as they are."""
    key = spelling.strip().casefold()
    for prefix in ("https://", "http://", "www."):
        key = key.removeprefix(prefix)
    for suffix in ("/deed.it", "/deed.en", "/deed", "/legalcode"):
        key = key.removesuffix(suffix)
    return key.rstrip("/")
