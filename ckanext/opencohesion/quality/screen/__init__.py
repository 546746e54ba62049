"""The screen: which rows of a large table frictionless has to look at."""
