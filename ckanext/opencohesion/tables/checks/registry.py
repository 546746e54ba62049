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
from .code_checks import AtecoCheck, CigCheck, CupCheck, LegalFormCheck, NutsCheck, TaxCodeCheck
from .column_checks import WholeColumnCheck
from .headers import HeaderCheck
from .number_form import PlainNumberCheck
from .place_checks import MunicipalityCheck, ProvinceCheck, RegionCheck
from .row_checks import (
    AnyFilledCheck,
    FilledWhenCheck,
    ListLengthsCheck,
    OnlyFilledCheck,
    RepeatedKeyCheck,
)
from .text_checks import DamagedTextCheck, ExcelLimitCheck, FloatCodeCheck, LostZerosCheck, OnlyDateCheck
from .value_checks import AtMostCheck, DatesInOrderCheck, DateWithinCheck, SumAtMostCheck, SumEqualsCheck

_NAMED: tuple[type[TableCheck], ...] = (
    CupCheck,
    CigCheck,
    TaxCodeCheck,
    NutsCheck,
    AtecoCheck,
    LegalFormCheck,
    MunicipalityCheck,
    ProvinceCheck,
    RegionCheck,
    DateWithinCheck,
    DatesInOrderCheck,
    AtMostCheck,
    SumAtMostCheck,
    SumEqualsCheck,
    ListLengthsCheck,
    OnlyFilledCheck,
    AnyFilledCheck,
    FilledWhenCheck,
    RepeatedKeyCheck,
)
_UNNAMED: tuple[type[TableCheck], ...] = (
    PlainNumberCheck,
    DamagedTextCheck,
    FloatCodeCheck,
    LostZerosCheck,
    OnlyDateCheck,
    WholeColumnCheck,
    ExcelLimitCheck,
    HeaderCheck,
)

#: The checks that a profile may name, by type.
NAMED: dict[str, type[TableCheck]] = {check.type: check for check in _NAMED}

#: Every check of ours, by type.
ALL: dict[str, type[TableCheck]] = NAMED | {check.type: check for check in _UNNAMED}


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


def generic_checks(
    schema: Mapping[str, Any], *, with_profile: bool, named: Iterable[str] = ()
) -> list[TableCheck]:
    """Return the checks that run on every table without being named.

    Some mean more where a profile says what is a number and which values every row must have (``with_profile``).
    ``named``: types of the checks that the profile names, which a general one does not repeat. (The header and the limit
    of a spreadsheet are judged by the gate itself: their checks are for the command line.)
    """
    checks: list[TableCheck] = [DamagedTextCheck(), FloatCodeCheck(), LostZerosCheck(), WholeColumnCheck()]
    if OnlyFilledCheck.type not in named:
        checks.append(OnlyDateCheck(severity="error" if with_profile else "warning"))
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
    except (TypeError, ValueError) as error:
        raise InvalidCheckError(f"check {descriptor.get('type')!r}: {error}") from error
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
