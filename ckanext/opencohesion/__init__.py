"""Cohesion-policy and PNRR open data on CKAN. Each folder is a room with one job: see docs/architecture.md."""
