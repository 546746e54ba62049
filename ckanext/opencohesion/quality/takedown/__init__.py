"""Taking rows, or a version of a file, out of what is public and out of all that is kept (rule P9)."""
