"""The fetch room: everything that comes from the network comes through this one guarded fetcher.

It decides where we may go (``policy``), goes there within limits (``client``) and says in a sentence
why not (``errors``, ``messages``). It does not read, judge or keep what it fetched.
"""
