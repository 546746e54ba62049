"""What the portal's configuration says about its catalogue and its public address."""

from __future__ import annotations

from urllib.parse import urlsplit

from ckan.plugins import toolkit as tk

from .rdf.agents import Agent, agent_code
from .rdf.catalogue import CatalogueInfo
from .rdf.concepts import language_uri

_PREFIX = "ckanext.opencohesion.dcatapit."


def public_base(site_url: str, root_path: str) -> str:
    """The public address of the portal without a slash at its end: host and, where it has one, path.

    CKAN keeps the path apart (`ckan.root_path`, with `{{LANG}}` where the language goes) and builds links from
    both; ckanext-dcat looks at `ckan.site_url` alone. A path that the site URL already has is not added twice.
    """
    base = site_url.rstrip("/")
    path = root_path.replace("/{{LANG}}", "").strip("/")
    if not path or urlsplit(base).path.strip("/") == path:
        return base
    return f"{base}/{path}"


def configured_base() -> str:
    """The portal's public address: ckanext-dcat's own option where set, else from CKAN's two."""
    stated = tk.config.get("ckanext.dcat.base_uri") or ""
    return stated.rstrip("/") or public_base(
        tk.config["ckan.site_url"], tk.config.get("ckan.root_path") or ""
    )


def catalogue_info(modified: str) -> CatalogueInfo:
    """The catalogue's own description from `ckanext.opencohesion.dcatapit.*`, else from CKAN's own options.

    `modified`: when the newest of its datasets changed.
    """
    languages = _words("catalogue_languages") or [language_uri(default_language()) or ""]
    return CatalogueInfo(
        title=_option("catalogue_title") or tk.config.get("ckan.site_title") or "",
        description=_option("catalogue_description") or tk.config.get("ckan.site_description") or "",
        homepage=configured_base() + "/",
        publisher=Agent(
            name=_option("publisher_name") or None,
            identifier=agent_code(_option("publisher_identifier")),
            uri=_option("publisher_uri") or None,
            email=_option("publisher_email") or None,
            url=_option("publisher_url") or None,
            type=_option("publisher_type") or None,
        ),
        languages=[language for language in languages if language],
        issued=_option("catalogue_issued"),
        modified=modified,
        licence=_option("catalogue_licence"),
        territory=_words("catalogue_territory")
        or (tk.config.get("ckanext.opencohesion.region") or "").split(),
    )


def default_language() -> str:
    """ISO 639-1 code of the language in which the portal's texts are written."""
    return (tk.config.get("ckan.locale_default") or "it").replace("-", "_").partition("_")[0].lower()


def _option(name: str) -> str:
    return (tk.config.get(_PREFIX + name) or "").strip()


def _words(name: str) -> list[str]:
    return _option(name).split()
