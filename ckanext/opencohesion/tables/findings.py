"""The words for what reading a file can find: title, explanation, remedy, with ``{named}`` parameters.

English message ids; the CKAN shell translates them. Every code that this room raises or notes is a key here, and
every parameter that a sentence names is one that the code comes with.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n_marks import N_


@dataclass(frozen=True)
class Finding:
    """Words of one code."""

    title: str
    explanation: str
    remedy: str


FINDINGS: dict[str, Finding] = {
    # The file as a whole
    "empty-file": Finding(
        N_("Empty file"),
        N_("The file holds nothing, or nothing but blanks."),
        N_("Check that the export was complete and upload the file again."),
    ),
    "not-text": Finding(
        N_("Not a text file"),
        N_("The content is binary: it is neither a text nor a format that this portal knows."),
        N_("Save the table as CSV (UTF-8) or XLSX and upload that file."),
    ),
    "nul-bytes": Finding(
        N_("Damaged text"),
        N_("Line {line} holds NUL bytes, which no text has: the file was damaged or not written to its end."),
        N_("Export the file again from its source and upload the new one."),
    ),
    "utf-16": Finding(
        N_("Encoding not supported"),
        N_("The file is written in {encoding}, often the result of “Unicode text” in a spreadsheet."),
        N_("Save it as “CSV UTF-8” and upload it again."),
    ),
    "broken-utf8": Finding(
        N_("Damaged characters"),
        N_(
            "The file is UTF-8, but {count} bytes in it are not, the first in line {line}: two encodings "
            "were mixed, or a text was cut within a letter."
        ),
        N_("Look at the accented letters of that line, correct them and save the file as “CSV UTF-8”."),
    ),
    "unknown-encoding": Finding(
        N_("Encoding not recognised"),
        N_("The file is neither UTF-8 nor windows-1252: line {line} has bytes that neither knows."),
        N_("Open it in the program it was made with and save it as “CSV UTF-8”."),
    ),
    "not-utf8": Finding(
        N_("Encoding other than UTF-8"),
        N_("The file is written in {found}: who opens it elsewhere may see wrong accented letters."),
        N_("Save it as “CSV UTF-8”, the encoding that everyone reads."),
    ),
    "wrong-encoding": Finding(
        N_("Other encoding than this table's"),
        N_("The file is written in {found}; this table is published in {expected}."),
        N_("Save it as “CSV UTF-8” and look at the accented letters before you upload it again."),
    ),
    # Delimited text
    "wrong-delimiter": Finding(
        N_("Other separator than this table's"),
        N_("The cells are separated by “{found}”; this table has them separated by “{expected}”."),
        N_("Save the CSV with “{expected}” as separator, without changing the decimal mark of the amounts."),
    ),
    "record-too-long": Finding(
        N_("Row without end"),
        N_(
            "The row that reaches line {line} is longer than {limit} characters: most often a quotation mark "
            "that opens a text is never closed."
        ),
        N_(
            'Look for a quotation mark (") without its fellow above that line; inside a text it is written twice.'
        ),
    ),
    "too-many-columns": Finding(
        N_("Too many columns"),
        N_("A row has more than {limit} columns, which no table of ours has."),
        N_("Delete the empty columns on the right, or check that the separator is the right one."),
    ),
    "lines-above-header": Finding(
        N_("Lines above the header"),
        N_("The names of the columns stand in row {row}; {count} rows come before them."),
        N_("Delete the rows above the header, titles and empty rows alike."),
    ),
    # Workbooks
    "broken-workbook": Finding(
        N_("Damaged workbook"),
        N_("The XLSX file can not be opened: a part of it is missing or malformed."),
        N_("Open it in the program it was made with, save it as a new XLSX and upload that one."),
    ),
    "empty-workbook": Finding(
        N_("Empty workbook"),
        N_("No visible sheet of the workbook holds a value."),
        N_("Check that the right file was saved; a hidden sheet must be shown to be read."),
    ),
    "no-such-sheet": Finding(
        N_("Sheet not found"),
        N_("The workbook has no filled sheet “{sheet}”; it has: {sheets}."),
        N_("Name one of these sheets, or none: then the first is read."),
    ),
    "other-sheets": Finding(
        N_("More than one sheet"),
        N_("Only the sheet “{sheet}” was checked; these hold data too: {others}."),
        N_("Publish each table as a file of its own and delete the other sheets."),
    ),
    "formulas": Finding(
        N_("Formulas"),
        N_("{count} cells hold a formula; their last computed value was checked."),
        N_("Paste them as values, so that everyone reads the same."),
    ),
    "formula-without-value": Finding(
        N_("Formula without a value"),
        N_("{count} cells hold a formula that was never computed ({cells}): they would be published empty."),
        N_("Open the file in a spreadsheet, copy the cells and paste them as values, save and upload again."),
    ),
    "formula-with-error": Finding(
        N_("Error value in a cell"),
        N_("{count} cells hold an error such as #REF! or #N/A ({cells})."),
        N_("Correct the formula, or leave the cell empty where the value is not known."),
    ),
    "too-many-rows": Finding(
        N_("Too many rows"),
        N_("The sheet numbers its rows beyond {limit}, the most that a workbook can have."),
        N_("Save the table as CSV (UTF-8)."),
    ),
    "part-too-large": Finding(
        N_("Workbook too large to be read"),
        N_("A part of the workbook ({part}) is larger than {limit_mb} MB."),
        N_("Save the table as CSV (UTF-8), which has no such limit."),
    ),
    "single-precision": Finding(
        N_("Amounts in 32-bit numbers"),
        N_("Columns of the file are kept as 32-bit numbers, which lose the cents above 131,072: {fields}."),
        N_("Write the file again with decimal or 64-bit numbers, from the source and not from this file."),
    ),
    "cell-too-long": Finding(
        N_("Cell without end"),
        N_("A cell of row {row} holds more than {limit} characters."),
        N_("Look for a text that was pasted into one cell by mistake, and correct it."),
    ),
    "old-workbook": Finding(
        N_("Spreadsheet format not read as a table"),
        N_(
            "The file is {found}. Its cells can not be checked here: spreadsheets are read from XLSX, XLS and ODS."
        ),
        N_("Open it in a spreadsheet and save it as XLSX or as CSV (UTF-8)."),
    ),
    "encrypted": Finding(
        N_("Protected by a password"),
        N_("The file is encrypted: nobody could open it without the password."),
        N_("Save it without a password and upload it again."),
    ),
    # JSON and GeoJSON
    "json-no-rows": Finding(
        N_("JSON that is no table"),
        N_("The JSON is no list of rows: a table is an array of objects, or of arrays."),
        N_("Write the rows as an array, one object each, or take the Table Schema away."),
    ),
    "json-mixed": Finding(
        N_("Rows of different kinds"),
        N_(
            "Entry {entry} of the JSON is not of the same kind as the first: all are objects, or all are arrays."
        ),
        N_("Write every row in the same way, as an object with the names of the columns."),
    ),
    "json-repeated-name": Finding(
        N_("A name twice in a row"),
        N_(
            "An object of the JSON holds the same name twice: programs keep one of the two values, no matter which."
        ),
        N_("Give each value of a row a name of its own."),
    ),
    "json-value-too-long": Finding(
        N_("Entry without end"),
        N_(
            "An entry of the JSON is longer than {limit_mb} MB: most often a quotation mark or bracket is never closed."
        ),
        N_("Check that the export was complete; write long texts or drawings into files of their own."),
    ),
    "not-a-feature": Finding(
        N_("Entry that is no feature"),
        N_(
            "Entry {entry} of the GeoJSON has not the type “Feature”, a geometry and properties, as RFC 7946 asks."
        ),
        N_("Export the layer again as GeoJSON (RFC 7946)."),
    ),
    "no-properties": Finding(
        N_("Features without properties"),
        N_(
            "No feature of the GeoJSON has a property: there are drawings, and nothing that says what they are."
        ),
        N_("Export the layer again with its attributes."),
    ),
    "geometry-invalid": Finding(
        N_("Geometry that can not be drawn"),
        N_(
            "{count} features have a geometry that is none ({detail}): coordinates are missing, or a ring is not closed."
        ),
        N_(
            "Have the program of maps repair the geometries, and export the layer again as GeoJSON (RFC 7946)."
        ),
    ),
    "geometry-not-wgs84": Finding(
        N_("Coordinates of another system"),
        N_(
            "{count} features have coordinates that are no longitude and latitude: they are in another system."
        ),
        N_("Export the layer again in WGS 84 (EPSG:4326), the only system of GeoJSON (RFC 7946, 4)."),
    ),
    "geometry-winding": Finding(
        N_("Rings drawn the wrong way round"),
        N_(
            "{count} features have rings that run clockwise where RFC 7946 asks for counterclockwise, or holes that do not."
        ),
        N_(
            "Export the layer again as GeoJSON with the option “RFC 7946”; older programs read it all the same."
        ),
    ),
    "geojson-crs": Finding(
        N_("Another coordinate system declared"),
        N_(
            "The GeoJSON says that its coordinates are in {crs}; since RFC 7946 they are always longitude and latitude."
        ),
        N_("Export the layer again in WGS 84 (EPSG:4326)."),
    ),
    # Not a table at all
    "is-html": Finding(
        N_("A web page instead of data"),
        N_(
            "The file is an HTML page, not {declared}: often the error or login page of the site it came from."
        ),
        N_("Open the address in a browser, download the file itself and upload it, or correct the address."),
    ),
    "is-json": Finding(
        N_("JSON instead of a table"),
        N_("The file is {found}, not {declared}: it may be the error message of the site it came from."),
        N_("Upload the table as CSV or XLSX, or declare the format {found} and take the Table Schema away."),
    ),
    "not-a-table-format": Finding(
        N_("Not a table"),
        N_("The file is {found}: it can not be read as a table."),
        N_("Upload the table as CSV (UTF-8) or XLSX."),
    ),
    # Archives
    "broken-archive": Finding(
        N_("Damaged archive"),
        N_("The ZIP container can not be read to its end."),
        N_("Make the file again and upload it; check that the upload was not interrupted."),
    ),
    "archive-bomb": Finding(
        N_("Archive refused"),
        N_(
            "Once inflated the file would take more than {limit_mb} MB, or far more than its size lets expect: "
            "it was not opened."
        ),
        N_("Upload the table as CSV, or divide it. Delete empty formatted rows and columns from a workbook."),
    ),
    "too-many-members": Finding(
        N_("Archive with too many files"),
        N_("The archive holds more than {limit} files."),
        N_("Publish the files one by one, or in several archives."),
    ),
    "unsafe-name": Finding(
        N_("Archive with a file outside of itself"),
        N_("A file in the archive has a name that leads out of it (“../” or a drive): it was not opened."),
        N_("Make the archive again from the folder of the files."),
    ),
    "nested-archive": Finding(
        N_("Archive within an archive"),
        N_("The archive holds another one, “{member}”: what is in there can not be checked."),
        N_("Publish the files themselves, or each in an archive of its own."),
    ),
    "not-one-file": Finding(
        N_("Archive with several files"),
        N_("A table in an archive is read where it is the only file in it."),
        N_("Publish each table as a file of its own, or in an archive of its own."),
    ),
    "zip-without-table": Finding(
        N_("No table in the archive"),
        N_("The only file in the archive, “{member}”, is {found} and not read as a table."),
        N_("Put the table into the archive as CSV (UTF-8) or XLSX, or publish it without an archive."),
    ),
    # Other formats
    "is-not-what-it-claims": Finding(
        N_("Not the format declared"),
        N_("The file is declared as {declared}, but its content is {found}."),
        N_("Correct the format of the resource, or upload the right file."),
    ),
    "does-not-open": Finding(
        N_("File that does not open"),
        N_("The file begins like {declared} but can not be read to its end ({detail})."),
        N_("Open it in the program it was made with, save it again and upload it."),
    ),
    "format-unknown": Finding(
        N_("Format not recognised"),
        N_("The file is declared as {declared}; its content is nothing that this portal recognises."),
        N_("Publish the data in an open format such as CSV, JSON, GeoJSON, XML, XLSX or PDF."),
    ),
    "too-large-to-open": Finding(
        N_("File too large to be opened"),
        N_("A file of this format is opened up to {limit_mb} MB."),
        N_("Divide it, or publish it in a ZIP."),
    ),
    "xml-entities": Finding(
        N_("XML with a document type"),
        N_("The XML declares entities or a document type, which can be used for attacks: it was not opened."),
        N_("Save the file without DOCTYPE and entity declarations."),
    ),
    "image-too-large": Finding(
        N_("Image too large"),
        N_("The image has more than {limit} pixels."),
        N_("Make it smaller."),
    ),
}
