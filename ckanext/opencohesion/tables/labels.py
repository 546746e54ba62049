"""What the label of a column says that the column holds: one reading for the checks, the repairs and the types."""

from __future__ import annotations

import re

from .header import normal_label

# Labels of what is written in digits and is no quantity.
_CODE_LABEL = re.compile(
    r"(^|[^a-z])(cod|codice|code|codes|codici|id|cap|istat|cf|cup|cig|nuts|cci|piva|p\.? ?iva|tel|telefono|fax"
    r"|matricola|protocollo|civico)([^a-z]|$)"
)
# Codes that are digits alone, whatever other signs their form allows elsewhere.
_DIGITS_LABEL = re.compile("(?i)region|provinc|comun|istat|(?:^|[^a-z])cap(?:[^a-z]|$)|fisc|iva")
_TAX_CODE_LABEL = re.compile(r"(?i)(?:codice|cod)[ _.]*fisc|codfisc|(?:partita|p)[ _.]*iva")
_POSTCODE_LABEL = re.compile(r"(?i)(?:^|[^a-z])cap(?:[^a-z]|$)")


def is_code_label(label: str) -> bool:
    """Say whether a column's label says that it holds codes: written in digits, and no quantities."""
    return bool(_CODE_LABEL.search(normal_label(label).replace("_", " ")))


def is_digits_label(label: str) -> bool:
    """Say whether a column's label says that it holds codes of places, postcodes or tax codes."""
    return bool(_DIGITS_LABEL.search(label))


def is_tax_code_label(label: str) -> bool:
    """Say whether a column's label says that it holds tax codes or VAT numbers."""
    return bool(_TAX_CODE_LABEL.search(label))


def is_postcode_label(label: str) -> bool:
    """Say whether a column's label says that it holds Italian postcodes (CAP)."""
    return bool(_POSTCODE_LABEL.search(label))
