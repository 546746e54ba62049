"""The words of every finding of a check: what it is called, what is wrong, how to mend it.

English message ids with ``{named}`` parameters, translated where they are shown. The keys are the rule codes
and frictionless's error types, refined after a colon by what the column should hold (``type-error:date``).
What reading a table can find has its words in ``tables.findings``.
"""

from __future__ import annotations

from ...i18n_marks import N_
from ...tables.findings import FINDINGS, Finding
from .between import BETWEEN
from .checks import CHECKS
from .files import FILE, LINKS, PERSONAL, RUN

CELLS: dict[str, Finding] = {
    "type-error": Finding(
        N_("Value of another type"),
        N_("“{cell}” is not what this column holds ({type})."),
        N_("Write a value of that type, or leave the cell empty if the value is not known."),
    ),
    "type-error:number": Finding(
        N_("Not a number"),
        N_("“{cell}” is not a number."),
        N_(
            "Write digits with a point before the decimals and nothing else, e.g. {example}. "
            "Leave the cell empty if the value is not known."
        ),
    ),
    "type-error:number:comma": Finding(
        N_("Not an amount"),
        N_("“{cell}” is not an amount written with a decimal comma."),
        N_(
            "Write it with a comma and without thousands marks or currency, e.g. {example}. Leave "
            "the cell empty if the value is not known."
        ),
    ),
    "type-error:integer": Finding(
        N_("Not a whole number"),
        N_("“{cell}” is not a whole number."),
        N_("Write digits only, e.g. {example}. Leave the cell empty if the value is not known."),
    ),
    "type-error:date": Finding(
        N_("Not a date"),
        N_("“{cell}” is not a date in the form {format}, or such a day does not exist."),
        N_("Write the date as {example}. Leave the cell empty if it is not known."),
    ),
    "type-error:boolean": Finding(
        N_("Not yes or no"),
        N_("“{cell}” is not one of the values for yes and no."),
        N_("Write true or false."),
    ),
    "type-error:string": Finding(
        N_("Number where text belongs"),
        N_("“{cell}” is stored as a number or date, but the column holds text: leading zeros may be lost."),
        N_("In the spreadsheet format the column as text and write the value again, zeros included."),
    ),
    "number-form": Finding(
        N_("Not a number a person would write"),
        N_("“{cell}” is read as a number by some programs only (exponents, “NaN”, “inf”)."),
        N_(
            "Write the number in full with digits, e.g. {example}, or leave the cell empty if the "
            "value is not known."
        ),
    ),
    "constraint-error": Finding(
        N_("Value not allowed"),
        N_("“{cell}” breaks a rule of this column ({note})."),
        N_("Correct the value; the description of the table says what is allowed."),
    ),
    "constraint-error:required": Finding(
        N_("Required value missing"),
        N_("The cell is empty, but every row needs a value in “{label}”."),
        N_("Fill in the value. If the whole row is empty but for a date or a number, delete the row."),
    ),
    "constraint-error:enum": Finding(
        N_("Value not in the list"),
        N_("“{cell}” is not one of the values allowed here."),
        N_("Use one of: {allowed}."),
    ),
    "constraint-error:pattern": Finding(
        N_("Value in the wrong form"),
        N_("“{cell}” does not have the form that “{label}” wants."),
        N_("Correct the value; the form wanted is {pattern}."),
    ),
    "constraint-error:pattern:cup": Finding(
        N_("Not a CUP"),
        N_(
            "“{cell}” is not a CUP, the code that identifies a public investment project: 15 "
            "characters, that is a capital letter, two digits, a capital letter, eleven digits."
        ),
        N_("Copy the CUP from its certificate, e.g. {example}, in capital letters and without spaces."),
    ),
    "constraint-error:pattern:code": Finding(
        N_("Not a code of this column"),
        N_("“{cell}” is not a code of {digits} digits."),
        N_(
            "Write the code as its source has it, with all {digits} digits, or leave the cell empty if it is not known."
        ),
    ),
    "constraint-error:pattern:digits": Finding(
        N_("Code without all its digits"),
        N_("“{cell}” is not a code of {digits} digits: spreadsheets drop the zeros at its beginning."),
        N_("Format the column as text and write the code in full, e.g. {example}."),
    ),
    "constraint-error:pattern:list": Finding(
        N_("Codes without all their digits"),
        N_("“{cell}” is not a list of codes of {digits} digits joined by “:::”."),
        N_("Write each code in full, zeros at the beginning included, e.g. {example}."),
    ),
    "constraint-error:pattern:tax-code": Finding(
        N_("Tax code without all its digits"),
        N_(
            "“{cell}” has fewer than the 11 digits of a body's tax code: spreadsheets drop the "
            "zeros at its beginning."
        ),
        N_("Format the column as text and write the code in full, e.g. {example}."),
    ),
    "constraint-error:maxLength": Finding(
        N_("Text too long"),
        N_("The text has more characters than the {limit} allowed."),
        N_("Shorten it to {limit} characters."),
    ),
    "constraint-error:minLength": Finding(
        N_("Text too short"),
        N_("“{cell}” has fewer characters than the {limit} needed."),
        N_("Write the value in full; in a code, restore the leading zeros."),
    ),
    "constraint-error:minimum": Finding(
        N_("Value too small"),
        N_("“{cell}” is less than {limit}, the least allowed."),
        N_("Correct the value."),
    ),
    "constraint-error:maximum": Finding(
        N_("Value too large"),
        N_("“{cell}” is more than {limit}, the most allowed."),
        N_("Correct the value."),
    ),
    "unique-error": Finding(
        N_("Value repeated"),
        N_("The value of “{label}” already stands in row {other}, but each row must have its own."),
        N_("Delete the row if it is there twice, else correct the value."),
    ),
    "missing-cell": Finding(
        N_("Row too short"),
        N_("The row ends before the column “{label}”."),
        N_(
            "Complete the row. If a text in it holds a line break or a quotation mark, put the "
            "text within double quotes."
        ),
    ),
    "extra-cell": Finding(
        N_("Row too long"),
        N_("The row has more cells than the header has columns."),
        N_(
            "Look for a separator inside a text and put that text within double quotes, or delete "
            "the cells beyond the last column."
        ),
    ),
}

