"""Checks of our own that run inside frictionless, beside those a Table Schema can express.

``registry`` makes them from what a profile says; ``plugin`` makes frictionless know them, also on its command line.
"""

from .number_form import PlainNumberCheck
from .plugin import TableChecksPlugin
from .registry import generic_checks, profile_checks

__all__ = ["PlainNumberCheck", "TableChecksPlugin", "generic_checks", "profile_checks"]
