"""The only junction between the fetch policy and CKAN's configuration."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import ckan.plugins.toolkit as tk

from .policy import FetchPolicy

PREFIX = "ckanext.opencohesion.fetch."
#: For the plugin that declares these options (``IConfigDeclaration`` with ``declaration.load_dict``).
DECLARATION = Path(__file__).with_name("config_declaration.yaml")


def policy_from_config() -> FetchPolicy:
    """The policy that the configuration describes. Raises ValueError where a network in it is none."""

    def option(name: str) -> str:
        return tk.config[PREFIX + name]

    return FetchPolicy(
        max_bytes=int(option("max_mb")) * 1024 * 1024,
        connect_timeout_seconds=float(option("connect_timeout")),
        read_timeout_seconds=float(option("read_timeout")),
        total_timeout_seconds=float(option("total_timeout")),
        max_retry_wait_seconds=float(option("max_retry_wait")),
        min_interval_seconds=int(option("min_interval_ms")) / 1000,
        user_agent=option("user_agent") or f"ckanext-opencohesion (+{tk.config['ckan.site_url']})",
        allow_private=tuple(
            ipaddress.ip_network(network, strict=False) for network in option("allow_private")
        ),
        proxy=tk.config.get("ckan.download_proxy") or None,
        ca_file=option("ca_file") or None,
    )
