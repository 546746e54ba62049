"""Template helpers of the look."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from markupsafe import Markup

from . import built


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
