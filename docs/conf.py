"""Sphinx: the guides as a site. `make docs` builds it into the state folder; a dead link among the guides is an error."""

project = "ckanext-opencohesion"
author = "the ckanext-opencohesion team"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "ckanext-opencohesion"
exclude_patterns = ["_build"]
# mermaid's drawing is shown by code forges; here it is read as text
suppress_warnings = ["misc.highlighting_failure"]
