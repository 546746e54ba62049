"""Reads the editorial pages: front matter, Markdown, and the places where something of the portal's own is put in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from markdown import markdown

TEXTS = Path(__file__).with_name("texts")
LANGUAGES = ("it", "en")
# In the order in which they are offered to a reader.
SLUGS = ("about", "controlli", "metodologia", "domande-frequenti", "licenze", "privacy", "accessibilita")

_PLACE = re.compile(r"<!-- (office|statement|feedback)(: required)? -->")
_LINK = re.compile(r'href="(page|path):([^"]*)"')


@dataclass(frozen=True)
class Section:
    """A stretch of a page: ready HTML, or a place (`office`, `statement`, `feedback`) that the view fills in."""

    html: str = ""
    place: str = ""
    required: bool = False


@dataclass(frozen=True)
class Page:
    """One editorial page in one language. `version` grows when its meaning changes; `updated`: when that was."""

    slug: str
    language: str
    title: str
    summary: str
    version: int
    updated: date
    sections: tuple[Section, ...]

    @property
    def has_office_part(self) -> bool:
        """Whether the office writes a part of this page."""
        return any(section.place == "office" for section in self.sections)


@cache
def load(slug: str, language: str) -> Page:
    """Return a page; in Italian where `language` has no text of it. Raises KeyError for an unknown slug."""
    if slug not in SLUGS:
        raise KeyError(slug)
    language = language if language in LANGUAGES else LANGUAGES[0]
    _, head, body = (TEXTS / f"{slug}.{language}.md").read_text(encoding="utf-8").split("---\n", 2)
    about = yaml.safe_load(head)
    return Page(
        slug=slug,
        language=language,
        title=about["title"],
        summary=about["summary"],
        version=about["version"],
        updated=about["updated"],
        sections=tuple(_sections(body)),
    )


def _sections(body: str) -> list[Section]:
    sections = []
    position = 0
    for match in _PLACE.finditer(body):
        sections.append(_text(body[position : match.start()]))
        sections.append(Section(place=match[1], required=bool(match[2])))
        position = match.end()
    sections.append(_text(body[position:]))
    return [section for section in sections if section.place or section.html]


def _text(source: str) -> Section:
    # Only texts of this package come here; what the office writes goes through CKAN's own cleaning.
    return Section(html=markdown(source.strip(), extensions=["tables", "sane_lists"]))


def with_links(html: str, page: Callable[[str], str], path: Callable[[str], str]) -> str:
    """Return `html` with its links `page:SLUG` and `path:/PATH` turned into addresses by the two functions."""
    return _LINK.sub(lambda link: f'href="{(page if link[1] == "page" else path)(link[2])}"', html)
