"""The words of findings on a file as a whole, on personal data in it, and on what kept it from being judged.

As in ``words``, which puts all words together.
"""

from __future__ import annotations

from ...fetch.messages import MESSAGES as FETCH_MESSAGES
from ...i18n_marks import N_
from ...tables.findings import Finding

PERSONAL: dict[str, Finding] = {
    "P1": Finding(
        N_("Tax code of a person"),
        N_(
            "The cell holds the tax code of a natural person: it must not be published. The "
            "report does not repeat it."
        ),
        N_(
            "Replace the code by *CODICE FISCALE* and the person's name in the same row by "
            "*INDIVIDUO*, also where they stand inside a text."
        ),
    ),
    "P1-header": Finding(
        N_("Tax code of a person in the header"),
        N_(
            "The first row holds the tax code of a natural person: it seems to be a row of data, "
            "and the header is missing."
        ),
        N_("Write the names of the columns in the first row, and replace the code by *CODICE FISCALE*."),
    ),
    "P1-file": Finding(
        N_("Tax codes of persons"),
        N_(
            "The file holds tax codes of natural persons ({count}), the first in line {line} of {member}: they "
            "must not be published. The report does not repeat them."
        ),
        N_(
            "Replace each code by *CODICE FISCALE*. In a workbook look at the other sheets too, the hidden "
            "ones included, at comments and at the lines above the header."
        ),
    ),
    "P6-file": Finding(
        N_("E-mail addresses, telephone numbers or IBANs"),
        N_(
            "The file holds e-mail addresses, telephone numbers or IBANs ({count}), the first in line {line}: they may be "
            "of persons. The report does not repeat them."
        ),
        N_("Take out those of persons. Where they are an office's, who may decide says so."),
    ),
    "P2": Finding(
        N_("Name of a person whose code is masked"),
        N_(
            "The tax code in this row is masked because it is a natural person's, but the "
            "person's name stands beside it. The report does not repeat it."
        ),
        N_("Replace the name by *INDIVIDUO*."),
    ),
    "P3": Finding(
        N_("Tax code of an individual"),
        N_(
            "The tax code has 16 characters and the legal form is that of an individual, or is "
            "missing: it identifies a natural person. The report does not repeat it."
        ),
        N_(
            "Replace the code by *CODICE FISCALE* and the name by *INDIVIDUO*. If the subject is "
            "a body, write its 11-digit code and its legal form."
        ),
    ),
    "P4": Finding(
        N_("Name that may be a person's"),
        N_(
            "No legal form is given, and the name in “{label}” has no mark of a body (S.r.l., Comune di …): it may be "
            "a natural person's. The report does not repeat it."
        ),
        N_(
            "If it is a body, write its legal form. If it is a person, replace the name by *INDIVIDUO*; where a law wants "
            "the name published, who may decide states which one."
        ),
    ),
    "P5": Finding(
        N_("Title of a grant"),
        N_(
            "The row is about a grant or an incentive: titles and abstracts of these often name the person who "
            "received them, and “{label}” is not masked. The report does not repeat it."
        ),
        N_(
            "Replace it by *TITOLO NON PUBBLICATO* where it names a person; who may decides on the others in a review."
        ),
    ),
    "P6": Finding(
        N_("E-mail address, telephone number or IBAN"),
        N_(
            "“{label}” holds an e-mail address, a telephone number or an IBAN. The report does not repeat it."
        ),
        N_(
            "Take it out if it is a person's. If it is an office's, who may decide says so; a table schema can also "
            "declare that a column holds contacts of offices."
        ),
    ),
    "P7": Finding(
        N_("Address beside an individual"),
        N_("The row tells of an individual, and “{label}” holds an address. The report does not repeat it."),
        N_("Empty the address in the rows of individuals."),
    ),
    "P8": Finding(
        N_("Count of one or two individuals"),
        N_(
            "“{label}” counts one or two individuals: who knows the place may recognise them. The report does not "
            "repeat the value."
        ),
        N_("Join the row with others until it counts three or more, or leave the count empty."),
    ),
}

