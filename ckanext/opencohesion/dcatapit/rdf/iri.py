"""Turns what people type into IRIs that every RDF format can carry, or into nothing.

One bad address must not make a whole catalogue page unreadable: rdflib refuses to write an IRI with a space or
a brace, and a harvester stops at the first page that it can not parse.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from rdflib import URIRef

# RFC 3986: reserved and unreserved characters, and % for what is escaped already. The single quote is legal but
# is escaped all the same: it breaks addresses in the national catalogue's harvester.
_KEPT = "!#$%&()*+,/:;=?@[]-._~"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB_SCHEMES = frozenset({"http", "https", "ftp"})
_OTHER_SCHEMES = frozenset({"urn", "doi", "info"})
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NO_DIGITS = re.compile(r"[^0-9]")
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LINE_BREAKS = re.compile(r"[\t\r\n]")


def safe_iri(value: object) -> URIRef | None:
    """An absolute IRI from a text: what is not allowed in it is percent-encoded, what is encoded stays.

    Returns None where there is nothing to point at: no text, no known scheme, no host. An address with a user's
    name or password in it is nothing to publish either.
    """
    if not isinstance(value, str):
        return None
    text = _LINE_BREAKS.sub("", value).strip()
    scheme = text.partition(":")[0].lower()
    if scheme in _OTHER_SCHEMES and len(text) > len(scheme) + 1:
        return URIRef(scheme + _encode(text[len(scheme) :]))
    if scheme not in _WEB_SCHEMES:
        return None
    try:
        netloc = urlsplit(text).netloc
        authority = netloc if netloc.isascii() else netloc.encode("idna").decode("ascii")
    except ValueError:  # a bracket without its other half, a host name with no DNS form
        return None
    if not _AUTHORITY.fullmatch(authority):
        return None
    rest = text.partition("//")[2][len(netloc) :]
    return URIRef(f"{scheme}://{authority.lower()}{_encode(rest).replace('[', '%5B').replace(']', '%5D')}")


def mailto(value: object) -> URIRef | None:
    """`mailto:` and the first e-mail address found in a text ("info@x.it; dati@x.it" is met in the wild)."""
    if not isinstance(value, str):
        return None
    found = _EMAIL.search(value)
    return URIRef("mailto:" + quote(found.group().lower(), safe="@!$&*+/=?_~.-")) if found else None


def telephone(value: object) -> URIRef | None:
    """`tel:` and the number's digits (RFC 3966); None without at least three digits."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    digits = _NO_DIGITS.sub("", text)
    if len(digits) < 3:
        return None
    return URIRef(f"tel:+{digits}" if text.startswith("+") else f"tel:{digits}")


def _encode(text: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe=_KEPT)
