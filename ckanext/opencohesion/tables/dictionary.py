"""A table's dictionary: each column and rule of a profile in words, for a page and as a CSV file.

Sentences are marked for translation here and translated by who shows them: a function of gettext's kind is passed in.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..i18n_marks import N_
from .profile_rules import CheckRule, Reference, Severity
from .profiles import ProfileField, TableProfile

Translate = Callable[[str], str]

_TYPES = {
    "string": N_("Text"),
    "integer": N_("Whole number"),
    "number": N_("Number with decimal {mark}"),
    "date": N_("Date, {form}"),
    "datetime": N_("Day and time"),
    "time": N_("Time"),
    "boolean": N_("Yes or no"),
    "year": N_("Year"),
    "yearmonth": N_("Year and month"),
    "any": N_("Any value"),
}
_MARKS = {",": N_("comma"), ".": N_("point")}
# Directives of strptime that publishers use, as a reader writes them.
_DATE_FORMS = (
    ("%d", N_("DD")),
    ("%m", N_("MM")),
    ("%Y", N_("YYYY")),
    ("%H", N_("hh")),
    ("%M", N_("mm")),
    ("%S", N_("ss")),
    (".%f", ""),
)
_EXAMPLE_DAY = date(2025, 12, 31)
_EXAMPLE_NUMBER = 1234.5

SEVERITIES: Mapping[Severity, str] = {
    "error": N_("holds the file back"),
    "warning": N_("is shown as a warning"),
    "info": N_("is shown as a note"),
}
_RULES = {
    "cup": N_("{fields}: a sound project code (CUP): letter, two digits, letter, eleven digits."),
    "cig": N_("{fields}: a sound tender code: CIG, SmartCIG or code of the contracts platform."),
    "tax-code": N_("{fields}: a sound tax code or VAT number, or a masked one."),
    "nuts": N_("{fields}: a code of the NUTS classification."),
    "ateco": N_("{fields}: a code of the ATECO classification."),
    "legal-form": N_("{fields}: a code of ISTAT's list of legal forms."),
    "municipality": N_("{fields}: the ISTAT code of a municipality of today or of the past."),
    "province": N_("{fields}: the ISTAT code of a province."),
    "region": N_("{fields}: the ISTAT code of a region."),
    "date-within": N_("{fields}: a day from {from} to {to}."),
    "dates-in-order": N_("{field} is not after {other}."),
    "at-most": N_("{field} is not more than {other}."),
    "sum-at-most": N_("The sum of {fields} is not more than {total}."),
    "sum-equals": N_("The sum of {fields} is {total}, give or take {tolerance}."),
    "list-lengths": N_("{fields} hold lists of equal length, separated by “{separator}”."),
    "only-filled": N_("No row in which nothing but {fields} is filled."),
    "any-filled": N_("In each row at least one of {fields} is filled."),
    "filled-when": N_("{field} is filled where {condition}."),
    "repeated-key": N_("No two rows with the same {fields}."),
}
_CONDITIONS = {
    "equals": N_("{when} is “{value}”"),
    "not": N_("{when} is not “{value}”"),
    "empty": N_("{when} is empty"),
    "filled": N_("{when} is filled"),
}
_REFERENCE = N_("{fields} stand in the table “{table}” too.")
_PRIMARY_KEY = N_("No two rows with the same {fields}.")


@dataclass(frozen=True)
class DictionaryColumn:
    """One column in words. ``since``: the first release that has it; ``until``: the last, where newer ones lack it."""

    name: str
    title: str
    description: str
    type: str
    required: bool
    unit: str | None
    values: tuple[str, ...]
    pattern: str | None
    minimum: str | None
    maximum: str | None
    example: str
    since: str
    until: str | None
    # Other spellings than the name: (release, label); release is empty where it is not known.
    spellings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DictionaryRule:
    """One rule in words, and what happens where a file breaks it."""

    sentence: str
    severity: Severity


def columns(profile: TableProfile, language: str, translate: Translate) -> list[DictionaryColumn]:
    """Return every column of the table in words of ``language`` (``it`` or ``en``)."""
    return [_column(profile, field, language, translate) for field in profile.fields]


def rules(
    profile: TableProfile, translate: Translate, title_of: Callable[[str], str]
) -> list[DictionaryRule]:
    """Return every rule between cells, rows and tables in words. ``title_of``: what the table of an id is called."""
    found: list[DictionaryRule] = []
    if profile.primary_key:
        found.append(
            DictionaryRule(translate(_PRIMARY_KEY).format(fields=_joined(profile.primary_key)), "error")
        )
    found += [DictionaryRule(_check_sentence(check, translate), check.severity) for check in profile.checks]
    found += [
        DictionaryRule(_reference_sentence(reference, translate, title_of), reference.severity)
        for reference in profile.references
    ]
    return found


def dictionary_csv(profile: TableProfile, language: str, translate: Translate) -> str:
    """Return the dictionary as a CSV text (comma, UTF-8), one column of the table a row.

    A cell that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    heads = (
        *(N_("Column"), N_("Title"), N_("Meaning"), N_("Type"), N_("Always present"), N_("Allowed values")),
        *(N_("Form"), N_("Example"), N_("Since release"), N_("Until release")),
    )
    writer.writerow([translate(head) for head in heads])
    for column in columns(profile, language, translate):
        writer.writerow(map(_harmless, _cells(column, translate)))
    return text.getvalue()


