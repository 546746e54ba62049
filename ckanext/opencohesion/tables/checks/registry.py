"""From a descriptor in a profile to a check of the file at hand.

A profile's ``checks`` are descriptors in frictionless's own style, with canonical column names:
``{"type": "cup", "fields": ["CUP"], "severity": "error"}``. Only our own types are known here: frictionless's others
are for who writes its command line (one of them evaluates formulas, and a profile may come from an officer).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from frictionless import Check, FrictionlessException

from ..errors import InvalidCheckError
from .base import TableCheck
from .number_form import PlainNumberCheck

#: The checks that a profile may name, by type.
NAMED: dict[str, type[TableCheck]] = {check.type: check for check in ()}

#: The checks that run on every table without being named.
GENERIC: tuple[type[TableCheck], ...] = ()

#: Every check of ours, by type.
ALL: dict[str, type[TableCheck]] = {
    **NAMED,
    **{check.type: check for check in (*GENERIC, PlainNumberCheck)},
}


def profile_checks(
    descriptors: Iterable[Mapping[str, Any]], names: Mapping[str, str], schema: Mapping[str, Any]
) -> list[TableCheck]:
    """Return the checks of a profile that can run on a file.

    ``names``: canonical name to the file's, of the columns that the file has. A check whose columns the file lacks is
    left out: the missing columns are told with the header. ``schema``: the file's Table Schema (descriptor).
    """
    checks = []
    for descriptor in descriptors:
        bound = _bound(_class_of(descriptor), descriptor, names)
        if bound is not None:
            check = _build(bound)
            check.prepare(schema)
            checks.append(check)
    return checks


def generic_checks(schema: Mapping[str, Any], *, with_profile: bool) -> list[TableCheck]:
    """Return the checks that run on every table; number notations need a profile, which says what is a number."""
    checks: list[TableCheck] = [cls() for cls in GENERIC]
    if with_profile:
        checks.append(PlainNumberCheck())
    for check in checks:
        check.prepare(schema)
    return checks


def _class_of(descriptor: Mapping[str, Any]) -> type[TableCheck]:
    kind = descriptor.get("type")
    if kind not in NAMED:
        raise InvalidCheckError(f"no check is of type {kind!r}; there are: {', '.join(sorted(NAMED))}")
    return NAMED[kind]


def _build(descriptor: Mapping[str, Any]) -> TableCheck:
    try:
        check = Check.from_descriptor(dict(descriptor))
    except FrictionlessException as error:
        raise InvalidCheckError(f"check {descriptor.get('type')!r}: {error.error.note}") from error
    if not isinstance(check, TableCheck) or check.custom:
        raise InvalidCheckError(f"check {check.type!r} has no property {', '.join(sorted(check.custom))}")
    return check


def _bound(
    cls: type[TableCheck], descriptor: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the descriptor with the file's names of the columns; None where it can not run on this file."""
    bound = dict(descriptor)
    for name in cls.column_properties:
        value = descriptor.get(name)
        if isinstance(value, str):
            if value not in names:
                return None
            bound[name] = names[value]
        elif isinstance(value, Mapping):
            if value["field"] not in names:
                return None
            bound[name] = {**value, "field": names[value["field"]]}
        elif value:
            bound[name] = [names[one] for one in value if one in names]
            if len(bound[name]) < (len(value) if cls.least_fields is None else cls.least_fields):
                return None
    return bound
