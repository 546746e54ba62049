"""Makes our checks known to every program that uses frictionless in this environment, its command line among them.

frictionless (measured on 5.21) imports the modules on Python's path whose name begins with ``frictionless_``; it knows no
entry points. Importing registers the checks.
"""

from ckanext.opencohesion.quality.personal import check as personal_check
from ckanext.opencohesion.tables import checks

__all__ = ["checks", "personal_check"]
