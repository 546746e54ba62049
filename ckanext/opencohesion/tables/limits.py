"""Every limit that reading a file obeys, in one place.

A limit is generous for what publishers really release (the national progetti_esteso is 4.3 GB of CSV and 204
columns wide) and tight for what only an attack or an accident is.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """What a file may cost us; the shell may build one from the portal's configuration."""

    # One record of a CSV, line breaks inside quoted cells included. The longest real one seen is 60 kB
    # (OpenCoesione abstracts); an unclosed quote makes one record of the rest of the file.
    record_bytes: int = 4 * MIB
    # Columns of a table. The widest real table has 204.
    columns: int = 2_000
    # Sum of what all members of a ZIP or XLSX inflate to. A region's projects are about 50 MB of sheet XML.
    inflated_bytes: int = 512 * MIB
    # How many times larger than its compressed size one member may be, judged only above `ratio_from_bytes`.
    # Real sheets stay under 60; zeros reach 1,000.
    inflate_ratio: int = 200
    ratio_from_bytes: int = 16 * MIB
    # An XLSX keeps its shared texts in memory while it is read.
    shared_strings_bytes: int = 128 * MIB
    # Members of a ZIP: real ones hold fewer than ten, an XLSX fewer than a hundred.
    archive_members: int = 1_000
    # JSON and XML are read as a tree or a stream by their parsers: above this they are not opened.
    document_bytes: int = 256 * MIB
    # Pixels of an image (a 4-byte pixel: 400 MB when decoded, which we never do).
    image_pixels: int = 100_000_000


DEFAULT_LIMITS = Limits()
