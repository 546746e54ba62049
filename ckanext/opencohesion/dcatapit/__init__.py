"""Metadata as Italy and Europe want them: the forms and their rules, and CKAN ⇄ DCAT-AP_IT.

Usable alone, with ckanext-scheming and ckanext-dcat. Not for checking the files (quality) nor for the look of the
portal (portal).
"""
