"""Every repair that is offered: its name, its words, the findings that it mends. In the order in which they are applied."""

from __future__ import annotations

from dataclasses import dataclass

from ...i18n_marks import N_


@dataclass(frozen=True)
class Repair:
    """One repair. ``mends``: codes of findings, refined as in ``quality.wording.words`` (``type-error:date``)."""

    name: str
    title: str
    explanation: str
    mends: tuple[str, ...]

    def mends_code(self, code: str) -> bool:
        """Say whether a finding of this code, refined or not, may be one that the repair is for."""
        return any(
            code == one or code.startswith(f"{one}:") or one.startswith(f"{code}:") for one in self.mends
        )


REPAIRS: tuple[Repair, ...] = (
    Repair(
        "sheet",
        N_("Keep this sheet only"),
        N_("The new file holds the sheet that was checked and none of the others."),
        # personal codes in other sheets, hidden ones and comments stay behind too
        ("other-sheets", "P1-file"),
    ),
    Repair(
        "utf-8",
        N_("Write it in UTF-8"),
        N_("The same text in the encoding that every program reads."),
        ("not-utf8", "wrong-encoding"),
    ),
    Repair(
        "delimiter",
        N_("Separate the cells as this table has them"),
        N_("The same cells, separated by the mark that the table is published with."),
        ("wrong-delimiter",),
    ),
    Repair(
        "title-lines",
        N_("Leave out the rows above the header"),
        N_("Titles and empty rows above the names of the columns are left out."),
        ("lines-above-header", "P1-file"),
    ),
    Repair(
        "header-blanks",
        N_("Clean the names of the columns"),
        N_("Blanks at their edges, doubled blanks, line breaks and invisible marks are taken out."),
        ("blank-edged-label", "bom-in-label", "untidy-label"),
    ),
    Repair(
        "header-names",
        N_("Give the columns their present names"),
        N_("Names that an earlier release used are replaced by those of the newest."),
        ("renamed-columns",),
    ),
    Repair(
        "empty-rows",
        N_("Leave out the empty rows"),
        N_(
            "Rows without any value are left out, and rows in which nothing but a date of the extraction stands."
        ),
        ("blank-row", "only-filled"),
    ),
    Repair(
        "empty-columns",
        N_("Leave out the empty columns without a name"),
        N_("Columns that have no name and no value in any row are left out."),
        ("blank-label", "extra-cell"),
    ),
    Repair(
        "letters",
        N_("Mend the accented letters"),
        N_("Letters that were read in the wrong encoding once (CittÃ\u00a0) are what they were (Città)."),
        ("mojibake",),
    ),
    Repair(
        "blanks",
        N_("Make the blanks plain"),
        N_(
            "No-break and doubled blanks become one plain blank; blanks at the edges of a cell are taken out."
        ),
        ("no-break-space",),
    ),
    Repair(
        "cup",
        N_("Write CUP and CIG in capitals"),
        N_("Letters of the codes of projects and tenders become capitals, and blanks in them are taken out."),
        ("constraint-error:pattern:cup", "cup", "cig", "code-lower-case"),
    ),
    Repair(
        "float-codes",
        N_("Take the decimals off the codes"),
        N_("A code that a spreadsheet took for an amount (18,00) is a code again (018)."),
        ("constraint-error:pattern:code", "constraint-error:pattern:list", "float-code"),
    ),
    Repair(
        "zeros",
        N_("Put back the zeros in front of the codes"),
        N_(
            "Codes that a spreadsheet took for numbers get their leading zeros back, up to the digits they have."
        ),
        (
            "constraint-error:pattern:digits",
            "constraint-error:pattern:list",
            "constraint-error:pattern:tax-code",
            "lost-zeros",
        ),
    ),
    Repair(
        "numbers",
        N_("Write the amounts as this table has them"),
        N_("Currency signs and thousands marks are taken out, the decimal mark becomes the table's own."),
        ("type-error:number", "type-error:integer", "number-form"),
    ),
    Repair(
        "dates",
        N_("Write the dates as this table has them"),
        N_("Dates that can be read in one way only are written in the form of the table."),
        ("type-error:date",),
    ),
    Repair(
        "personal",
        N_("Mask the personal codes and names"),
        N_(
            "Tax codes of natural persons become *CODICE FISCALE* and the names beside them *INDIVIDUO*. The log of "
            "the changes does not repeat them."
        ),
        ("P1", "P2", "P3"),
    ),
)

BY_NAME = {repair.name: repair for repair in REPAIRS}
