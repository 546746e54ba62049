"""portal: what ties the rooms together for a visitor: theme, navigation, wording, search behaviour, the web server's entry.

For: what belongs to the portal as a whole. Not for: rules on data or metadata, which live in the rooms below.
"""
