"""A Table Schema that an officer brings or writes: read, checked itself, and made a profile of ours.

Nothing of it is trusted: only properties that are known are kept, no address and no path is ever followed, patterns that
could run away are refused, and its size is bounded. Sentences are marked for translation and told by who shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frictionless import FrictionlessException, Schema

from ..i18n_marks import N_
from .delimited import DELIMITERS
from .errors import InvalidCheckError
from .header import normal_label
from .profile_rules import ProfileRuleError
from .profiles import profile_from_schema
from .safe_pattern import UnsafePatternError, check_pattern

MAX_BYTES = 256 * 1024
MAX_COLUMNS = 500
MAX_VALUES = 2000
MAX_TEXT = 2000
MAX_NAME = 200
RELEASE = "1"

TYPES = ("string", "integer", "number", "date", "datetime", "time", "boolean", "year", "yearmonth", "any")
_WORDS = ("title", "title_en", "description", "description_en", "example")
_CONSTRAINTS = {"required", "unique", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"}
_FORMATS = {"string": {"default", "email", "uri", "binary", "uuid"}}
_DATE_FORMAT = re.compile(r"(?:%[dmYHMSf]|[-/. :TZ])+")

TOO_LARGE = N_("The file is larger than {most} KB: a structure is a short text.")
NOT_JSON = N_(
    "This is no JSON file: {reason}. A Table Schema is a JSON object that begins with {{ and has a list "
    "“fields”."
)
NO_FIELDS = N_("The structure has no columns: it needs a list “fields” with at least one column.")
TOO_MANY_COLUMNS = N_("The structure has {count} columns; at most {most} are allowed.")
POINTS_ELSEWHERE = N_(
    "The structure refers to something outside itself (“{name}”). Write everything into it: addresses and "
    "paths are never followed."
)
NO_NAME = N_("Column {number} has no name.")
LONG_TEXT = N_("Column {number}: “{name}” is longer than {most} characters.")
NAME_TWICE = N_("The column “{column}” is there twice. Every column needs a name of its own.")
UNKNOWN_TYPE = N_("Column “{column}”: the type “{type}” is not one of {types}.")
BAD_FORMAT = N_("Column “{column}”: “{format}” is no form of this type. A date is written as in %d/%m/%Y.")
BAD_PATTERN = N_("Column “{column}”: {reason}")
TOO_MANY_VALUES = N_(
    "Column “{column}”: more than {most} allowed values. Check them by a pattern, or leave them out."
)
BAD_BOUND = N_("Column “{column}”: a bound (minimum, maximum or a length) is no value of the column's type.")
KEY_UNKNOWN = N_("The key names “{column}”, which is no column of the structure.")
NOT_VALID = N_("The structure is not a valid Table Schema: {reason}.")
BAD_RULE = N_("A rule of the structure can not be understood: {reason}.")
NO_REQUIRED = N_(
    "No column is always present. Mark at least one that every row must have, such as its code: without one, "
    "rows that hold nothing but a date would pass."
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a structure: a marked sentence and what it names."""

    message: str
    params: Mapping[str, Any]

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the fault in words, through a function of gettext's kind."""
        params = {
            name: value.sentence(translate) if isinstance(value, Fault) else value
            for name, value in self.params.items()
        }
        return translate(self.message).format(**params)


