"""Plain code that describes datasets and the catalogue as RDF: dictionaries in, triples out.

For: every class and property of DCAT-AP_IT 1.0 and DCAT-AP 3.0.1 that the fields of a dataset can fill.
Not for: reading CKAN, its configuration or the network (../profile.py and ../settings.py do that).
"""
