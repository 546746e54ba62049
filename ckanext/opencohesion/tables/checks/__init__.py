"""Checks of our own that run inside frictionless, beside those a Table Schema can express.

``registry`` makes them from what a profile says; ``plugin`` makes frictionless know them, also on its command line.
"""

from .plugin import TableChecksPlugin
from .registry import generic_checks, profile_checks, validate_checks

__all__ = ["TableChecksPlugin", "generic_checks", "profile_checks", "validate_checks"]