class OfficeSchemaError(ValueError):
    """The structure can not be used; ``faults``: why, each a sentence for who wrote it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.sentence(str) for fault in faults))
        self.faults = tuple(faults)


def read_schema(content: bytes) -> dict[str, Any]:
    """Return the JSON object in a file. Raises OfficeSchemaError."""
    if len(content) > MAX_BYTES:
        raise _error(TOO_LARGE, most=MAX_BYTES // 1024)
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _error(NOT_JSON, reason=type(error).__name__) from error
    if not isinstance(found, dict):
        raise _error(NO_FIELDS)
    return found


def clean_schema(
    found: Mapping[str, Any], *, title: Mapping[str, str], schema_id: str, version: str
) -> dict[str, Any]:
    """Return the structure as a profile of ours: a Table Schema with our properties beside the standard ones.

    ``title``: what it is called, by language (``it`` and ``en``); what the file says of itself is used where it is
    empty. Unknown properties are left out. Raises OfficeSchemaError with everything that is wrong.
    """
    _refuse_references(found)
    fields = found.get("fields")
    if not isinstance(fields, list) or not fields:
        raise _error(NO_FIELDS)
    if len(fields) > MAX_COLUMNS:
        raise _error(TOO_MANY_COLUMNS, count=len(fields), most=MAX_COLUMNS)
    faults: list[Fault] = []
    cleaned = [_field(number, item, faults) for number, item in enumerate(fields, start=1)]
    names = [field["name"] for field in cleaned]
    faults += _doubles(names)
    key = _names(found.get("primaryKey"))
    faults += [Fault(KEY_UNKNOWN, {"column": name}) for name in key if name not in names]
    if not any(field.get("constraints", {}).get("required") for field in cleaned):
        faults.append(Fault(NO_REQUIRED, {}))
    if faults:
        raise OfficeSchemaError(faults)
    missing = _texts(found.get("missingValues")) or ["", " "]
    schema: dict[str, Any] = {
        "id": schema_id,
        "version": version,
        "title": title.get("it") or _text(found, "title") or schema_id,
        "title_en": title.get("en") or _text(found, "title_en") or title.get("it") or schema_id,
        "description": _text(found, "description"),
        "description_en": _text(found, "description_en"),
        "releases": [RELEASE],
        "dialects": _dialects(cleaned, missing),
        "key": _names(found.get("key")) or key,
        **({"primaryKey": key} if key else {}),
        "persons": [],
        "missingValues": missing,
        "fieldsMatch": "partial",
        "fields": cleaned,
    }
    for name in ("checks", "drift", "personal"):
        if found.get(name):
            schema[name] = found[name]
    _validate(schema)
    return schema


def _refuse_references(found: Any, depth: int = 0) -> None:
    """Refuse what would make a reader of schemas look elsewhere. ``$schema`` names the standard and is left out."""
    if depth > 20:
        raise _error(NOT_VALID, reason="nesting")
    if isinstance(found, Mapping):
        for name, value in found.items():
            if name in ("$ref", "foreignKeys", "path", "url", "profile") or (
                name == "fields" and isinstance(value, str)
            ):
                raise _error(POINTS_ELSEWHERE, name=name)
            _refuse_references(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            _refuse_references(value, depth + 1)


def _field(number: int, item: Any, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(item, Mapping) or not isinstance(item.get("name"), str) or not item["name"].strip():
        faults.append(Fault(NO_NAME, {"number": number}))
        return {"name": f"column {number}", "type": "any"}
    name = item["name"].strip()
    if len(name) > MAX_NAME:
        faults.append(Fault(LONG_TEXT, {"number": number, "name": "name", "most": MAX_NAME}))
        name = name[:MAX_NAME]
    kind = item.get("type", "string")
    if kind not in TYPES:
        faults.append(Fault(UNKNOWN_TYPE, {"column": name, "type": kind, "types": ", ".join(TYPES)}))
        kind = "any"
    field: dict[str, Any] = {"name": name, "type": kind}
    form = item.get("format", "default")
    if _is_format(kind, form):
        field["format"] = form
    elif form != "default":
        faults.append(Fault(BAD_FORMAT, {"column": name, "format": form}))
    field |= _words(number, item, faults)
    field.setdefault("title", name)
    field.setdefault("title_en", field["title"])
    field |= _notation(kind, item)
    constraints = _constraints(name, item.get("constraints"), faults)
    if constraints:
        field["constraints"] = constraints
    field["labels"] = {RELEASE: name}
    aliases = _texts(item.get("aliases"))
    return {**field, "aliases": aliases} if aliases else field


def _words(number: int, item: Mapping[str, Any], faults: list[Fault]) -> dict[str, str]:
    words = {
        name: item[name].strip() for name in _WORDS if isinstance(item.get(name), str) and item[name].strip()
    }
    faults += [
        Fault(LONG_TEXT, {"number": number, "name": name, "most": MAX_TEXT})
        for name, text in words.items()
        if len(text) > MAX_TEXT
    ]
    return words


def _notation(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the column's values are written."""
    found: dict[str, Any] = {}
    if kind == "number":
        found |= {
            mark: item[mark] for mark in ("decimalChar", "groupChar") if item.get(mark) in (",", ".", " ")
        }
        found["bareNumber"] = True
    if item.get("unit") == "EUR" and kind in ("number", "integer"):
        found["unit"] = "EUR"
    for name in ("missingValues", *(("trueValues", "falseValues") if kind == "boolean" else ())):
        values = _texts(item.get(name))
        found |= {name: values} if values else {}
    return found


