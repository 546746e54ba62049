"""Wires the room into CKAN: nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Context
from ckanext.dcat.interfaces import IDCATURIGenerator

from ckanext.opencohesion.dcatapit import choices, form, licence, settings, validators
from ckanext.opencohesion.dcatapit.language import current_language
from ckanext.opencohesion.translation import HouseTranslation


@tk.blanket.config_declarations
class DcatapitPlugin(HouseTranslation, p.SingletonPlugin):
    """Forms of the dataset types, their rules, and DCAT-AP_IT."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITemplateHelpers)
    p.implements(p.ITranslation)
    p.implements(p.IValidators)
    p.implements(IDCATURIGenerator, inherit=True)

    # IConfigurer

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opencohesion-dcatapit")

    # IPackageController

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Name the licence, which CKAN's register does not know."""
        pkg_dict.update(licence.described(pkg_dict, current_language()))

    # IDCATURIGenerator

    def catalog_uri(self, default_uri: str) -> str:
        """Give the portal's public address with its path, the root of every URI in the RDF."""
        return settings.configured_base()

    # ITemplateHelpers

    def get_helpers(self) -> dict[str, Callable[..., Any]]:
        """Give the forms their choices."""
        return {**_named(choices), **_named(form)}

    # IValidators

    def get_validators(self) -> dict[str, Callable[..., Any]]:
        """Give the YAML files their validators."""
        return _named(validators)


def _named(module: Any) -> dict[str, Callable[..., Any]]:
    """Return what a module offers to CKAN: the names that begin with ``opencohesion_``."""
    return {name: value for name, value in vars(module).items() if name.startswith("opencohesion_")}
