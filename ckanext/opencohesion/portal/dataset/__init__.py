"""The page of a dataset: what it is, its files first, proof, licence, versions, citation, examples for programs.

Plain modules compute (``citation``, ``examples``, ``licences``, ``structured``, ``wording``); ``page`` asks CKAN and puts
together. Not here: the view into a file (the resource page), and questions (room stewardship).
"""
