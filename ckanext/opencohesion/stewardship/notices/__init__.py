"""Notices: who waits for a check is told of its end, on the portal and by mail.

They tell that there is a report and what its verdict is, never a value of the data.
"""
