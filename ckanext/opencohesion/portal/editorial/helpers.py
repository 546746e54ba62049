"""Template helpers of the editorial pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from markupsafe import Markup

from . import pages, parts


def opencohesion_editorial_pages() -> list[dict[str, str]]:
    """Return the editorial pages in the reader's language, for menus: ``[{slug, title, summary, url}]``."""
    found = [pages.load(slug, _language()) for slug in pages.SLUGS]
    return [
        {"slug": page.slug, "title": page.title, "summary": page.summary, "url": _address(page.slug)}
        for page in found
    ]


def opencohesion_editorial_page(slug: str) -> dict[str, Any]:
    """Return one page as its template shows it: the fields of ``pages.Page``, and sections with their HTML.

    The office's part comes in the reader's language, or in Italian where it was written in Italian alone.
    """
    page = pages.load(slug, _language())
    return {
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "version": page.version,
        "updated": page.updated,
        "has_office_part": page.has_office_part,
        "sections": [_shown(page, section) for section in page.sections],
    }


def opencohesion_accessibility_statement() -> str:
    """Return the address of the accessibility statement made in AgID's form, or an empty string while there is none."""
    return str(tk.config["ckanext.opencohesion.portal.accessibility_statement_url"] or "")


def _shown(page: pages.Page, section: pages.Section) -> dict[str, Any]:
    html = Markup(_filled(section.html))  # noqa: S704 -- the package's own text
    if section.place == "office":
        text = parts.current(page.slug, page.language) or parts.current(page.slug, pages.LANGUAGES[0])
        html = tk.h.render_markdown(text) if text else Markup("")
    return {"place": section.place, "required": section.required, "html": html}


def _filled(html: str) -> str:
    html = pages.with_links(html, _address, tk.h.url_for)
    return html.replace("$portal", str(Markup.escape(tk.config["ckan.site_title"])))


def _address(slug: str) -> str:
    return tk.h.url_for("home.about") if slug == "about" else tk.h.url_for(f"opencohesion_pages.{slug}")


def _language() -> str:
    return "en" if str(tk.h.lang()).startswith("en") else "it"
