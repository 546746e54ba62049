"""How citizens find datasets: the search page, its filters, suggestions, result cards and Atom feeds.

Plain modules (no CKAN): ``words`` (what a visitor types), ``wanted`` (the parameters of an address), ``facets``,
``document`` (what the index holds), ``spelling``, ``cards``, ``atom``. The others talk to CKAN and Solr.
"""
