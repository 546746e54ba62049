"""Sentences in the reader's language for what can not be asked or shown."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.tables.description import NotShown
from ckanext.opencohesion.tables.errors import QueryError, QueryLimitError
from ckanext.opencohesion.tables.findings import FINDINGS

from .words import REASONS, UNKNOWN_REASON


def sentence(error: QueryError) -> str:
    """Return what is wrong with a question."""
    return tk._(error.message).format(**error.params)


def limit_sentence(error: QueryLimitError) -> str:
    """Return why a question was not answered, and what to do."""
    if error.limit == "gone":
        return tk._("This table was replaced or taken down a moment ago. Reload the page.")
    if error.limit == "time":
        return tk._(
            "This took too long and was broken off. Ask for less: fewer columns, a filter, no sorting."
        )
    return tk._(
        "This needs more memory than the portal grants. Ask for less: fewer columns, a filter, no sorting."
    )


def reason_sentence(reason: NotShown) -> str:
    """Return why a table can not be looked into."""
    finding = FINDINGS.get(reason.code)
    words = finding.explanation if finding else REASONS.get(reason.code, UNKNOWN_REASON)
    return tk._(words).format(**reason.params)
