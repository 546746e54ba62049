"""Table structures that offices write for their own files: kept by version, offered beside those of the portal."""
