"""The officer's way to publish: the file first, then the form with what the file tells already in it, drafts, conflicts.

Not for the rules of the form (dcatapit room) nor for the checks of the file (quality room).
"""
