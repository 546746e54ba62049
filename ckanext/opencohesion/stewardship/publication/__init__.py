"""Publication at a time that an officer sets: checked now, public then. The gate holds what has passed (`hold_until`).

Plain: `clock` (times in Italy). CKAN: the other modules.
"""
