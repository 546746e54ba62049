"""Mending a table: what each repair does to a header, a row or a file, and the new file with the log of every change.

Plain Python, file in, file out. A repair changes only what has one possible meaning; what is in doubt stays as it is.
"""
