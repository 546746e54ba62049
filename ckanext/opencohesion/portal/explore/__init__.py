"""Looking into a file: its rows page by page, its columns explained, a chart, a map; and the same as actions.

What is shown comes from the Parquet that ``quality/publication/table_files.py`` writes of what is live. Charts and maps
are SVG made here, on the server: they work without JavaScript, weigh little on a phone and stand
beside the same facts as a table.
"""
