"""The words of what the gate finds between tables and between releases (``quality.between``). As in ``words``."""

from __future__ import annotations

from ...i18n_marks import N_
from ...tables.findings import Finding

REFERENCES: dict[str, Finding] = {
    "reference-missing": Finding(
        N_("Refers to what is not there"),
        N_(
            "{count} of {of} rows name, in {fields}, something that “{tables}” does not hold: {keys} different values, the "
            "first are {examples}."
        ),
        N_(
            "Add the missing rows to the other table, correct the codes, or publish both tables of the same day."
        ),
    ),
    "reference-other-cut": Finding(
        N_("Nothing in common with the other table"),
        N_(
            "None of the {of} rows names, in {fields}, anything that “{tables}” holds: they may tell of other regions or "
            "times."
        ),
        N_("Check that both are cut for the same region and released on the same day."),
    ),
    "reference-table-missing": Finding(
        N_("Other table not here"),
        N_(
            "The rows refer to “{tables}”, which your office has not published here: they were not compared with it."
        ),
        N_("Nothing needs to be done; whoever uses the data is helped if that table is published too."),
    ),
}

DRIFT: dict[str, Finding] = {
    "same-file": Finding(
        N_("The same file again"),
        N_("The file is, to the last byte, the one that is published already."),
        N_("Check that the new one was chosen; else discard the change."),
    ),
    "columns-lost": Finding(
        N_("Columns lost since the last version"),
        N_("{count} columns of the published version are no longer there: {fields}."),
        N_("Add them again, or say in the version's notes why they are gone: programs that read them break."),
    ),
    "columns-renamed": Finding(
        N_("Columns with another name than before"),
        N_("{count} columns have another name in the same place: {renamed}."),
        N_("Keep the names of the published version, or say in the version's notes that they changed."),
    ),
    "columns-added": Finding(
        N_("New columns"),
        N_("{count} columns were not in the published version: {fields}."),
        N_("Nothing needs to be done; describe them in the version's notes."),
    ),
    "rows-lost": Finding(
        N_("Many rows fewer than before"),
        N_(
            "The table has {now} rows, the published one has {before}: {share} % fewer, and {limit} % is what is usual."
        ),
        N_(
            "Check that the export was complete and of the same region. If it is right as it is, tell the data office why: "
            "it can publish it all the same."
        ),
    ),
    "keys-lost": Finding(
        N_("Many entries of the last version are gone"),
        N_(
            "{count} of {before} entries of the published version are no longer there ({share} %, and {limit} % is usual); "
            "entries are told apart by {fields}. The first are {examples}."
        ),
        N_(
            "Check that it is the same table, cut in the same way. If it is right as it is, tell the data office why: "
            "it can publish it all the same."
        ),
    ),
    "keys-gone": Finding(
        N_("Entries of the last version are gone"),
        N_(
            "{count} of {before} entries of the published version are no longer there, told apart by {fields}: {examples}."
        ),
        N_("Nothing needs to be done if the source took them out."),
    ),
    "total-moved": Finding(
        N_("A total moved far"),
        N_(
            "“{label}” adds up to {now}, in the published version to {before}: {share} % apart, and {limit} % is what is "
            "usual."
        ),
        N_(
            "Look for thousands in the place of euros, or for rows that are there twice. If it is right as it is, tell the "
            "data office why: it can publish it all the same."
        ),
    ),
    "period-skipped": Finding(
        N_("A period seems to be skipped"),
        N_(
            "“{label}” reaches {now}, the published version {before}: {days} days, and {usual} the time before. A version "
            "in between may be missing."
        ),
        N_("Publish the version in between first, if there is one."),
    ),
    "period-back": Finding(
        N_("Older than what is published"),
        N_("“{label}” reaches {now} only; the published version reaches {before}."),
        N_(
            "Check that the newest file was chosen. If an older state is to be published, tell the data office why: "
            "it can publish it all the same."
        ),
    ),
}

BETWEEN: dict[str, Finding] = {**REFERENCES, **DRIFT}
"""Every code of a finding that depends on other files."""
