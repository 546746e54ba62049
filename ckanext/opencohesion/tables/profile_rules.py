"""What a profile asks of a table beyond its Table Schema: checks, references, drift, personal data.

These are properties of ours in ``schemas/tables/<source>/<table>.json``, beside the standard ones:

``checks``: descriptors in frictionless's own style, ``{"type", "severity", ...}`` with the parameters of ``CHECK_TYPES``;
``references``: where the values of columns must stand in another table (not Table Schema's ``foreignKeys``, so that the
plain ``frictionless`` command can use the file alone);
``drift``: how far a new version may be from the last published one;
``personal``: why a column may hold what the checks on personal data would have reviewed.

What is not of this form is refused when the profile is loaded: a rule that is misspelt would otherwise check nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

Severity = Literal["error", "warning", "info"]
PersonalKind = Literal["office-contact", "published-name"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

# Type of check -> (parameters that must be there, parameters that may be there). "fields" and "total" name columns.
CHECK_TYPES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    name: (frozenset(must), frozenset(may))
    for name, must, may in (
        ("cup", ["fields"], []),
        ("cig", ["fields"], []),
        ("tax-code", ["fields"], []),
        ("nuts", ["fields"], []),
        ("ateco", ["fields"], []),
        ("legal-form", ["fields"], []),
        ("municipality", ["fields"], ["separator"]),
        ("province", ["fields"], ["separator"]),
        ("region", ["fields"], ["separator"]),
        ("date-within", ["fields", "from", "to"], []),
        ("dates-in-order", ["field", "other"], []),
        ("at-most", ["field", "other"], []),
        ("sum-at-most", ["fields", "total"], []),
        ("sum-equals", ["fields", "total", "tolerance"], []),
        ("list-lengths", ["fields", "separator"], []),
        ("only-filled", ["fields"], []),
        ("any-filled", ["fields"], []),
        ("filled-when", ["field", "when"], []),
        ("repeated-key", ["fields"], []),
    )
}
_COLUMNS = ("field", "other", "total")
_WHEN = frozenset({"field", "equals", "empty", "not"})


class ProfileRuleError(ValueError):
    """A rule of a profile that can not be understood."""


@dataclass(frozen=True)
class CheckRule:
    """One check of a profile. ``params``: its other properties, column names being canonical."""

    type: str
    severity: Severity
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return every column that the check names, each once."""
        named = [
            *self.params.get("fields", ()),
            *(self.params[name] for name in _COLUMNS if name in self.params),
        ]
        if "when" in self.params:
            named.append(self.params["when"]["field"])
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Reference:
    """The values of ``fields`` must stand in ``reference_fields`` of a table whose profile is ``table``."""

    fields: tuple[str, ...]
    table: str
    reference_fields: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True)
class Drift:
    """How far a new version may be from the last published one. Shares are of what was there before, 0 to 1."""

    rows_lost: float | None = None
    keys_lost: float | None = None
    # Column -> share by which its sum may move, up or down.
    totals: Mapping[str, float] = field(default_factory=dict)
    # The column that tells the period a version is about.
    period: str | None = None


@dataclass(frozen=True)
class PersonalField:
    """A column that may hold contacts of an office, or names that a law wants published.

    ``until``: a day (ISO 8601), or the time after the first publication; None where the law sets no end. ``P2Y`` is that of
    Reg. (EU) 2021/1060 art. 49(3), second subparagraph: of natural persons who are beneficiaries first name and surname
    (first subparagraph, point b) are removed two years from the first publication on the website.
    """

    field: str
    kind: PersonalKind
    basis: Mapping[str, str]
    until: str | None = None


def parse_checks(items: Iterable[Mapping[str, Any]], columns: Collection[str]) -> tuple[CheckRule, ...]:
    """Return the checks. Raises ProfileRuleError for an unknown type, parameter, severity or column."""
    return tuple(_check(item, columns) for item in items)