FILE: dict[str, Finding] = {
    "file-too-large": Finding(
        N_("File too large"),
        N_("The file has {size} bytes; at most {most} can be checked."),
        N_("Divide the data into several files, for instance by year or by province."),
    ),
    "unknown-format": Finding(
        N_("Unknown format"),
        N_("The content of the file is of no format that can be checked."),
        N_("Publish the data in an open format: CSV for tables, GeoJSON for maps, JSON or XML for the rest."),
    ),
    "format-mismatch": Finding(
        N_("Not the format declared"),
        N_("The file is declared as {declared}, but its content is {measured}."),
        N_(
            "Choose the format {measured}, or upload the file that is really {declared}. A web "
            "page in place of a file often means that the link is wrong or asks for a login."
        ),
    ),
    "not-a-table": Finding(
        N_("Not a table"),
        N_("The resource names a Table Schema, but the file is {measured} and not a table."),
        N_("Upload the table as CSV or XLSX, or take the Table Schema away."),
    ),
    "unknown-table-schema": Finding(
        N_("Unknown Table Schema"),
        N_("This portal has no Table Schema “{schema}”."),
        N_("Choose one from the list, or none."),
    ),
    "reading-broke": Finding(
        N_("Damaged file"),
        N_("The file can not be read to its end: it is damaged ({reason})."),
        N_("Open it in the program it was made with, save it again, and upload it."),
    ),
    "too-many-cells": Finding(
        N_("Table too large"),
        N_("The table has more than {most} cells, and the check was stopped."),
        N_("Divide the data into several files, for instance by year or by province."),
    ),
    "encoding-error": Finding(
        N_("Unreadable characters"),
        N_("The file holds bytes that are no characters in its encoding."),
        N_("Save the file as “CSV UTF-8” and look at the accented letters before you upload it again."),
    ),
    "source-error": Finding(
        N_("Damaged table"),
        N_("The table can not be read to its end ({note})."),
        N_("Open the file in a spreadsheet, save it again as “CSV UTF-8”, and upload it."),
    ),
    "format-error": Finding(
        N_("Damaged file"),
        N_("The file does not open as what it is named."),
        N_("Open it in the program it was made with, save it again, and upload it."),
    ),
}

RUN: dict[str, Finding] = {
    "no-file": Finding(
        N_("No file"),
        N_("The resource has no file: nothing was uploaded, or its address has not been fetched."),
        N_("Upload the file, or give the address it can be downloaded from."),
    ),
    "taken-down": Finding(
        N_("This file was taken down"),
        N_("This very file was taken down on {day}: what is in it was not to be public."),
        N_(
            "Upload a file without what was taken down. Where it is right to publish it all the same, the data office "
            "can decide so."
        ),
    ),
    "check-too-long": Finding(
        N_("The check took too long"),
        N_("The check did not end within the time that this portal gives it."),
        N_(
            "Try again when there is less traffic; if it happens again, divide the file or tell who runs the portal."
        ),
    ),
    "check-stopped": Finding(
        N_("The check was stopped"),
        N_("Somebody stopped the check before it had ended."),
        N_("Ask for the check again."),
    ),
    "check-broke-off": Finding(
        N_("The check broke off"),
        N_("The portal could not finish the check. The fault is not in your file as far as is known."),
        N_("Ask for the check again; if it happens again, tell who runs the portal."),
    ),
    "dead-link": Finding(
        N_("The link of this file is dead"),
        N_(
            "The address of the file has not answered since {since}. Everybody goes on getting the checked copy of {copy}: "
            "what the source publishes since then is missing."
        ),
        N_("Ask the source for the new address and correct it, or upload the file itself."),
    ),
    "check-died": Finding(
        N_("The check of this file ended the program that ran it"),
        N_(
            "The program died {attempts} times at this file, each time without a word: it needs more than this server has."
        ),
        N_(
            "Divide the file into smaller ones or publish it in a simpler format; tell who runs the portal, whose log of "
            "the workers says more. Then ask for the check again."
        ),
    ),
    "publication-failed": Finding(
        N_("Passed, but not published yet"),
        N_(
            "The check has been passed, but a fault of the portal kept the result from being published. Nothing of what "
            "the public sees was changed."
        ),
        N_(
            "You need do nothing: the portal tries again every few minutes. If it lasts, tell who runs the portal."
        ),
    ),
}
"""What keeps a run of the gate from judging a file."""

# the fetcher's sentences hold their own advice: what is added here is true of every link
LINKS: dict[str, Finding] = {
    code: Finding(
        N_("The linked file can not be had"),
        sentence,
        N_("Correct the address, or upload the file instead of linking it."),
    )
    for code, sentence in FETCH_MESSAGES.items()
}
