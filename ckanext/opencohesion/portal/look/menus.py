"""The kinds of dataset that an officer may add, and the pages of the header and the footer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from .settings import language

_SEARCH = "opencohesion_search.search"


def dataset_kinds() -> list[dict[str, str]]:
    """The types of dataset there are forms for: ``[{type, title, help, url}]``, in the order of the configuration.

    A type's words are the ``menu`` of its schema (``title`` and ``help``, each by language); types whose schema says
    ``menu: false`` are made in another way and are left out.
    """
    schemas = tk.h.scheming_dataset_schemas() if "scheming_dataset_schemas" in tk.h else {}
    found = []
    for name, schema in (schemas or {}).items():
        menu = schema.get("menu", {})
        if menu is not False:
            found.append(
                {
                    "type": name,
                    "title": _words(menu.get("title")) or tk._("Dataset"),
                    "help": _words(menu.get("help")),
                }
            )
    return found


def _words(texts: Any) -> str:
    return (texts.get(language()) or texts.get("it") or "") if isinstance(texts, dict) else texts or ""


def navigation() -> list[dict[str, Any]]:
    """The pages of the header: ``[{title, url, here}]``.

    ``here``: ``page`` on the page itself, ``true`` elsewhere in its part of the portal, else empty: an aria-current.
    """
    parts = (
        (tk._("Data"), _SEARCH),
        (tk._("Themes"), "opencohesion_look.themes"),
        (tk._("Organizations"), "organization.index"),
        (tk._("How data is proven"), "opencohesion_pages.controlli"),
        (tk._("About"), "home.about"),
    )
    return [
        {"title": title, "url": tk.h.url_for(endpoint), "here": _here(endpoint)} for title, endpoint in parts
    ]


def _here(endpoint: str) -> str:
    present = tk.request.endpoint or ""
    if present == endpoint:
        return "page"
    part, _, _ = present.partition(".")
    types = [each["type"] for each in dataset_kinds()]
    if endpoint == _SEARCH:
        return "true" if part in ("dataset", *types, *(f"{each}_resource" for each in types)) else ""
    return "true" if endpoint == f"{part}.index" else ""
