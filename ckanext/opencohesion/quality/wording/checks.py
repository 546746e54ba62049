"""The words of what our own checks find in rows and header (``tables.checks``). As in ``words``."""

from __future__ import annotations

from ...i18n_marks import N_
from ...tables.findings import Finding

CODES: dict[str, Finding] = {
    "cup": Finding(
        N_("Not a CUP"),
        N_(
            "“{value}” is not a CUP, the code that identifies a public investment project: 15 characters, that is a "
            "capital letter, two digits, a capital letter, eleven digits."
        ),
        N_("Copy the CUP from its certificate, without blanks; leave the cell empty if there is none."),
    ),
    "cig": Finding(
        N_("Not a CIG"),
        N_(
            "“{value}” is not a CIG, the code that identifies a tender: its ten characters do not have the form of one, or "
            "its control digits are wrong, which is how a mistyped code is told."
        ),
        N_("Copy the CIG from the contract or from ANAC's site; leave the cell empty if there is none."),
    ),
    "code-lower-case": Finding(
        N_("Code in small letters"),
        N_("“{cell}” is right but for its small letters: whoever looks for it in capitals does not find it."),
        N_("Write {right}."),
    ),
    "tax-code": Finding(
        N_("Not a tax code"),
        N_("“{value}” is neither a tax code nor a VAT number: its length or its control character is wrong."),
        N_("Compare it with the document it comes from. A foreign identifier begins with its country (FR…)."),
    ),
    "lost-zeros": Finding(
        N_("Zeros at the beginning lost"),
        N_(
            "“{value}” lacks the zeros at its beginning: a spreadsheet took the code for a number and dropped them."
        ),
        N_("Format the column as text and write {right}."),
    ),
    "float-code": Finding(
        N_("Code turned into a number"),
        N_("“{cell}” is a code with decimals: a program took it for a number."),
        N_(
            "Format the column as text and write the code as its source has it: {right}, with its zeros if it has any."
        ),
    ),
    "nuts": Finding(
        N_("Not a NUTS code"),
        N_("“{value}” is not a code of the European nomenclature of territorial units (NUTS 2024)."),
        N_("Write the code in full, e.g. ITF6 for Calabria or ITF61 for Cosenza."),
    ),
    "ateco": Finding(
        N_("Not an ATECO code"),
        N_("“{value}” does not have the form of an ATECO code, as 62.01.00."),
        N_("Write the code of the activity with its points, or leave the cell empty if it is not known."),
    ),
    "ateco-other-list": Finding(
        N_("Not in ATECO 2007"),
        N_(
            "“{value}” has the form of an ATECO code and is not in the list of 2007: it may be of another version, whose "
            "list this portal does not hold."
        ),
        N_("Nothing needs to be done if the code is of ATECO 2025; else compare it with the list of 2007."),
    ),
    "legal-form": Finding(
        N_("Not a legal form"),
        N_("“{value}” is not one of ISTAT's codes of legal forms, as 1.3.20."),
        N_("Write the code of the list, or leave the cell empty if the form is not known."),
    ),
    "municipality": Finding(
        N_("No such municipality"),
        N_("No municipality has or ever had the ISTAT code {value}."),
        N_("Compare the codes of municipality and province with ISTAT's list; zeros belong to them."),
    ),
    "municipality-former": Finding(
        N_("Municipality that changed its code"),
        N_(
            "{value} was the code of {name}, which was merged, moved to another province or given a new code. "
            "Today: {today}."
        ),
        N_("Nothing needs to be done if the data tell of that time; else write today's code."),
    ),
    "province": Finding(
        N_("No such province"),
        N_("No province has or ever had the ISTAT code {value}."),
        N_("Write the three digits of ISTAT's list, e.g. 078 for Cosenza."),
    ),
    "region": Finding(
        N_("No such region"),
        N_("No region has the ISTAT code {value}."),
        N_("Write the code of ISTAT's list, e.g. 18 for Calabria or 09 for Toscana."),
    ),
}

