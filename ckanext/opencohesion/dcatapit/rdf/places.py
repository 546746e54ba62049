"""Places that data are about (dct:Location), from ISTAT codes or from free coverage entries.

A place named by its ISTAT code becomes one node: its GeoNames address where we have a verified one (regions,
provinces), because DCAT-AP takes GeoNames where the EU place table has no entry, and the EU table has no
regions; else its entry in the EU place table (towns); else its address in the national vocabulary. NUTS and ISTAT
are told as skos:exactMatch of that node. `dcatapit:geographicalIdentifier` repeats the address as a literal,
the only thing about places that the national catalogue reads.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geomet import InvalidGeoJSONException, wkt
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from ckanext.opencohesion.vocabularies import Term, vocabulary

from .concepts import Scheme, add_labels, concept_scheme
from .document import Document
from .iri import safe_iri
from .literals import text
from .namespaces import DCAT, DCATAPIT, DCT, GSP, LOCN, RDF, SKOS

_GEONAMES = re.compile(r"https?://(?:(?:sws|www)\.)?geonames\.org/([0-9]+)(?:/.*)?")
_EU_PLACES = Scheme(
    "http://publications.europa.eu/resource/authority/place", {"it": "Luoghi", "en": "Places"}
)
_GEOGRAPHY = Path(__file__).parent / "data" / "places.csv"
_BY_CODE_LENGTH = {2: "istat-regions", 3: "istat-provinces", 6: "istat-municipalities"}


@dataclass(frozen=True)
class Box:
    """Where a place lies, in degrees (WGS84, longitude before latitude)."""

    west: str
    south: str
    east: str
    north: str
    longitude: str
    latitude: str

    @property
    def bbox(self) -> str:
        """The enclosing rectangle as WKT."""
        w, s, e, n = self.west, self.south, self.east, self.north
        return f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))"

    @property
    def centroid(self) -> str:
        """The centre of the area as WKT."""
        return f"POINT({self.longitude} {self.latitude})"


@dataclass(frozen=True)
class Place:
    """A place of the ISTAT lists, under the address that DCAT-AP prefers; a few municipalities have none."""

    uri: str | None
    names: Mapping[str, str]
    same_as: tuple[str, ...]
    box: Box | None
    in_eu_table: bool


def territory_node(document: Document, code: object) -> Node | None:
    """The node of a region ('18'), province ('078') or municipality ('078045')."""
    place = place_of(str(code).strip())
    if place is None:
        document.leave_out("territory", code, "not an ISTAT code of a region, province or municipality")
        return None
    node = URIRef(place.uri) if place.uri else BNode()
    _describe(document, node, place)
    return node


def coverage_node(document: Document, record: Mapping[str, object]) -> Node | None:
    """The node of one entry of `spatial_coverage` (`uri`, `text`, `geom`, `bbox`, `centroid`), or None if empty."""
    uri = place_uri(record.get("uri"))
    place = _known_by_uri().get(str(uri)) if uri is not None else None
    node: Node | None = URIRef(place.uri) if place is not None and place.uri else uri
    shapes = {
        LOCN.geometry: wkt_literal(record.get("geom")),
        DCAT.bbox: wkt_literal(record.get("bbox")),
        DCAT.centroid: wkt_literal(record.get("centroid")),
    }
    name = text(record.get("text"))
    if node is None and name is None and not any(shapes.values()):
        document.leave_out("spatial_coverage", dict(record), "neither an address, nor a name, nor a geometry")
        return None
    if node is None:
        node = BNode()
    if place is not None:
        _describe(document, node, place)
    elif not document.is_described(node, DCT.Location):
        document.add(node, RDF.type, DCT.Location)
        if isinstance(node, URIRef):
            document.add(node, DCATAPIT.geographicalIdentifier, Literal(str(node)))
        if name is not None:
            document.add(node, LOCN.geographicName, Literal(name, lang=document.language))
    for predicate, shape in shapes.items():
        if (node, predicate, None) not in document.graph:  # one of each at most, DCAT-AP 3.0.1
            document.add(node, predicate, shape)
    return node


def place_uri(value: object) -> URIRef | None:
    """A place's address; GeoNames' in the only form that DCAT-AP's shapes accept, https://sws.geonames.org/<id>/."""
    node = safe_iri(value)
    found = _GEONAMES.fullmatch(str(node)) if node is not None else None
    return URIRef(f"https://sws.geonames.org/{found.group(1)}/") if found else node


