"""Table profiles: a Frictionless Table Schema and what it does not say (dialects, aliases, persons), as one object.

A profile is a file ``schemas/tables/<source>/<table>.json``: a Table Schema that the plain ``frictionless`` command
reads, with these properties of ours beside the standard ones.

On the schema: ``id``; ``version``; ``title``, ``description`` (Italian) and ``title_en``, ``description_en``;
``releases`` (oldest first; the last one's names are canonical); ``dialects`` (how each release is written);
``key`` (what tells one row from another; ``primaryKey`` only where a repetition is an error); ``persons``;
``places`` (which columns name a place, see ``PlaceColumns``) and ``chart`` (the chart shown first), both optional;
``checks``, ``references``, ``drift``, ``personal``, all optional (see ``profile_rules.py``).
On a field: ``title_en``, ``description_en``; ``labels`` (release to the label published in it);
``aliases`` (other spellings met); ``unit`` (``EUR`` on amounts of money); ``example`` (standard: a cell, as text).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from .errors import UnknownProfileError
from .profile_rules import (
    CheckRule,
    Drift,
    PersonalField,
    Reference,
    parse_checks,
    parse_drift,
    parse_personal,
    parse_references,
)

_FOLDER = Path(__file__).parent.parent / "schemas" / "tables"
ProfileSource = Callable[[str], Mapping[str, Any] | None]
_sources: dict[str, ProfileSource] = {}
_OWN_FIELD_PROPERTIES = (
    "title",
    "title_en",
    "description",
    "description_en",
    "labels",
    "aliases",
    "unit",
    "example",
)


@dataclass(frozen=True)
class TableDialect:
    """How one release of a table is written."""

    release: str
    encodings: tuple[str, ...]
    has_bom: bool
    delimiter: str
    quotechar: str
    decimal_char: str
    group_char: str
    date_format: str
    missing_values: tuple[str, ...]


@dataclass(frozen=True)
class ProfileField:
    """One column: what it is called in each release, what it means, what may stand in it."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    required: bool
    # Release -> the label as published in it; other spellings that were met.
    labels: Mapping[str, str]
    aliases: tuple[str, ...]
    unit: str | None
    # A cell as it may stand in a file, for the dictionary; None where nothing sensible was seen.
    example: str | None
    # The Frictionless field descriptor, without words and without our own properties.
    descriptor: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Return the Frictionless type."""
        return self.descriptor["type"]

    @property
    def releases(self) -> tuple[str, ...]:
        """Return the releases in which the column is present, oldest first."""
        return tuple(self.labels)


@dataclass(frozen=True)
class PersonColumns:
    """Columns that may together tell of a natural person (canonical names)."""

    tax_code: str
    name: str | None = None
    legal_form: str | None = None
    legal_form_description: str | None = None


@dataclass(frozen=True)
class PlaceColumns:
    """Columns that tell where a row's project is (canonical names).

    A municipality's ISTAT code is the last six digits of its columns put together, a province's the last three, a
    region's the last two. With a ``separator`` a cell may name several places. ``projects`` are the columns that name
    the project: with them projects are counted, each once per place, and amounts are never added up by place.
    """

    municipality: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    separator: str | None = None
    projects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChartColumns:
    """The chart that is shown first: rows counted ``by`` a column, or the sum of ``value`` (canonical names)."""

    by: str
    value: str | None = None


@dataclass(frozen=True)
class TableProfile:
    """A table that publishers release, over all its releases."""

    id: str
    version: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    # Oldest first; the last is the one whose names are canonical.
    releases: tuple[str, ...]
    dialects: tuple[TableDialect, ...]
    fields: tuple[ProfileField, ...]
    # Columns that tell one row from another; a repetition is no error unless `primary_key` says so.
    key: tuple[str, ...]
    primary_key: tuple[str, ...]
    persons: tuple[PersonColumns, ...]
    places: PlaceColumns | None
    chart: ChartColumns | None
    checks: tuple[CheckRule, ...]
    references: tuple[Reference, ...]
    drift: Drift
    personal: tuple[PersonalField, ...]
    # The descriptor as it stands in schemas/tables/, for who speaks Frictionless.
    schema: Mapping[str, Any]

    def field(self, name: str) -> ProfileField:
        """Return the field of this canonical name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def dialect(self, release: str | None) -> TableDialect:
        """Return the dialect of ``release``, of the newest release when it is None or unknown."""
        for dialect in self.dialects:
            if dialect.release == release:
                return dialect
        return self.dialects[-1]


