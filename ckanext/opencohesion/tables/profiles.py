"""Table profiles: a Frictionless Table Schema and what it does not say (dialects, aliases, persons), as one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
    # The Frictionless field descriptor, without our own properties.
    descriptor: Mapping[str, Any]

    @property
    def releases(self) -> tuple[str, ...]:
        """Releases in which the column is present, oldest first."""
        return tuple(self.labels)


@dataclass(frozen=True)
class PersonColumns:
    """Columns that may together tell of a natural person (canonical names)."""

    tax_code: str
    name: str | None
    legal_form: str | None
    legal_form_description: str | None


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
    # Columns that tell one row from another; a repetition is no error unless the schema's primaryKey says so.
    key: tuple[str, ...]
    primary_key: tuple[str, ...]
    persons: tuple[PersonColumns, ...]
    # The descriptor as it stands in schemas/tables/, for who speaks Frictionless.
    schema: Mapping[str, Any]

    def field(self, name: str) -> ProfileField:
        """Return the field of this canonical name. Raises KeyError."""
        raise NotImplementedError

    def dialect(self, release: str | None) -> TableDialect:
        """Return the dialect of ``release``, of the newest release when it is None or unknown."""
        raise NotImplementedError


def profile_ids() -> list[str]:
    """Return the ids of all profiles, sorted."""
    raise NotImplementedError


def load_profile(profile_id: str) -> TableProfile:
    """Return the profile. Raises UnknownProfileError."""
    raise NotImplementedError