def _is_format(kind: str, form: Any) -> bool:
    if not isinstance(form, str) or len(form) > 40:
        return False
    if kind in ("date", "datetime", "time"):
        return bool(_DATE_FORMAT.fullmatch(form)) and "%" in form
    return form in _FORMATS.get(kind, ())


def _constraints(column: str, found: Any, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(found, Mapping):
        return {}
    kept = {
        name: value
        for name, value in found.items()
        if name in _CONSTRAINTS and value not in (None, "", False)
    }
    values = kept.get("enum")
    if isinstance(values, list) and len(values) > MAX_VALUES:
        faults.append(Fault(TOO_MANY_VALUES, {"column": column, "most": MAX_VALUES}))
    if "pattern" in kept:
        try:
            check_pattern(str(kept["pattern"]))
        except UnsafePatternError as error:
            faults.append(
                Fault(BAD_PATTERN, {"column": column, "reason": Fault(error.message, error.params)})
            )
    return kept


def _doubles(names: Sequence[str]) -> list[Fault]:
    """Names are compared as labels of files are: without letter case and blanks at the edges."""
    seen: set[str] = set()
    faults = []
    for name in names:
        label = normal_label(name)
        if label in seen:
            faults.append(Fault(NAME_TWICE, {"column": name}))
        seen.add(label)
    return faults


def _dialects(fields: Sequence[Mapping[str, Any]], missing: list[str]) -> list[dict[str, Any]]:
    """Return how files may be written: UTF-8, with any of the usual separators."""
    numbers = [field for field in fields if field["type"] == "number"]
    dates = [field["format"] for field in fields if field["type"] == "date" and "format" in field]
    dialect = {
        "release": RELEASE,
        "encodings": ["utf-8"],
        "bom": False,
        "quoteChar": '"',
        "decimalChar": numbers[0].get("decimalChar", ".") if numbers else ",",
        "groupChar": numbers[0].get("groupChar", "") if numbers else "",
        "dateFormat": dates[0] if dates else "%Y-%m-%d",
        "missingValues": missing,
    }
    return [{**dialect, "delimiter": delimiter} for delimiter in DELIMITERS]


def _validate(schema: dict[str, Any]) -> None:
    """Let frictionless and our own loader judge what was made."""
    from .checks import profile_checks  # frictionless's registry is slow to load

    reasons = [error.note for error in Schema.metadata_validate(json.loads(json.dumps(schema)))]
    if reasons:
        raise OfficeSchemaError([Fault(NOT_VALID, {"reason": reason}) for reason in reasons[:10]])
    try:
        for field in Schema.from_descriptor(json.loads(json.dumps(schema))).fields:
            _try_bounds(field)
        profile_from_schema(schema)
        names = {field["name"]: field["name"] for field in schema["fields"]}
        profile_checks(schema.get("checks", ()), names, schema)
    except OfficeSchemaError:
        raise
    except (ProfileRuleError, InvalidCheckError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _error(BAD_RULE, reason=str(error)) from error
    except FrictionlessException as error:
        raise _error(NOT_VALID, reason=error.error.note) from error


def _try_bounds(field: Any) -> None:
    """A bound that is no value of its column's type is found out by frictionless only when a cell is read."""
    try:
        field.read_cell("1")
    except (TypeError, ValueError, FrictionlessException) as error:
        raise _error(BAD_BOUND, column=field.name) from error


def _error(message: str, **params: Any) -> OfficeSchemaError:
    return OfficeSchemaError([Fault(message, params)])


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)][:MAX_VALUES] if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else _texts(value)
