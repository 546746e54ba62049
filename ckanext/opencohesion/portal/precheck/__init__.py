"""The pre-check: an officer tries a file against a table's description without creating anything.

Its report is the officer's alone, and gone within an hour or two, the file with it. It is the same check as the gate's
and as ``ckan opencohesion check``.
"""
