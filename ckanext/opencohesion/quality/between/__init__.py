"""The gate's look beyond one file: other tables, and the version that is published."""
