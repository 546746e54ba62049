"""What the parameters of a search page's or feed's address ask for, read strictly: the address is the state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ckanext.opencohesion.i18n_marks import N_

from .facets import BY_PARAMETER
from .words import clean, solr_query, solr_value

MOST_CHARACTERS = 300
MOST_FILTERS = 30
#: Results further down are not shown: Solr would have to sort all before them.
DEEPEST_RESULT = 10_000

RELEVANCE, NEWEST, TITLE = "relevance", "newest", "title"

_SOLR_SORTS = {
    RELEVANCE: "score desc, changed_date desc, title_string asc",
    NEWEST: "changed_date desc, title_string asc",
    TITLE: "title_string asc, id asc",
}
#: What CKAN's own pages and old bookmarks write.
_OTHER_SORTS = {
    "score desc, metadata_modified desc": RELEVANCE,
    "rank": RELEVANCE,
    "metadata_modified desc": NEWEST,
    "title_string asc": TITLE,
    "name asc": TITLE,
    "title asc": TITLE,
}


class BadParameterError(ValueError):
    """A parameter can not be followed. The text is a msgid: a sentence for whoever wrote the address."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: the visitor's words, ``(parameter, value)`` of each filter, sort ("" for the usual one), page from 1."""

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    page: int = 1

    @property
    def order(self) -> str:
        """The sort that is meant: by relevance where there are words, else the newest first."""
        return self.sort or (RELEVANCE if solr_query(self.words) != "*:*" else NEWEST)

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of this search's address."""
        named = [("q", self.words), *self.filters, ("sort", self.sort)]
        return [pair for pair in named if pair[1]] + ([("page", str(self.page))] if self.page > 1 else [])

    def on_page(self, page: int) -> Wanted:
        """Return the same search, another page."""
        return replace(self, page=page)

    def sorted_by(self, sort: str) -> Wanted:
        """Return the same search in another order, from its first page."""
        return replace(self, sort=sort, page=1)

    def with_words(self, words: str) -> Wanted:
        """Return the search for other words, from its first page."""
        return replace(self, words=words, page=1)

    def with_filter(self, parameter: str, value: str) -> Wanted:
        """Return the search with one more filter, from its first page."""
        return replace(self, filters=(*self.filters, (parameter, value)), page=1)

    def without_filter(self, parameter: str, value: str) -> Wanted:
        """Return the search with one filter less, from its first page."""
        kept = tuple(pair for pair in self.filters if pair != (parameter, value))
        return replace(self, filters=kept, page=1)

    def without_filters(self) -> Wanted:
        """Return the search for the same words alone."""
        return replace(self, filters=(), page=1)

    def solr(self, rows: int) -> dict[str, Any]:
        """Return the search as ``package_search`` wants it, ``rows`` to a page; facets and permissions are not in it."""
        return {
            "q": solr_query(self.words),
            "fq_list": [f"+{BY_PARAMETER[name].field}:{solr_value(value)}" for name, value in self.filters],
            "sort": _SOLR_SORTS[self.order],
            "rows": rows,
            "start": (self.page - 1) * rows,
        }


def read(parameters: Iterable[tuple[str, str]]) -> Wanted:
    """Return what the parameters of an address ask for; parameters of other names mean nothing.

    Raises:
        BadParameterError: a page that is no whole number from 1, an unknown sort, too many words or filters.
    """
    words, sort, page = "", "", "1"
    filters: dict[tuple[str, str], None] = {}
    for name, value in parameters:
        if name == "q":
            words = clean(value)
        elif name == "sort":
            sort = value.strip()
        elif name == "page":
            page = value
        elif name in BY_PARAMETER and clean(value):
            filters[name, clean(value)] = None
    if len(words) > MOST_CHARACTERS or any(len(value) > MOST_CHARACTERS for _, value in filters):
        raise BadParameterError(N_("That is too long a search: use a few words."))
    if len(filters) > MOST_FILTERS:
        raise BadParameterError(N_("Those are too many filters at once: remove some."))
    return Wanted(words, tuple(filters), _sort(sort), _page(page))


def _sort(sort: str) -> str:
    known = sort if sort in _SOLR_SORTS else _OTHER_SORTS.get(sort, "")
    if sort and not known:
        raise BadParameterError(
            N_("Results can not be sorted like that: choose one of the orders of the page.")
        )
    return known


def _page(page: str) -> int:
    # longer numbers are no page of anything, and int() would take its time
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 0
    if number < 1:
        raise BadParameterError(N_("The page must be a whole number from 1."))
    return number
