"""The officer's desk: how all the datasets that a person answers for stand at the gate, and what to do next.

It only reads; what is done about a dataset is done on the dataset's own pages.
"""