VALUES: dict[str, Finding] = {
    "date-within": Finding(
        N_("Date outside its time"),
        N_("{cell} lies outside the time in which this date can be: from {from} to {to}."),
        N_("Correct the date; look at the year first."),
    ),
    "dates-in-order": Finding(
        N_("Dates in the wrong order"),
        N_("{cell} is after “{other}”, which is {limit}."),
        N_("Correct the date that is wrong; often day and month, or the two columns, were exchanged."),
    ),
    "at-most": Finding(
        N_("More than it can be"),
        N_("{cell} is more than “{other}”, which is {limit}."),
        N_("Compare both amounts with the source; the decimal comma is the first suspect."),
    ),
    "sum-at-most": Finding(
        N_("Parts more than the total"),
        N_("The {count} parts of “{label}” add up to {sum}, more than the {cell} given."),
        N_("Compare the parts and the total with the source."),
    ),
    "sum-equals": Finding(
        N_("Parts other than the total"),
        N_("The {count} parts of “{label}” add up to {sum}, not to the {cell} given."),
        N_("Compare the parts and the total with the source."),
    ),
    "list-lengths": Finding(
        N_("Lists of different lengths"),
        N_(
            "“{label}” lists {count} values and “{other}” {other_count}: which belongs to which can not be told."
        ),
        N_(
            "Write as many values in both columns, in the same order; an unknown one stays empty between its marks."
        ),
    ),
    "filled-when": Finding(
        N_("Value missing in this case"),
        N_("“{label}” is empty, but what stands in “{other}” (“{value}”) asks for it."),
        N_("Fill it in, or correct “{other}”."),
    ),
}

ROWS: dict[str, Finding] = {
    "only-filled": Finding(
        N_("Row without data"),
        N_(
            "Nothing but {fields} is filled in the row. Often such rows follow the last true one: a formula or a date was "
            "drawn down to the end of the sheet."
        ),
        N_("Delete the rows."),
    ),
    "any-filled": Finding(
        N_("None of several values given"),
        N_("At least one of these must be filled: {fields}."),
        N_("Fill in the one that is known."),
    ),
    "repeated-key": Finding(
        N_("Key repeated"),
        N_("Row {other} has the same {fields}."),
        N_("Delete the row if it is there twice; nothing needs to be done if the source tells them apart."),
    ),
    "excel-limit": Finding(
        N_("As many rows as a spreadsheet holds"),
        N_(
            "The table ends in row {last}, where a spreadsheet can hold no more: rows after it were probably lost."
        ),
        N_("Export the table from its source as CSV, without a spreadsheet in between."),
    ),
}

TEXTS: dict[str, Finding] = {
    "mojibake": Finding(
        N_("Damaged accented letters"),
        N_("“{cell}” holds letters that an encoding read wrongly left behind, as Ã¨ for è."),
        N_("Export the table again as “CSV UTF-8”, or correct the letters."),
    ),
    "replacement-character": Finding(
        N_("Lost letter"),
        N_("“{cell}” holds the mark � in the place of a letter that a program could not read."),
        N_(
            "Write the letter again, or export the table again as “CSV UTF-8”: the mark does not tell which it was."
        ),
    ),
    "masked-letters": Finding(
        N_("Letters replaced by marks"),
        N_("In “{cell}” letters within a word were replaced by # or ?."),
        N_("Write the word again, or export the table again as “CSV UTF-8”."),
    ),
    "no-break-space": Finding(
        N_("Blanks of another kind"),
        N_("“{cell}” holds no-break spaces: it looks like the same text with blanks and is not found by it."),
        N_("Replace them with plain blanks if you write the file anew."),
    ),
    "untidy-label": Finding(
        N_("Column name hard to write"),
        N_(
            "The column name “{label}” has doubled blanks, line breaks, vertical bars or typographic quotes: whoever types "
            "it writes another."
        ),
        N_("Give the column a plain name when you write the file anew."),
    ),
}

COLUMNS: dict[str, Finding] = {
    "cents-lost": Finding(
        N_("Cents lost"),
        N_(
            "All the {count} amounts above 131,072 with odd cents that stand in the first {rows} rows are such as 32-bit "
            "numbers can hold, which is no chance: they went through such numbers, and their cents are no longer those of "
            "the source."
        ),
        N_("Export the table again from its source, with the amounts as decimal numbers or as texts."),
    ),
    "cut-texts": Finding(
        N_("Texts cut off"),
        N_(
            "The longest texts of the first {rows} rows, {count} of them, have {length} characters each: a program cut "
            "them there."
        ),
        N_(
            "Export the table again with the whole texts, or say in the dataset's description where they end."
        ),
    ),
    "label-variants": Finding(
        N_("One value written in several ways"),
        N_(
            "In rows {first} and {other} the same value is written in two ways: only capitals, blanks, accents or "
            "apostrophes differ, and whoever counts takes it for two. So are {count} values of the first {rows} rows."
        ),
        N_("Write each value in one way."),
    ),
}

CHECKS: dict[str, Finding] = {**CODES, **VALUES, **ROWS, **TEXTS, **COLUMNS}
"""Every code that a check of ours can report."""
