"""The RDF document that is being written: its graph, the portal's address, and what had to be left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from rdflib import Graph
from rdflib.term import Node

from .namespaces import RDF


@dataclass
class Document:
    """What every part of the description writes into.

    `base`: the portal's public address without a slash at its end, the root of every URI we make.
    `language`: ISO 639-1 code for texts that say no language of their own.
    `structures`: the root of the pages of table structures, empty where the portal has none.
    `left_out`: sentences for the log, one for each value that could not be said in RDF.
    """

    graph: Graph
    base: str
    language: str = "it"
    structures: str = ""
    left_out: list[str] = field(default_factory=list)

    def add(self, subject: Node, predicate: Node, value: Node | None) -> None:
        """Adds a triple; a missing value adds nothing."""
        if value is not None:
            self.graph.add((subject, predicate, value))

    def add_once(self, subject: Node, predicate: Node, value: Node | None) -> None:
        """Adds a triple unless the subject has a value for that property already.

        For what is single on a node that many datasets share: an agent called by two names in two datasets
        keeps the first.
        """
        if (subject, predicate, None) not in self.graph:
            self.add(subject, predicate, value)

    def is_described(self, node: Node, kind: Node) -> bool:
        """Whether the node has been described in this document already, as one of that class.

        An agent or an office is described once per document, by the first dataset that names it: a second
        name or telephone on the same node would break its cardinality of one.
        """
        return (node, RDF.type, kind) in self.graph

    def leave_out(self, field_name: str, value: object, reason: str) -> None:
        """Remembers that a value did not make it into the output, and why."""
        self.left_out.append(f"{field_name} {str(value)[:120]!r}: {reason}")