ROWS: dict[str, Finding] = {
    "blank-row": Finding(
        N_("Empty row"),
        N_("The row holds no value at all."),
        N_("Delete the row. Spreadsheets often leave empty rows below the table: delete all of them."),
    ),
    "primary-key": Finding(
        N_("Row repeated"),
        N_("Row {other} has the same key, but each row must have its own."),
        N_("Delete the row if it is there twice, else correct the columns that identify it."),
    ),
    "primary-key:empty": Finding(
        N_("Row without a key"),
        N_("The columns that tell one row from another are all empty."),
        N_("Fill them in, or delete the row."),
    ),
    "foreign-key": Finding(
        N_("Refers to nothing"),
        N_("The row refers to something that the other table does not hold."),
        N_("Correct the code, or add the missing row to the other table."),
    ),
}

HEADER: dict[str, Finding] = {
    "blank-header": Finding(
        N_("No header"),
        N_("The first row, which names the columns, is empty."),
        N_("Write the names of the columns in the first row and delete empty rows above it."),
    ),
    "blank-label": Finding(
        N_("Column without a name"),
        N_("Column {column} has no name in the header."),
        N_("Name the column, or delete it if it is empty."),
    ),
    "duplicate-label": Finding(
        N_("Column name repeated"),
        N_("“{label}” is the name of more than one column."),
        N_("Give each column its own name, or delete the repeated column."),
    ),
    "extra-label": Finding(
        N_("Column too many"),
        N_("The description of the table does not know the column “{label}”."),
        N_("Delete the column, or choose the description that fits the file."),
    ),
    "missing-label": Finding(
        N_("Column missing"),
        N_("The column “{label}” is missing."),
        N_("Add the column with its values."),
    ),
    "incorrect-label": Finding(
        N_("Other column name"),
        N_(
            "The column is called “{label}”, which is not the name that the description of the "
            "table gives it."
        ),
        N_("Rename the column."),
    ),
    "foreign-header": Finding(
        N_("Not this table"),
        N_("No column of “{schema}” stands in the header."),
        N_(
            "Check that the file is the right one, that its first row names the columns, and that "
            "the Table Schema chosen is the one of this table."
        ),
    ),
    "missing-column": Finding(
        N_("Required column missing"),
        N_("The column “{field}” is missing; the table can not be used without it."),
        N_("Add the column, spelled exactly like that, with its values."),
    ),
    "missing-optional-columns": Finding(
        N_("Columns missing"),
        N_("{count} columns that are not required are missing: {fields}."),
        N_("Add them if you have the values; nothing needs to be done otherwise."),
    ),
    "unknown-column": Finding(
        N_("Unknown column"),
        N_("The description of the table does not know the column “{label}”: its values were not checked."),
        N_("Correct its name if it is a known column; delete it if it is not meant to be published."),
    ),
    "renamed-columns": Finding(
        N_("Names of another release"),
        N_("{count} columns have other names than today's and were recognised: {renamed}."),
        N_("Nothing needs to be done; use the present names if you write the file anew."),
    ),
    "blank-edged-label": Finding(
        N_("Blank around a column name"),
        N_(
            "The column name “{label}” begins or ends with a blank: whoever looks for it by its "
            "name does not find it."
        ),
        N_("Delete the blanks around the name in the header."),
    ),
    "bom-in-label": Finding(
        N_("Invisible character in a column name"),
        N_(
            "The column name “{label}” holds an invisible byte order mark (U+FEFF): whoever looks "
            "for it by its name does not find it."
        ),
        N_("Type the name anew in the header."),
    ),
    "no-rows": Finding(
        N_("No data"),
        N_("The table has a header but no row of data."),
        N_("Check that the export was complete and upload the file with its rows."),
    ),
}

WORDS: dict[str, Finding] = {
    **FINDINGS,
    **CELLS,
    **ROWS,
    **HEADER,
    **CHECKS,
    **BETWEEN,
    **PERSONAL,
    **FILE,
    **RUN,
    **LINKS,
}
"""Every code that a check can report."""

UNKNOWN = Finding(
    N_("Other error"),
    N_("The check found an error of the kind “{code}”: {note}"),
    N_("Correct the place, or ask who runs the portal what is meant."),
)

PLACE_CELL = N_("Row {row}, column “{label}”: ")
PLACE_ROW = N_("Row {row}: ")
PLACE_COLUMN = N_("Column “{label}”: ")

DATE_FORMS: dict[str, str] = {
    "default": N_("YYYY-MM-DD"),
    "%Y-%m-%d": N_("YYYY-MM-DD"),
    "%d/%m/%Y": N_("DD/MM/YYYY"),
    "%Y%m%d": N_("YYYYMMDD"),
}
"""How a date format is told to a person."""
