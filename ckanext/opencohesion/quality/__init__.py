"""The gate: nothing of a guarded dataset is public before its present content has passed its checks.

Here: the checks and their report (plain modules), the staged changes to what is live, the store of files, and the
chain through which every change passes. Not here: how a table is read (``tables``) and how work is run (``jobs``).
"""
