"""Data, no code: what the portal's forms ask (datasets, organizations, presets) and how known tables look (tables).

Read by ckanext-scheming (`ckanext.opencohesion.schemas:datasets/dataset.yaml`) and by the tables room.
Not for lists of values: those are in the vocabularies room.
"""
