"""Every finding in words: what is wrong, where, and what to do about it."""
