"""The entry of a production web server: `gunicorn ckanext.opencohesion.portal.wsgi:application`, with CKAN_INI set."""

from __future__ import annotations

import os

from ckan.cli import CKANConfigLoader
from ckan.common import config
from ckan.config.middleware import make_app

from .compression import Compression
from .login.addresses import ClientAddress
from .public_address import PublicAddress

_ckan = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())

application = ClientAddress(
    PublicAddress(Compression(_ckan), str(config["ckan.site_url"]), str(config["ckan.root_path"] or "")),
    config["ckanext.opencohesion.security.trusted_proxies"],
)
