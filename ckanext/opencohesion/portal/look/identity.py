"""Whose portal it is: name, address, colour and mark, from the shipped identity of the region and the configuration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.opencohesion.vocabularies import vocabulary

from . import colours

IDENTITIES = Path(__file__).with_name("identities")
DEFAULT = "default"


@dataclass(frozen=True)
class Identity:
    """A portal's identity in one language. `mark`: file of ours below public/marks; `logo`: an image of the office's own.

    `owner`: the body that publishes; `name`: what the portal is called beside it; `place`: what its data are about.
    """

    owner: str
    owner_url: str
    name: str
    place: str
    colour: str
    mark: str
    logo: str = ""


def load(region: str, language: str, options: dict[str, str]) -> Identity:
    """The identity shipped for `region` (ISTAT code), or the common one with the region's name, under the `options`.

    `options`: the configuration's ``owner_name``, ``owner_url``, ``name``, ``colour``, ``logo``; empty ones do not count.
    """
    shipped = _shipped(region)

    def value(key: str) -> str:
        found = shipped.get(key, "")
        return found.get(language) or found["it"] if isinstance(found, dict) else found

    place = _region_name(region, language)
    return Identity(
        owner=options.get("owner_name") or value("owner"),
        owner_url=options.get("owner_url") or value("owner_url"),
        name=options.get("name") or value("name"),
        place=place,
        colour=options.get("colour") or value("colour"),
        mark=value("mark"),
        logo=options.get("logo", ""),
    )


def style_sheet(colour: str) -> str:
    """The style sheet that gives the design tokens the identity's colour. Raises ValueError where it is no colour."""
    values = colours.tokens(colours.parse(colour))
    return ":root{" + ";".join(f"{name}:{value}" for name, value in values.items()) + "}\n"


def digest(text: str) -> str:
    """A short name for a content, for addresses that may be kept for ever."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def _shipped(region: str) -> dict[str, Any]:
    common = yaml.safe_load((IDENTITIES / f"{DEFAULT}.yaml").read_text("utf-8"))
    own = IDENTITIES / f"{region}.yaml"
    if vocabulary("istat-regions").find(region) is None or not own.is_file():
        return common
    return common | yaml.safe_load(own.read_text("utf-8"))


def _region_name(region: str, language: str) -> str:
    return vocabulary("istat-regions").label(region, language) if region else ""