@cache
def profile_ids() -> list[str]:
    """Return the ids of the profiles that are shipped, sorted."""
    return sorted(path.relative_to(_FOLDER).with_suffix("").as_posix() for path in _FOLDER.glob("*/*.json"))


def add_source(prefix: str, find: ProfileSource) -> None:
    """Let profiles whose id begins with ``prefix/`` come from ``find``: id to descriptor, None where there is none.

    What an id stands for never changes there: a new version has a new id.
    """
    _sources[prefix] = find
    _profile_of_source.cache_clear()


def load_profile(profile_id: str) -> TableProfile:
    """Return the profile. Raises UnknownProfileError, also for an id that is no id but a path."""
    if profile_id.partition("/")[0] in _sources:
        return _profile_of_source(profile_id)
    return _shipped_profile(profile_id)


def find_profile(profile_id: str | None) -> TableProfile | None:
    """Return the profile, None where ``profile_id`` names none."""
    try:
        return load_profile(profile_id) if profile_id else None
    except UnknownProfileError:
        return None


def schema_text(profile_id: str) -> str:
    """Return the shipped file of a profile as it stands. Raises UnknownProfileError."""
    if profile_id not in profile_ids():
        raise UnknownProfileError(profile_id)
    return (_FOLDER / f"{profile_id}.json").read_text(encoding="utf-8")


@cache
def _shipped_profile(profile_id: str) -> TableProfile:
    return profile_from_schema(json.loads(schema_text(profile_id)))


@lru_cache(maxsize=256)
def _profile_of_source(profile_id: str) -> TableProfile:
    schema = _sources[profile_id.partition("/")[0]](profile_id)
    if schema is None:
        raise UnknownProfileError(profile_id)
    return profile_from_schema(schema)


def profile_from_schema(schema: Mapping[str, Any]) -> TableProfile:
    """Return the profile that a descriptor of ours describes.

    Raises KeyError where a property is missing, ProfileRuleError where a rule can not be understood.
    """
    columns = {item["name"] for item in schema["fields"]}
    return TableProfile(
        id=schema["id"],
        version=schema["version"],
        title=_words(schema, "title"),
        description=_words(schema, "description"),
        releases=tuple(schema["releases"]),
        dialects=tuple(_dialect(item) for item in schema["dialects"]),
        fields=tuple(_field(item) for item in schema["fields"]),
        key=tuple(schema["key"]),
        primary_key=tuple(schema.get("primaryKey", ())),
        persons=tuple(PersonColumns(**item) for item in schema["persons"]),
        places=_places(schema["places"]) if "places" in schema else None,
        chart=ChartColumns(**schema["chart"]) if "chart" in schema else None,
        checks=parse_checks(schema.get("checks", ()), columns),
        references=parse_references(schema.get("references", ()), columns),
        drift=parse_drift(schema.get("drift", {}), columns),
        personal=parse_personal(schema.get("personal", ()), columns),
        schema=schema,
    )


def _words(item: Mapping[str, Any], name: str) -> dict[str, str]:
    return {"it": item.get(name, ""), "en": item.get(f"{name}_en", "")}


def _places(item: Mapping[str, Any]) -> PlaceColumns:
    columns = {
        name: tuple(item[name]) for name in ("municipality", "province", "region", "projects") if name in item
    }
    return PlaceColumns(**columns, separator=item.get("separator"))


def _dialect(item: Mapping[str, Any]) -> TableDialect:
    return TableDialect(
        release=item["release"],
        encodings=tuple(item["encodings"]),
        has_bom=item["bom"],
        delimiter=item["delimiter"],
        quotechar=item["quoteChar"],
        decimal_char=item["decimalChar"],
        group_char=item["groupChar"],
        date_format=item["dateFormat"],
        missing_values=tuple(item["missingValues"]),
    )


def _field(item: Mapping[str, Any]) -> ProfileField:
    return ProfileField(
        name=item["name"],
        title=_words(item, "title"),
        description=_words(item, "description"),
        required=item.get("constraints", {}).get("required", False),
        labels=item["labels"],
        aliases=tuple(item.get("aliases", ())),
        unit=item.get("unit"),
        example=item.get("example"),
        descriptor={name: value for name, value in item.items() if name not in _OWN_FIELD_PROPERTIES},
    )
