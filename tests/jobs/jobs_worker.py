"""``python jobs_worker.py INI``: a real CKAN worker that knows the kinds of jobs of the tests."""

from __future__ import annotations

import sys

import job_kinds
from ckan.cli import CKANConfigLoader
from ckan.config.environment import load_environment
from ckan.lib.jobs import Worker
from ckan.plugins import toolkit as tk

config = CKANConfigLoader(sys.argv[1]).get_config()
# the other rooms only make its start longer
config["ckan.plugins"] = "opencohesion_jobs"
load_environment(config)
tk.config.update(job_kinds.OPTIONS)
job_kinds.register_all()
Worker([job_kinds.QUEUE]).work()
