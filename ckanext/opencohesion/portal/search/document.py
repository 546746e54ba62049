"""What the search index holds of a dataset beyond CKAN's own fields: codes for filters, names to be found by, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.opencohesion.dcatapit.rdf.datasets import data_modified
from ckanext.opencohesion.dcatapit.rdf.literals import as_list, as_records, moment
from ckanext.opencohesion.dcatapit.rules import territory
from ckanext.opencohesion.vocabularies import Term, vocabulary

from .spelling import entry

# vocab_* is CKAN's own index field for values of controlled lists: several to a dataset, and found by searches.
_CODES = {
    "vocab_theme": ("theme", "data-theme"),
    "vocab_cycle": ("programming_cycle", "programming-cycles"),
    "vocab_fund": ("fund", "funds"),
    "vocab_mission": ("mission", "pnrr-missions"),
}
_WORD = re.compile(r"[^\W\d_]{4,30}")
_ADDRESS = re.compile(r"\S+(?:://|@)\S+|\bwww\.\S+")
_LANGUAGES = ("it", "en")


def search_fields(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the index fields of a dataset, given as ``package_show`` gives it."""
    terms: dict[str, list[Term]] = {}
    for field, (name, listed) in _CODES.items():
        found = (vocabulary(listed).find(str(value)) for value in as_list(dataset.get(name)))
        terms[field] = [term for term in found if term]
    terms["vocab_place"] = with_surroundings(str(code) for code in as_list(dataset.get("territory")))
    fields: dict[str, Any] = {field: [term.code for term in each] for field, each in terms.items()}
    programmes = as_records(dataset.get("programme"))
    fields["vocab_programme"] = [code for each in programmes if (code := str(each.get("code") or ""))]
    holders = [str(each.get("name") or "")[:200] for each in as_records(dataset.get("rights_holder"))]
    fields["vocab_rights_holder"] = [name for name in holders if name]
    labels = {term.label(lang) for each in terms.values() for term in each for lang in _LANGUAGES}
    labels |= {str(each.get("name") or "") for each in programmes}
    fields["labels_translated"] = sorted(label for label in labels if label)
    fields["words"] = " ".join(sorted({entry(word) for word in words_of(_texts(dataset, labels))}))
    if changed := changed_on(dataset):
        fields["changed_date"] = (
            f"{changed}{'-01-01'[len(changed) - 10 :] if len(changed) < 10 else ''}T00:00:00Z"
        )
    return fields


def changed_on(dataset: Mapping[str, Any]) -> str:
    """Return the day on which the data changed, or its month or year where no more is known; "" where nothing is."""
    return str(moment(data_modified(dataset)) or "")[:10]


def with_surroundings(codes: Iterable[str]) -> list[Term]:
    """Return the places with these ISTAT codes and those they lie in, so that a region finds its municipalities."""
    places: dict[str, Term] = {}
    waiting = list(codes)
    while waiting:
        term = territory(waiting.pop())
        if term is not None:
            places[term.code] = term
            around = (term.fields.get("province_code"), term.fields.get("region_code"))
            waiting += [code for code in around if code and code not in places]
    return list(places.values())


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts in small letters: those of at least four letters, addresses apart."""
    return {word.lower() for text in texts for word in _WORD.findall(_ADDRESS.sub(" ", text))}


def _texts(dataset: Mapping[str, Any], labels: Iterable[str]) -> Iterable[str]:
    organization = dataset.get("organization") or {}
    yield from (str(dataset.get(name) or "") for name in ("title", "notes"))
    yield str(organization.get("title") or "")
    yield from (
        str(tag.get("display_name") or tag.get("name") or "") for tag in as_records(dataset.get("tags"))
    )
    yield from (str(each.get("name") or "") for each in as_records(dataset.get("resources")))
    yield from labels
