"""The language to speak: the page's, or the portal's own where there is no page (jobs, command line)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context


def current_language() -> str:
    """Return the code of the language of this request, or the portal's default outside of one."""
    return (tk.h.lang() if has_request_context() else None) or tk.config["ckan.locale_default"]


def in_current_language(text: Any) -> str:
    """Return a text of the YAML files, which is plain or ``{language: text}``, in the current language."""
    return tk.h.scheming_language_text(text, prefer_lang=current_language())
