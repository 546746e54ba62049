"""What a table's header tells: findings on it, where persons stand, what each column should hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from frictionless.resources import TableResource

from ...tables.checks.base import Severity
from ...tables.checks.headers import label_faults
from ...tables.header import HeaderMatch
from ...tables.profiles import TableProfile
from ...tables.source import TableSource
from ..personal.declarations import expired
from ..personal.review import ANSWERED_BY_KIND, PersonalRules, find_rules
from ..personal.rules import PersonColumns, holds_personal_code
from .report import rule

_ENUM_SHOWN = 12
_TOLD = ("type", "format", "decimalChar", "groupChar")


def header_rules(source: TableSource, profile: TableProfile | None) -> list[dict[str, Any]]:
    """Return what probing noted and what the header tells that frictionless does not.

    frictionless trims labels silently and so sees neither blanks at their edges nor byte order marks in them. An
    unknown or missing column is a state to be told, not a failure, since headers drift at nearly every release;
    only a required column that is missing holds the table back.
    """
    found = [
        rule(note.code, note.severity, row=note.row, column=note.column, params=note.params)
        for note in source.notes
    ]
    row = source.header_row
    if any(map(holds_personal_code, source.labels)):
        return found  # no header but a row of data, told by P1-header: nothing of it is quoted
    for position, label in enumerate(source.labels):
        for code, severity, shown in label_faults(label):
            found.append(_label_rule(code, row, position, shown, severity))
    if profile and source.header:
        found += _match_rules(source.header, profile, row)
    return found


def _match_rules(match: HeaderMatch, profile: TableProfile, row: int) -> list[dict[str, Any]]:
    if not any(match.canonical):
        return [rule("foreign-header", row=row, params={"schema": profile.id})]
    found = [rule("missing-column", row=row, params={"field": name}) for name in match.missing_required]
    if match.missing_optional:
        params = {"count": len(match.missing_optional), "fields": list(match.missing_optional)}
        found.append(rule("missing-optional-columns", "info", row=row, params=params))
    found += [
        _label_rule("unknown-column", row, position, match.labels[position].strip())
        for position in match.unknown
        if match.labels[position].strip()
    ]
    if match.renamed:
        renamed = [[match.labels[position].strip(), name] for position, name in match.renamed]
        params = {"release": match.release or "", "count": len(renamed), "renamed": renamed}
        found.append(rule("renamed-columns", "info", row=row, params=params))
    return found


def _label_rule(
    code: str, row: int, position: int, label: str, severity: Severity = "warning"
) -> dict[str, Any]:
    return rule(code, severity, row=row, column=position + 1, params={"label": label})


def personal_rules(
    source: TableSource, profile: TableProfile | None, *, today: date, published: date | None
) -> PersonalRules:
    """Return where the rules on personal data look: by the header, by what the profile says of it, and by the day."""
    labels = [label.strip() for label in source.labels]
    if profile is None or source.header is None:
        return find_rules(labels)
    position = {name: index for index, name in enumerate(source.header.canonical) if name}

    def columns(*names: str | None) -> tuple[int, ...]:
        return tuple(position[name] for name in names if name in position)

    persons = [
        PersonColumns(
            position[person.tax_code],
            columns(person.name),
            columns(person.legal_form, person.legal_form_description),
        )
        for person in profile.persons
        if person.tax_code in position
    ]
    over = expired(profile, today=today, published=published)
    answered = [
        (rule_code, position[declared.field])
        for declared in profile.personal
        if declared not in over and declared.field in position
        for rule_code in ANSWERED_BY_KIND[declared.kind]
    ]
    units = {position[one.name]: one.unit or "" for one in profile.fields if one.name in position}
    return find_rules(labels, persons, units=units, answered=answered)


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
