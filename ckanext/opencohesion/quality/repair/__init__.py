"""Mending the file of a resource: what is offered, what it would change, and the new file on its way through the gate.

What a repair does to a table is in ``tables.repair``; the officer's page is ``portal.repair``.
"""
