"""The one way long work runs: jobs with a lease, progress, stop and requeue, on CKAN's workers.

It knows nothing of what a job does: other rooms register a function per kind of job.
It is no workflow engine: one job is one function that can be run again without harm.
"""
