"""What the header of a table tells: columns renamed, missing, unknown, damaged, and what each should hold."""

from __future__ import annotations

from typing import Any

from frictionless.resources import TableResource

from ..tables.profiles import TableProfile
from ..tables.source import TableSource
from .personal import PersonColumns
from .report import rule

_ENUM_SHOWN = 12
_TOLD = ("type", "format", "decimalChar", "groupChar")


def header_rules(source: TableSource, profile: TableProfile | None) -> list[dict[str, Any]]:
    """Return the findings on the header, and what probing noted."""
    found = [
        rule(note.code, note.severity, row=note.row, column=note.column, params=note.params)
        for note in source.notes
    ]
    match, row = source.header, source.header_row
    if match is None or profile is None:
        return found
    found += [rule("missing-column", row=row, params={"field": name}) for name in match.missing_required]
    found += [
        rule("missing-optional-column", "info", row=row, params={"field": name})
        for name in match.missing_optional
    ]
    for code, positions in (
        ("unknown-column", match.unknown),
        ("blank-edged-label", match.blank_edged),
        ("bom-in-label", match.with_bom),
    ):
        found += [
            rule(code, "warning", row=row, column=position + 1, params={"label": match.labels[position]})
            for position in positions
        ]
    if match.renamed:
        renamed = [[match.labels[position], name] for position, name in match.renamed]
        params = {"release": match.release, "count": len(renamed), "renamed": renamed}
        found.append(rule("renamed-columns", "info", row=row, params=params))
    return found


def profile_persons(source: TableSource, profile: TableProfile | None) -> list[PersonColumns]:
    """Return the columns that the profile says may tell of a person, as positions in this file."""
    if profile is None or source.header is None:
        return []
    position = {name: index for index, name in enumerate(source.header.canonical) if name}

    def columns(*names: str | None) -> tuple[int, ...]:
        return tuple(position[name] for name in names if name in position)

    return [
        PersonColumns(
            position[person.tax_code],
            columns(person.name),
            columns(person.legal_form, person.legal_form_description),
        )
        for person in profile.persons
        if person.tax_code in position
    ]


def expected_cells(
    resource: TableResource, source: TableSource, profile: TableProfile | None
) -> dict[str, dict[str, Any]]:
    """Return, by column label, what the cells of each column should be, for the words of an error."""
    if profile is None:
        return {}
    canonical = source.header.canonical if source.header else ()
    expected = {}
    for position, field in enumerate(resource.schema.fields):
        descriptor = field.to_descriptor()
        told = {key: descriptor[key] for key in _TOLD if key in descriptor}
        constraints = dict(descriptor.get("constraints", {}))
        if "enum" in constraints:
            constraints["enum"] = constraints["enum"][:_ENUM_SHOWN]
        name = canonical[position] if position < len(canonical) else None
        expected[field.name] = {**told, "constraints": constraints, "field": name}
    return expected
