"""How often each dataset and file is looked at and downloaded: counted by day, without a trace of who.

For: counting requests (`counting`), keeping the counts (`flush`), reading them (`reading`). Not for: any figure on people.
"""
