"""What a search may have meant, and how a search that is being typed may go on: made of live datasets alone."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from . import public
from .spelling import folded, meant, shown
from .wanted import Wanted
from .words import clean, plain_words, solr_query

# Each unknown word costs a look through all words: a search of many unknown words is not worth it.
_MOST_UNKNOWN = 3
_SHORTEST_START = 2


def correction(wanted: Wanted) -> Wanted | None:
    """Return the same search with the words that no live dataset has replaced by the nearest that one has.

    None where every word is known or nothing is near.
    """
    unknown = [word for word in plain_words(wanted.words) if word.isalpha() and not _known(word)]
    if not 0 < len(unknown) <= _MOST_UNKNOWN:
        return None
    dictionary = public.words()
    words = wanted.words
    for word in unknown:
        near = meant(word, dictionary)
        if near:
            words = " ".join(near[0] if each == word else each for each in words.split())
    return wanted.with_words(words) if words != wanted.words else None


def completions(typed: str, most: int) -> list[dict[str, str]]:
    """Return how a search may go on: ``{text, kind}``, ``kind`` is ``word`` or ``title``; words of the index first."""
    before, _, last = clean(typed).rpartition(" ")
    start = folded(last)
    if len(start) < _SHORTEST_START or not start.isalnum():
        return []
    query = solr_query(before)
    words = [shown(kept) for kept in public.words(start, query, most=most // 2)]
    texts = [{"text": f"{before} {word}".strip(), "kind": "word"} for word in words]
    titles = public.titles(last, query, most - len(texts))
    return texts + [{"text": title, "kind": "title"} for title in titles]


def _known(word: str) -> bool:
    parameters: dict[str, Any] = {"q": solr_query(word), "rows": 0, "facet": "false"}
    return tk.get_action("package_search")(public.nobody(), parameters)["count"] > 0
