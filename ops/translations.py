"""`make translations`: collects the messages of every room into the Italian catalogue and compiles it.

The messages of CKAN and of the extensions under us that have no Italian of their own are collected with them: a page that
is half in English is ours to mend. What is translated stays; what no source says any more goes; what is new and CKAN
itself has words for takes those; the rest stands there empty until a person translates it, and
`tests/portal/test_translations.py` fails until then.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ops.settings import CHECKOUT, Settings

PACKAGE = CHECKOUT / "ckanext" / "opencohesion"
CATALOGUE = PACKAGE / "i18n" / "it" / "LC_MESSAGES" / "ckanext-opencohesion.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "ckan")]
# Whose pages a portal shows beside ours.
HOSTS = (
    "ckan",
    "ckanext.activity",
    "ckanext.datastore",
    "ckanext.dcat",
    "ckanext.harvest",
    "ckanext.scheming",
)
HOST_METHODS = [
    ("**/tests/**", "ignore"),
    *METHODS,
    ("templates/**.html", "ckan"),
    ("**/templates_new/**.html", "ckan"),
]
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "N_": None}
HEADER = (
    "# Italian translations of ckanext-opencohesion.\n# Copyright the ckanext-opencohesion team; AGPL-3.0."
)


def collected() -> Catalog:
    """Return a catalogue of every message in our code and templates, with the files it stands in."""
    catalogue = Catalog(locale="it", project="ckanext-opencohesion", fuzzy=False, header_comment=HEADER)
    for name, _line, messages, _comments, _context in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        catalogue.add(messages, locations=[(f"ckanext/opencohesion/{name}", 0)])
    for host in HOSTS:
        _add_without_italian(catalogue, host)
    return catalogue


def _add_without_italian(catalogue: Catalog, host: str) -> None:
    translated = _of_ckan()
    folder = _folder(host)
    for name, _line, messages, _comments, _context in extract_from_dir(
        folder, HOST_METHODS, keywords=KEYWORDS
    ):
        found = Catalog().add(messages)
        known = translated.get(found.id) if found.id else found
        if known is None or not is_translated(known):
            catalogue.add(messages, locations=[(f"{host.replace('.', '/')}/{name}", 0)])


def written() -> Catalog:
    """Return the catalogue as it stands in the package."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="it")


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def is_translated(message: Message) -> bool:
    """Say whether every form of a message has its words."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms)


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    return Path(next(iter(spec.submodule_search_locations or []))) if spec else Path()


@cache
def _of_ckan() -> Catalog:
    with (_folder("ckan") / "i18n" / "it" / "LC_MESSAGES" / "ckan.po").open("rb") as file:
        return read_po(file, locale="it")


def update(_settings: Settings) -> int:
    """Write the catalogue anew and compile it; tell what is still to be translated."""
    sources = (written(), _of_ckan())
    catalogue = collected()
    for message in catalogue:
        for source in sources:
            known = source.get(message.id) if message.id else None
            if known and is_translated(known):
                message.string = known.string
                break
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=110, sort_by_file=True, include_lineno=False)
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(catalogue))
    for message in catalogue:
        if message.id and not is_translated(message):
            print(f"not translated: {message.id}")
    return 0
