"""How to cite a dataset or one version of a file: as text after APA's form for data sets, and as BibTeX. Plain module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ckanext.opencohesion.i18n_marks import N_

_PHRASES = {
    "data set": N_("Data set"),
    "version": N_("version {number}"),
    "retrieved": N_("retrieved on [date]"),
}

# What BibTeX and LaTeX would read as something else.
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Citable:
    """What is cited. ``authors``: the rights holders; ``version``: "" where none is told; ``sha256``: of a file, else ""."""

    key: str
    authors: tuple[str, ...]
    year: str
    title: str
    publisher: str
    url: str
    version: str = ""
    sha256: str = ""


def text(work: Citable, translate: Callable[[str], str]) -> str:
    """Return the citation as one line; the day on which the reader looked it up is left for them to fill in."""
    version = f" ({translate(_PHRASES['version']).format(number=work.version)})" if work.version else ""
    authors = ", ".join(work.authors)
    dot = "" if authors.endswith(".") else "."
    publisher = f" {work.publisher}." if work.publisher and work.publisher not in work.authors else ""
    return (
        f"{authors}{dot} ({work.year}). {work.title}{version} [{translate(_PHRASES['data set'])}].{publisher}"
        f" {work.url} ({translate(_PHRASES['retrieved'])})"
    )


def bibtex(work: Citable) -> str:
    """Return the citation as a BibTeX entry."""
    fields = {
        "author": " and ".join(f"{{{_escaped(author)}}}" for author in work.authors),
        "title": f"{{{_escaped(work.title)}}}",
        "year": work.year,
        "publisher": _escaped(work.publisher),
        "version": _escaped(work.version),
        # as it is: BibTeX styles put it into \url, which takes these characters
        "url": re.sub(r"[{}\\\s]", "", work.url),
        "note": f"SHA-256: {work.sha256}" if work.sha256 else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(work.key)},", *lines, "}", ""])


def _escaped(value: str) -> str:
    return "".join(_LATEX.get(character, character) for character in " ".join(value.split()))


def _key(value: str) -> str:
    """Return a key of ASCII letters, digits and hyphens."""
    ascii_only = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-") or "dataset"
