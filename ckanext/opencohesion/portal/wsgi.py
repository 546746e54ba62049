"""The entry of a production web server: `gunicorn ckanext.opencohesion.portal.wsgi:application`, with CKAN_INI set."""

from __future__ import annotations

import os

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

from .public_address import PublicAddress

_config = CKANConfigLoader(os.environ["CKAN_INI"]).get_config()

application = PublicAddress(
    make_app(_config), str(_config["ckan.site_url"]), str(_config["ckan.root_path"] or "")
)
