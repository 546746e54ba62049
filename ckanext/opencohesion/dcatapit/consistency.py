"""What the fields of a dataset must be together: what is missing, and what contradicts itself.

Plain: takes a dataset as a dict (as package_show gives it) and returns findings. Used by the form and the API at
every save; the gate may ask again before a dataset goes live.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ckanext.opencohesion.dcatapit.rules import DEFAULT_LICENCE, RESTRICTIVE_TERMS
from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.vocabularies import vocabulary

Path = tuple[str | int, ...]

_RIGHTS_HOLDER_MISSING = N_(
    "The rights holder is missing: write {part}, or have it declared on the organization's page."
)
_CONTACT_MISSING = N_("The contact is missing: write {part}, or have it declared on the organization's page.")
_PARTS = {
    "name": N_("the name"),
    "identifier": N_("the IPA code or tax code"),
    "email": N_("the office's e-mail"),
}


@dataclass(frozen=True)
class Finding:
    """Something to mend: the place in the dataset, and a sentence with its parameters.

    ``marked`` names the parameters that are messages themselves, to be translated too.
    """

    path: Path
    message: str
    params: dict[str, str] = field(default_factory=dict)
    marked: tuple[str, ...] = ()


def findings(dataset: dict[str, Any]) -> list[Finding]:
    """Return what the fields of a dataset lack or contradict; empty when it is whole."""
    return [
        *_agent(
            "rights_holder", dataset.get("rights_holder"), ("name", "identifier"), _RIGHTS_HOLDER_MISSING
        ),
        *_agent("contact", dataset.get("contact"), ("name", "email"), _CONTACT_MISSING),
        *_half_filled_agents(dataset),
        *_only_one(dataset),
        *_licence_reason(dataset),
        *_periods(dataset.get("temporal_coverage") or []),
        *_subthemes(dataset),
        *_programmes(dataset.get("programme") or []),
        *_standards(dataset.get("conforms_to") or []),
        *_within(dataset, "component", "pnrr-components", "mission"),
        *_within(dataset, "measure", "pnrr-measures", "component"),
        *_within(dataset, "submeasure", "pnrr-submeasures", "measure"),
    ]


def _agent(name: str, entries: Any, parts: tuple[str, ...], message: str) -> Iterator[Finding]:
    """DCAT-AP_IT: rights holder and its identifier are mandatory, a contact has a name and an e-mail."""
    for index, entry in enumerate(entries or [{}]):
        for part in parts:
            if not entry.get(part):
                yield Finding((name, index, part), message, {"part": _PARTS[part]}, ("part",))


def _half_filled_agents(dataset: dict[str, Any]) -> Iterator[Finding]:
    """DCAT-AP_IT: every dcatapit:Agent has a name and an identifier."""
    for name in ("publisher", "creator"):
        for index, entry in enumerate(dataset.get(name) or []):
            for part in ("name", "identifier"):
                if not entry.get(part):
                    yield Finding(
                        (name, index, part),
                        N_("Write {part} too, or empty the other boxes."),
                        {"part": _PARTS[part]},
                        ("part",),
                    )


def _only_one(dataset: dict[str, Any]) -> Iterator[Finding]:
    """DCAT-AP_IT: one rights holder, at most one publisher."""
    for name in ("rights_holder", "publisher"):
        if len(dataset.get(name) or []) > 1:
            yield Finding((name, 1, "name"), N_("Only one is allowed here: remove the others."))


def _licence_reason(dataset: dict[str, Any]) -> Iterator[Finding]:
    """AgID open data guidelines, requirement 21: a licence other than CC BY 4.0 is motivated."""
    licence = dataset.get("license_id")
    if licence and licence not in (DEFAULT_LICENCE, RESTRICTIVE_TERMS) and not dataset.get("license_reason"):
        yield Finding(
            ("license_reason",),
            N_("Say why this licence and not CC BY 4.0 (AgID open data guidelines, requirement 21)."),
        )


def _periods(periods: list[dict[str, Any]]) -> Iterator[Finding]:
    for index, period in enumerate(periods):
        start, end = period.get("start"), period.get("end")
        if not start:
            yield Finding(
                ("temporal_coverage", index, "start"),
                N_("Write the first day of the period, or empty both boxes."),
            )
        elif end and end < start:
            yield Finding(
                ("temporal_coverage", index, "end"),
                N_("The period ends ({end}) before it begins ({start}): swap or mend the days."),
                {"start": start, "end": end},
            )


def _subthemes(dataset: dict[str, Any]) -> Iterator[Finding]:
    """The national mapping puts every subtheme under one or more themes."""
    themes = {term.code for uri in dataset.get("theme") or [] if (term := vocabulary("data-theme").find(uri))}
    for uri in dataset.get("subtheme") or []:
        term = vocabulary("eurovoc-subthemes").find(uri)
        if term and themes and not themes.intersection(term.listed("themes")):
            needed = ", ".join(vocabulary("data-theme").label(code) for code in term.listed("themes"))
            yield Finding(
                ("subtheme",),
                N_("“{subtheme}” belongs to the theme {themes}: add the theme or remove the subtheme."),
                {"subtheme": term.label(), "themes": needed},
            )


def _programmes(programmes: list[dict[str, Any]]) -> Iterator[Finding]:
    for index, programme in enumerate(programmes):
        if not programme.get("code"):
            yield Finding(
                ("programme", index, "code"), N_("Write the programme's code, or empty the other box.")
            )
        elif not programme.get("name"):
            yield Finding(
                ("programme", index, "name"),
                N_("The list does not have the programme {code}: write its name."),
                {"code": programme["code"]},
            )


def _standards(standards: list[dict[str, Any]]) -> Iterator[Finding]:
    """DCAT-AP_IT: dcatapit:Standard has an identifier."""
    for index, standard in enumerate(standards):
        if not standard.get("identifier"):
            yield Finding(
                ("conforms_to", index, "identifier"),
                N_("Write the standard's identifier, or empty the other boxes."),
            )


def _within(dataset: dict[str, Any], name: str, vocabulary_name: str, parent: str) -> Iterator[Finding]:
    """A part of the plan stands under the part above it, where that is given."""
    parents = dataset.get(parent) or []
    for code in dataset.get(name) or []:
        term = vocabulary(vocabulary_name).by_code.get(code)
        if term and parents and term.fields[parent] not in parents:
            yield Finding(
                (name,),
                N_(
                    "{code} belongs to {parent}, which is not among those chosen: add {parent} or remove {code}."
                ),
                {"code": code, "parent": term.fields[parent]},
            )
