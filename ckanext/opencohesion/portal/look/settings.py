"""What the configuration says of the portal's identity and links."""

from __future__ import annotations

import logging

import ckan.plugins.toolkit as tk

from . import colours
from .identity import Identity, load

log = logging.getLogger(__name__)

_PREFIX = "ckanext.opencohesion.portal."
_OPTIONS = ("owner_name", "owner_url", "name", "colour", "logo")


def language() -> str:
    """The reader's language: ``it`` or ``en``."""
    return "en" if str(tk.h.lang()).startswith("en") else "it"


def identity() -> Identity:
    """The portal's identity in the reader's language. A colour that can not be read is left out, and the log says so."""
    options = {name: str(tk.config[_PREFIX + name] or "").strip() for name in _OPTIONS}
    region, *_ = str(tk.config.get("ckanext.opencohesion.region") or "").split() or [""]
    if options["colour"]:
        try:
            colours.parse(options["colour"])
        except ValueError as error:
            log.warning("%scolour: %s", _PREFIX, error)
            options["colour"] = ""
    found = load(region, language(), options)
    if found.owner:
        return found
    options["owner_name"] = str(tk.config.get("ckanext.opencohesion.dcatapit.publisher_name") or "")
    return load(region, language(), options)


def links(option: str) -> list[dict[str, str]]:
    """The links of an option, a line each: the address, a blank, the words for people. Other lines do not count."""
    found = []
    for line in str(tk.config[_PREFIX + option] or "").splitlines():
        address, _, words = line.strip().partition(" ")
        if words.strip() and address.startswith(("https://", "http://", "mailto:", "/")):
            found.append({"url": address, "title": words.strip()})
    return found


def contact() -> str:
    """Where people write to the office: an e-mail address, or an empty string."""
    own = str(tk.config[f"{_PREFIX}contact_email"] or "")
    return (own or str(tk.config.get("ckanext.opencohesion.dcatapit.publisher_email") or "")).strip()
