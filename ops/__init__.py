"""ops: the code behind `make portal` and `make test`: own PostgreSQL, Redis and Solr, CKAN and its workers, kept running.

For: one machine, one state folder per portal, from nothing to healthy with one command. Not for: production behind
several machines (docker/), nor anything that a CKAN plugin does.
"""
