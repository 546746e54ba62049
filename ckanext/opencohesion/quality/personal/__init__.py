"""Personal data in files: the rules P1 to P8, and what Table Schemas declare about it."""
