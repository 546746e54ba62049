"""The public dictionary of the tables: what each column means, by which rules a file is judged, and the schema itself."""
