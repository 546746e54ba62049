"""Real-world tables: dialects, Table Schemas, header aliases, and what a file really is.

Plain Python over files on disk: reads, names and describes tables; judges nothing (that is ``quality``)
and knows neither CKAN, nor the network, nor a database.
"""
