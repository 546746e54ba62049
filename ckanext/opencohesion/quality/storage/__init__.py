"""Where files lie: under the hash of their bytes, on disk or in a bucket."""
