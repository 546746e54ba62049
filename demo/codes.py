"""Codes of the right shape that belong to nobody.

Every code here is built, never copied from a person's or a body's: a CUP begins with Z (real ones begin with
B to J), the tax code of a body is made of its ISTAT code, the tax code of a person names a birthplace that does
not exist. They pass the publishers' formal checks, which is what the demonstration needs.
"""

from __future__ import annotations

from stdnum import luhn
from stdnum.it import codicefiscale


def cup(cycle: str, year: int, number: int) -> str:
    """Return a CUP: letter, two digits, letter, year, five digits, four digits."""
    return f"Z{number % 90 + 10:02d}{cycle}{year % 100:02d}{number:05d}0006"


def body_tax_code(istat_code: str) -> str:
    """Return an 11-digit tax code with a right check digit, built from a body's six-digit ISTAT code.

    It begins with a zero, as many real ones do. The office part (999) is not a province; the code is assigned to nobody.
    """
    digits = f"0{istat_code:0>6}999"
    return digits + luhn.calc_check_digit(digits)


def fictitious_person_tax_code(number: int = 0) -> str:
    """Return the tax code of "Prova Dati", born on a day of January 1900 or 2000 in Z999, which is no place."""
    code = f"DTAPRV00A{number % 28 + 1:02d}Z999"
    return code + codicefiscale.calc_check_digit(code)
