"""The filters of the search page: how each is called in an address and in the index, and the words for its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.vocabularies import vocabulary

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter. ``parameter``: its name in an address; ``field``: in the index; ``title``: for people (msgid).

    ``vocabulary``: the controlled list of its values, where there is one; ``words``: else the words for values (msgids).
    """

    parameter: str
    field: str
    title: str
    vocabulary: str = ""
    words: tuple[tuple[str, str], ...] = ()

    def label(self, value: str, lang: str, translate: Translate) -> str:
        """Return the words for a value in the language ``lang``; the value itself where there are none."""
        if self.vocabulary:
            return vocabulary(self.vocabulary).label(value, lang)
        return next((translate(words) for code, words in self.words if code == value), value)


KINDS = (
    ("pnrr", N_("Recovery plan (PNRR)")),
    ("cohesion", N_("Cohesion policy")),
    ("dataset", N_("Other data")),
    ("series", N_("Series of releases")),
    ("protected", N_("Data on request")),
)

QUALITY = (
    ("passed", N_("Every check passed")),
    ("overridden", N_("Published by decision of the data office")),
    ("pending", N_("Waiting to be checked")),
    ("running", N_("Being checked")),
    ("failed", N_("Checks not passed")),
    ("unreadable", N_("Could not be checked")),
    ("awaiting_approval", N_("Waiting for a decision")),
)

#: In the order of the page. The names that CKAN's own links use (organization, tags, …) keep their meaning.
FACETS = (
    Facet("dataset_type", "dataset_type", N_("Subject"), words=KINDS),
    Facet("theme", "vocab_theme", N_("Data theme"), "data-theme"),
    Facet("place", "vocab_place", N_("Place")),
    Facet("res_format", "res_format", N_("File format")),
    Facet("cycle", "vocab_cycle", N_("Programming cycle"), "programming-cycles"),
    Facet("programme", "vocab_programme", N_("Programme"), "programmes"),
    Facet("fund", "vocab_fund", N_("Fund"), "funds"),
    Facet("mission", "vocab_mission", N_("PNRR mission"), "pnrr-missions"),
    Facet("organization", "organization", N_("Published by")),
    Facet("rights_holder", "vocab_rights_holder", N_("Rights holder")),
    Facet("quality", "quality_status", N_("Quality checks"), words=QUALITY),
    Facet("license_id", "license_id", N_("Licence"), "licences-it"),
    Facet("groups", "groups", N_("Group")),
    Facet("tags", "tags", N_("Keyword")),
)

BY_PARAMETER = {facet.parameter: facet for facet in FACETS}
