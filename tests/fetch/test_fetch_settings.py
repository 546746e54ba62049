"""The policy as CKAN's configuration gives it."""

from __future__ import annotations

import ipaddress

import pytest
from ckan.plugins import toolkit as tk

from ckanext.opencohesion.fetch.settings import PREFIX, policy_from_config


def test_every_option_reaches_the_policy(with_plugins, monkeypatch: pytest.MonkeyPatch):
    changes = {
        "max_mb": 3,
        "connect_timeout": 4,
        "read_timeout": 5,
        "total_timeout": 6,
        "max_retry_wait": 7,
        "min_interval_ms": 1500,
        "user_agent": "portale/1.0",
        "allow_private": ["10.20.0.0/16", "fd00::/8"],
        "ca_file": "ca.pem",
    }
    for name, value in changes.items():
        monkeypatch.setitem(tk.config, PREFIX + name, value)
    monkeypatch.setitem(tk.config, "ckan.download_proxy", "http://proxy:3128")
    policy = policy_from_config()
    assert policy.max_bytes == 3 * 1024 * 1024
    assert (policy.connect_timeout_seconds, policy.read_timeout_seconds) == (4, 5)
    assert (policy.total_timeout_seconds, policy.max_retry_wait_seconds) == (6, 7)
    assert policy.min_interval_seconds == 1.5
    assert policy.user_agent == "portale/1.0"
    assert policy.allow_private == (ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fd00::/8"))
    assert (policy.ca_file, policy.proxy) == ("ca.pem", "http://proxy:3128")


def test_without_a_setting_nothing_private_is_allowed_and_we_say_who_we_are(with_plugins, monkeypatch):
    monkeypatch.setitem(tk.config, PREFIX + "allow_private", [])
    policy = policy_from_config()
    assert policy.allow_private == ()
    assert (policy.proxy, policy.ca_file) == (None, None)
    assert policy.user_agent == f"ckanext-opencohesion (+{tk.config['ckan.site_url']})"