def wkt_literal(value: object) -> Literal | None:
    """A geometry given as GeoJSON or WKT, as a WKT literal; None if it is neither."""
    if not value:
        return None
    try:
        shape = json.loads(value) if isinstance(value, str) else value
        written = wkt.dumps(shape, decimals=4)
    except (InvalidGeoJSONException, ValueError, TypeError, KeyError, AttributeError, IndexError):
        try:
            wkt.loads(value)
        except Exception:  # geomet's parser lets through whatever its tokenizer raises
            return None
        written = str(value).strip()
    return Literal(written, datatype=GSP.wktLiteral)


@cache
def place_of(code: str) -> Place | None:
    """The place that an ISTAT code stands for."""
    name = _BY_CODE_LENGTH.get(len(code))
    term = vocabulary(name).by_code.get(code) if name else None
    if term is None:
        return None
    geo = _geography().get(code)
    geonames = f"https://sws.geonames.org/{geo['geonames_id']}/" if geo and geo["geonames_id"] else None
    in_eu_table = _eu_places().get(code)
    addresses = [each for each in (geonames, in_eu_table, *_nuts(term), term.uri) if each]
    return Place(
        uri=addresses[0] if addresses else None,
        names=term.labels,
        same_as=tuple(addresses[1:]),
        box=Box(**{key: geo[key] for key in Box.__dataclass_fields__}) if geo else None,
        in_eu_table=bool(addresses) and addresses[0] == in_eu_table,
    )


@cache
def _geography() -> dict[str, dict[str, str]]:
    """GeoNames number, enclosing rectangle and centre of places, by ISTAT code (data/SOURCES.md)."""
    with _GEOGRAPHY.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def _nuts(term: Term) -> tuple[str, ...]:
    """The NUTS addresses of a region or a province that is one NUTS unit by itself."""
    codes = [code for code in (term.fields.get("nuts2") or "").split("|") if code]
    if "abbrev" in term.fields:
        codes = [code for code in (term.fields.get("nuts3") or "").split("|") if code]
    return (f"http://data.europa.eu/nuts/code/{codes[0]}",) if len(codes) == 1 else ()


@cache
def _eu_places() -> dict[str, str]:
    """ISTAT codes of municipalities to their addresses in the EU place table."""
    return {
        term.fields["istat_code"]: term.uri
        for term in vocabulary("places").terms
        if term.fields["istat_code"]
    }


@cache
def _known_by_uri() -> dict[str, Place]:
    """Every address of the regions and provinces to their place, for entries that give an address and no more."""
    found: dict[str, Place] = {}
    for name in ("istat-regions", "istat-provinces"):
        for term in vocabulary(name).terms:
            place = place_of(term.code)
            if place is not None:
                for address in filter(None, (place.uri, *place.same_as)):
                    found.setdefault(address, place)
    return found


def _describe(document: Document, node: Node, place: Place) -> None:
    if document.is_described(node, DCT.Location):
        return
    document.add(node, RDF.type, DCT.Location)
    if place.uri is not None:
        document.add(node, DCATAPIT.geographicalIdentifier, Literal(place.uri))
    add_labels(document, node, LOCN.geographicName, place.names)
    for address in place.same_as:
        document.add(node, SKOS.exactMatch, URIRef(address))
    if place.in_eu_table:
        document.add(node, SKOS.inScheme, concept_scheme(document, _EU_PLACES))
    if place.box is not None:
        document.add(node, DCAT.bbox, Literal(place.box.bbox, datatype=GSP.wktLiteral))
        document.add(node, DCAT.centroid, Literal(place.box.centroid, datatype=GSP.wktLiteral))