def parse_references(items: Iterable[Mapping[str, Any]], columns: Collection[str]) -> tuple[Reference, ...]:
    """Return the references. Raises ProfileRuleError as ``parse_checks``."""
    found: list[Reference] = []
    for item in items:
        _only(item, {"fields", "table", "referenceFields", "severity"}, "reference")
        reference = Reference(
            tuple(item["fields"]), item["table"], tuple(item["referenceFields"]), _severity(item, "reference")
        )
        _known(reference.fields, columns, "reference")
        if not reference.fields or len(reference.fields) != len(reference.reference_fields):
            raise ProfileRuleError(
                f"reference to {reference.table}: fields and referenceFields differ in number"
            )
        found.append(reference)
    return tuple(found)


def parse_drift(item: Mapping[str, Any], columns: Collection[str]) -> Drift:
    """Return the thresholds. Raises ProfileRuleError as ``parse_checks``."""
    _may(item, {"rows_lost", "keys_lost", "totals", "period"}, "drift")
    period = item["period"]["field"] if "period" in item else None
    drift = Drift(item.get("rows_lost"), item.get("keys_lost"), dict(item.get("totals", {})), period)
    _known([*drift.totals, *([period] if period else [])], columns, "drift")
    shares = [
        share for share in (drift.rows_lost, drift.keys_lost, *drift.totals.values()) if share is not None
    ]
    if any(not 0 <= share <= 1 for share in shares):
        raise ProfileRuleError("drift: a share is a number from 0 to 1")
    return drift


def parse_personal(items: Iterable[Mapping[str, Any]], columns: Collection[str]) -> tuple[PersonalField, ...]:
    """Return the declarations. Raises ProfileRuleError as ``parse_checks``."""
    found: list[PersonalField] = []
    for item in items:
        _may(item, {"field", "kind", "basis", "basis_en", "until"}, "personal")
        if item["kind"] not in get_args(PersonalKind):
            raise ProfileRuleError(f"personal: unknown kind {item['kind']!r}")
        _known([item["field"]], columns, "personal")
        until = item.get("until")
        if until is not None and not until.startswith("P"):
            date.fromisoformat(until)
        basis = {"it": item["basis"], "en": item.get("basis_en", "")}
        found.append(PersonalField(item["field"], item["kind"], basis, until))
    return tuple(found)


def _check(item: Mapping[str, Any], columns: Collection[str]) -> CheckRule:
    kind = item["type"]
    if kind not in CHECK_TYPES:
        raise ProfileRuleError(f"unknown check {kind!r}")
    must, may = CHECK_TYPES[kind]
    params = {name: value for name, value in item.items() if name not in ("type", "severity")}
    if not must <= params.keys() or not params.keys() <= must | may:
        raise ProfileRuleError(
            f"check {kind}: wants {sorted(must)}, may have {sorted(may)}, has {sorted(params)}"
        )
    if "when" in params and (not params["when"].keys() <= _WHEN or len(params["when"]) != 2):
        raise ProfileRuleError(f"check {kind}: 'when' names a field and one of equals, empty, not")
    check = CheckRule(kind, _severity(item, f"check {kind}"), params)
    _known(check.fields, columns, f"check {kind}")
    return check


def _severity(item: Mapping[str, Any], where: str) -> Severity:
    for severity in SEVERITIES:
        if item.get("severity") == severity:
            return severity
    raise ProfileRuleError(
        f"{where}: severity is one of {', '.join(SEVERITIES)}, not {item.get('severity')!r}"
    )


def _known(names: Iterable[str], columns: Collection[str], where: str) -> None:
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise ProfileRuleError(f"{where}: no such column: {', '.join(unknown)}")


def _only(item: Mapping[str, Any], names: set[str], where: str) -> None:
    if item.keys() != names:
        raise ProfileRuleError(f"{where}: wants {sorted(names)}, has {sorted(item)}")


def _may(item: Mapping[str, Any], names: set[str], where: str) -> None:
    if not item.keys() <= names:
        raise ProfileRuleError(f"{where}: unknown {sorted(item.keys() - names)}")
