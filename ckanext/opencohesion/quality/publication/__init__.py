"""Publication as one step: file, release, Parquet, DataStore and search index together or not at all."""
