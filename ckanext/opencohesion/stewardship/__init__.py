"""stewardship: the officers' side of a data office: releases that are due, requests and reports of mistakes, access counts.

For: what an office plans, answers and reports. Not for: whether a dataset may be public, which is the gate's (`quality/`).
"""