def _cells(column: DictionaryColumn, translate: Translate) -> Iterator[str]:
    yield column.name
    yield column.title
    yield column.description
    yield f"{column.type} ({column.unit})" if column.unit else column.type
    yield translate(N_("yes")) if column.required else translate(N_("no"))
    bounds = [
        translate(words).format(value=value)
        for words, value in (
            (N_("at least {value}"), column.minimum),
            (N_("at most {value}"), column.maximum),
        )
        if value is not None
    ]
    yield "; ".join([*column.values, *bounds])
    yield column.pattern or ""
    yield column.example
    yield column.since
    yield column.until or ""


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _column(
    profile: TableProfile, field: ProfileField, language: str, translate: Translate
) -> DictionaryColumn:
    constraints = field.descriptor.get("constraints", {})
    newest = profile.releases[-1]
    spellings = [(release, label) for release, label in field.labels.items() if label.strip() != field.name]
    return DictionaryColumn(
        name=field.name,
        title=field.title.get(language) or field.title.get("it") or field.name,
        description=field.description.get(language) or field.description.get("it") or "",
        type=_type(field, translate),
        required=field.required,
        unit=field.unit,
        values=tuple(str(value) for value in constraints.get("enum", ())),
        pattern=constraints.get("pattern"),
        minimum=_text(constraints.get("minimum")),
        maximum=_text(constraints.get("maximum")),
        example=field.example or _example(field),
        since=field.releases[0] if field.releases else "",
        until=field.releases[-1] if field.releases and newest not in field.labels else None,
        spellings=(*spellings, *(("", alias) for alias in field.aliases)),
    )


def _type(field: ProfileField, translate: Translate) -> str:
    words = translate(_TYPES.get(field.type, _TYPES["any"]))
    if field.type == "number":
        mark = field.descriptor.get("decimalChar", ".")
        return words.format(mark=translate(_MARKS[mark]) if mark in _MARKS else mark)
    if field.type == "date":
        return words.format(form=_date_form(field.descriptor.get("format", "%Y-%m-%d"), translate))
    return words


def _date_form(form: str, translate: Translate) -> str:
    form = "%Y-%m-%d" if form in ("default", "any") else form
    for directive, words in _DATE_FORMS:
        form = form.replace(directive, translate(words) if words else "")
    return form


def _example(field: ProfileField) -> str:
    """Return a cell of the right form where no example was seen; nothing where the form does not tell one."""
    values = field.descriptor.get("constraints", {}).get("enum", ())
    if values:
        return str(values[0])
    if field.type == "number":
        most = field.descriptor.get("constraints", {}).get("maximum")
        whole = 1234 if most is None or most > _EXAMPLE_NUMBER else 12
        return f"{whole}{field.descriptor.get('decimalChar', '.')}50"
    if field.type == "date":
        form = field.descriptor.get("format", "default")
        return _EXAMPLE_DAY.strftime("%Y-%m-%d" if form in ("default", "any") else form)
    return ""


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _check_sentence(check: CheckRule, translate: Translate) -> str:
    params = dict(check.params)
    params["fields"] = _joined(params.get("fields", ()))
    if "when" in params:
        params["condition"] = _condition(params["when"], translate)
    return translate(_RULES[check.type]).format(**params)


def _condition(when: Mapping[str, Any], translate: Translate) -> str:
    for kind in ("equals", "not"):
        if kind in when:
            return translate(_CONDITIONS[kind]).format(when=when["field"], value=when[kind])
    return translate(_CONDITIONS["empty" if when["empty"] else "filled"]).format(when=when["field"])


def _reference_sentence(reference: Reference, translate: Translate, title_of: Callable[[str], str]) -> str:
    table = title_of(reference.table)
    return translate(_REFERENCE).format(fields=_joined(reference.fields), table=table)


def _joined(names: Any) -> str:
    return ", ".join(names)
