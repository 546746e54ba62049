"""Template helpers of the look."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError
from markupsafe import Markup

from . import built, datasets, errors, identity, menus, settings


def opencohesion_frontend(name: str) -> str:
    """Address of a file that frontend/ makes: ``h.opencohesion_frontend('charts.js')``."""
    return tk.h.url_for_static(built.path_of(name))


def opencohesion_icon(name: str, css_class: str = "") -> Markup:
    """An icon of Bootstrap Italia (``search`` for it-search), as decoration: what it means must stand beside it in words.

    The icons there are: frontend/parts.mjs.
    """
    return Markup(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#it-{}"></use></svg>'
    ).format(css_class, opencohesion_frontend("icons.svg"), name)


def opencohesion_identity() -> identity.Identity:
    """Whose portal it is: ``owner``, ``owner_url``, ``name``, ``place`` in the reader's language."""
    return settings.identity()


def opencohesion_identity_css() -> str:
    """Address of the style sheet with the identity's colours."""
    css = identity.style_sheet(settings.identity().colour)
    return tk.h.url_for("opencohesion_look.identity_css", name=identity.digest(css))


def opencohesion_mark() -> str:
    """Address of the portal's mark: the office's own logo, else the drawing that is shipped for its region."""
    found = settings.identity()
    if found.logo:
        return tk.h.url_for_static_or_external(found.logo)
    return tk.h.url_for_static(f"/marks/{found.mark}")


def opencohesion_links(option: str) -> list[dict[str, str]]:
    """Links that the configuration adds: ``footer_links`` or ``social_links``, as ``[{url, title}]``."""
    return settings.links(option)


def opencohesion_contact() -> str:
    """Where people write to the office: an e-mail address, or an empty string."""
    return settings.contact()


def opencohesion_dataset_kinds() -> list[dict[str, str]]:
    """The kinds of dataset that may be added: ``[{type, title, help}]``."""
    return menus.dataset_kinds()


def opencohesion_home() -> dict[str, Any] | None:
    """What the home page tells of the data (``datasets.overview``); None while the search index does not answer."""
    try:
        return datasets.overview(settings.language())
    except SearchError:
        return None


def opencohesion_navigation() -> list[dict[str, Any]]:
    """The pages of the header: ``[{title, url, here}]``."""
    return menus.navigation()


def opencohesion_error(code: Any, content: Any) -> dict[str, Any]:
    """What an error page says: ``code``, ``title``, ``help``, and ``said`` by the page itself."""
    # CKAN gives the code of what it did not foresee as a list
    number = int((code[0] if isinstance(code, list) else code) or 500)
    title, help_text = errors.words(number)
    return {
        "code": number,
        "title": tk._(title),
        "help": tk._(help_text),
        "said": errors.said(number, str(content or "")),
    }
