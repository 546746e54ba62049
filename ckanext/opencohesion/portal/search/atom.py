"""Writes an Atom feed (RFC 4287), paged as RFC 5005 tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from ckanext.opencohesion.dcatapit.rdf.literals import text

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset in a feed. Times are RFC 3339; ``files``: ``(address, media type, bytes)``, the last two where known."""

    id: str
    title: str
    link: str
    summary: str
    author: str
    published: str
    updated: str
    categories: tuple[str, ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. ``links``: by their relation (self, alternate, first, next, previous, last), full addresses."""

    id: str
    title: str
    author: str
    updated: str
    language: str
    links: Mapping[str, str] = field(default_factory=dict)


def write(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """Return the feed as XML. Characters that XML can not carry are left out."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(_add(root, "author"), "name", feed.author)
    for relation, address in feed.links.items():
        kind = "text/html" if relation == "alternate" else "application/atom+xml"
        _add(root, "link", rel=relation, type=kind, href=address)
    for entry in entries:
        _add_entry(root, entry)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_entry(root: ET.Element, entry: Entry) -> None:
    node = _add(root, "entry")
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "updated", entry.updated)
    _add(node, "published", entry.published)
    _add(_add(node, "author"), "name", entry.author)
    _add(node, "link", rel="alternate", type="text/html", href=entry.link)
    for address, media_type, size in entry.files:
        known = {"type": media_type, "length": size}
        _add(
            node,
            "link",
            rel="enclosure",
            href=address,
            **{key: value for key, value in known.items() if value},
        )
    for category in entry.categories:
        _add(node, "category", term=category)
    _add(node, "summary", entry.summary)


def _add(parent: ET.Element, name: str, content: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(
        parent, f"{{{_ATOM}}}{name}", {key: text(value) or "" for key, value in attributes.items()}
    )
    element.text = text(content)
    return element
