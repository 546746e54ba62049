"""``python jobs_worker.py INI LEASE HEARTBEAT``: a real CKAN worker that also knows the kinds of jobs of the tests."""

from __future__ import annotations

import sys

import job_kinds
from ckan.cli import CKANConfigLoader
from ckan.config.environment import load_environment
from ckan.lib.jobs import Worker
from ckan.plugins import toolkit as tk

load_environment(CKANConfigLoader(sys.argv[1]).get_config())
tk.config["ckanext.opencohesion.jobs.queue"] = job_kinds.QUEUE
tk.config["ckanext.opencohesion.jobs.lease_seconds"] = float(sys.argv[2])
tk.config["ckanext.opencohesion.jobs.heartbeat_seconds"] = float(sys.argv[3])
job_kinds.register_all()
Worker([job_kinds.QUEUE]).work()
