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

    # Characters of one record of a CSV, line breaks inside quoted cells included. Real ones stay under 60,000
    # (OpenCoesione abstracts); an unclosed quote makes one record of the rest of the file.
    record_chars: int = 4 * MIB
    # Columns of a table. The widest real table has 204.
    columns: int = 2_000
    # Rows of a sheet: the most that the format itself can number.
    sheet_rows: int = 1_048_576
    # Sum of what all members of a ZIP or XLSX inflate to. A region's projects are about 50 MB of sheet XML.
    inflated_bytes: int = 512 * MIB
    # How many times larger than its compressed size one member may be, judged only above `ratio_from_bytes`.
    # Real sheets stay under 60; zeros reach 1,000.
    inflate_ratio: int = 200
    ratio_from_bytes: int = 16 * MIB
    # Parts of a workbook that stay in memory while it is read: its shared texts, and each of its other parts.
    shared_strings_bytes: int = 128 * MIB
    workbook_part_bytes: int = 16 * MIB
    # Members of a ZIP, and bytes of the directory that lists them. Real ones hold fewer than a hundred.
    archive_members: int = 1_000
    archive_directory_bytes: int = 1 * MIB
    # What the one table in a ZIP may inflate to: the national progetti_esteso is 253 MB of ZIP and 4.3 GB of CSV.
    zipped_table_bytes: int = 6 * GIB
    # An XLS is held in memory while it is read: 5 million cells are about a GB.
    xls_bytes: int = 32 * MIB
    # One value of a JSON array, and one feature of a GeoJSON: a region's boundary at full detail has some MB.
    json_value_chars: int = 4 * MIB
    json_feature_chars: int = 32 * MIB
    # The footer of a Parquet file, which is read whole: a table of 204 columns has one of some 100 KB.
    parquet_footer_bytes: int = 16 * MIB
    # JSON and XML are read as a tree or a stream by their parsers: above this they are not opened.
    document_bytes: int = 256 * MIB
    # Pixels of an image (a 4-byte pixel: 400 MB when decoded, which we never do).
    image_pixels: int = 100_000_000


DEFAULT_LIMITS = Limits()
