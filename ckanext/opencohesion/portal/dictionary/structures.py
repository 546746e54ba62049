"""A table structure as its public pages show it: which version, which other ones, its addresses, its words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import i18n

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.quality.office_schemas import store
from ckanext.opencohesion.tables import dictionary, published
from ckanext.opencohesion.tables.errors import UnknownProfileError
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile, profile_from_schema, profile_ids

OFFICE = "office"
#: Who publishes the tables of a source, in the order of the index page.
SOURCES = {
    "opencoesione": "OpenCoesione",
    "italiadomani": "Italia Domani (PNRR, PNC)",
    "kohesio": "Kohesio",
    "cohesiondata": "Cohesion Data",
    OFFICE: N_("Structures of this portal's offices"),
}


@dataclass(frozen=True)
class Structure:
    """One version of a table structure. ``path``: its id without the version; ``text``: the JSON file itself."""

    path: str
    version: str
    versions: tuple[str, ...]
    profile: TableProfile
    text: str
    final: bool

    @property
    def source(self) -> str:
        """The part of the id before the first slash."""
        return self.path.partition("/")[0]

    @property
    def name(self) -> str:
        """The part of the id after the last slash: the name of its files."""
        return self.path.rpartition("/")[2]

    @property
    def schema_id(self) -> str:
        """What a resource's ``table_schema`` says to name it."""
        return self.profile.id

    @property
    def newest(self) -> bool:
        """Whether there is no newer version."""
        return self.version == self.versions[0]

    def title(self, language: str) -> str:
        """What the table is called."""
        return self.profile.title.get(language) or self.profile.title.get("it") or self.path

    def description(self, language: str) -> str:
        """What the table holds."""
        return self.profile.description.get(language) or self.profile.description.get("it") or ""

    def columns(self, language: str) -> list[dictionary.DictionaryColumn]:
        """Every column in words."""
        return dictionary.columns(self.profile, language, tk._)

    def rules(self, language: str) -> list[dictionary.DictionaryRule]:
        """Every rule in words."""
        return dictionary.rules(self.profile, tk._, lambda schema_id: title_of(schema_id, language))


def page_language() -> str:
    """Return the language of the dictionary's words: ``it`` or ``en``."""
    return "en" if str(i18n.get_lang()).startswith("en") else "it"


def shipped(path: str, version: str | None = None) -> Structure | None:
    """Return a structure that comes with the portal, its newest version where none is named; None if there is none."""
    try:
        versions = published.versions(path)
        wanted = version or json.loads(published.schema_text(path))["version"]
        text = published.version_text(path, wanted)
    except UnknownProfileError:
        return None
    profile = profile_from_schema(json.loads(text))
    return Structure(path, wanted, versions, profile, text, published.is_final(path, wanted))


def of_office(organization: str, name: str, version: str | None = None) -> Structure | None:
    """Return a structure that an office has published, as ``shipped``."""
    rows = store.versions(organization, name)
    row = next((row for row in rows if version in (None, str(row.version))), None)
    if row is None:
        return None
    text = json.dumps(row.schema, ensure_ascii=False, indent=2) + "\n"
    numbers = tuple(str(one.version) for one in rows)
    path = f"{OFFICE}/{organization}/{name}"
    return Structure(path, str(row.version), numbers, profile_from_schema(row.schema), text, final=True)


def of_schema_id(schema_id: str | None) -> Structure | None:
    """Return the structure that a resource's ``table_schema`` names; None where it names none."""
    parts = (schema_id or "").split("/")
    if parts[0] == OFFICE:
        return of_office(*parts[1:]) if len(parts) == 4 else None
    return shipped(schema_id or "")


def every() -> Iterable[tuple[str, list[Structure]]]:
    """Yield each source and the newest versions of its structures, by title; sources without any are left out."""
    found: dict[str, list[Structure]] = {source: [] for source in SOURCES}
    for path in profile_ids():
        structure = shipped(path)
        if structure is not None:
            found.setdefault(structure.source, []).append(structure)
    for row in store.newest():
        structure = of_office(row.organization, row.name)
        if structure is not None:
            found[OFFICE].append(structure)
    for source, structures in found.items():
        if structures:
            yield source, sorted(structures, key=lambda one: one.title("it").casefold())


def title_of(schema_id: str, language: str) -> str:
    """Return what the table of an id is called; the id where it is unknown."""
    try:
        title = load_profile(schema_id).title
    except UnknownProfileError:
        return schema_id
    return title.get(language) or title.get("it") or schema_id


def address(structure: Structure, form: str | None = None, **options: Any) -> str:
    """Return the address of a version's page, or of its file of a form (``json``, ``csv``)."""
    kind = "file" if form else "version"
    values: dict[str, Any] = {"version": structure.version, "name": structure.name}
    parts = structure.path.split("/")
    if structure.source == OFFICE:
        kind, values = f"office_{kind}", {**values, "organization": parts[1]}
    else:
        values["source"] = parts[0]
    if form:
        values |= {"file": structure.name, "form": form}
    return tk.url_for(f"opencohesion_dictionary.{kind}", **values, **options)
