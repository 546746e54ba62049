"""Check one file: what it is, whether it opens, and, for a table, every cell of it.

Tables (CSV, XLSX) are judged by frictionless with the Table Schema that is named, by their structure alone
where none is. Other formats open as what they claim to be. Personal tax codes are looked for in everything.
Plain module: a file on disk in, a ``FileCheck`` out. Bad input is a finding, never an exception.
"""

from __future__ import annotations

import csv
import re
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from frictionless import Check, FrictionlessException, Report
from frictionless.resources import TableResource

from ...tables.checks.text_checks import excel_limit
from ...tables.errors import UnknownProfileError, UnreadableTableError
from ...tables.formats import MeasuredFormat, NotOpenableError, identify, open_ok
from ...tables.formats.registry import holds_table
from ...tables.probe import probe
from ...tables.profiles import TableProfile, load_profile
from ...tables.reading import frictionless_checks, frictionless_resource
from ...tables.source import TableSource
from ..personal.check import PersonalDataCheck
from ..personal.contacts import told_contacts
from ..personal.review import PersonalRules
from ..screen.screen import NotScreenableError, Screened, screen_rows
from .columns import expected_cells, header_rules, personal_rules
from .limits import DEFAULT_LIMITS, CheckLimits
from .report import (
    Basis,
    FileCheck,
    Ledger,
    LedgerChecklist,
    Verdict,
    empty_report,
    finished_report,
    noted_rules,
    quoted,
    rule,
)
from .ruleset import RULESET
from .scan import scan_file
from .watch import CheckStoppedError, Progress, Watch

__all__ = ["RULESET", "FileCheck", "check_file"]

TABLES = frozenset({"CSV", "TSV", "XLSX", "XLSM"})
TEXT_TABLES = frozenset({"CSV", "TSV", "TXT"})
_KINDS_OF = {
    "JSON": ("GEOJSON", "JSONL", "JSON_LD"),
    "XML": ("GML", "GPX", "KML", "RDF_XML", "SVG"),
    "ZIP": ("KMZ", "SHP"),
    "TXT": ("JSON", "JSONL", "GEOJSON", "JSON_LD", "XML", "RDF_TURTLE", "RDF_N_TRIPLES", "RDF_TRIG"),
}

# Texts that are no tables: what stands in them can be read as it is.
_TEXTS = frozenset({"HTML", "TXT", *_KINDS_OF["XML"], *_KINDS_OF["TXT"]})

# What damage in other people's files makes their parsers stumble on. Not any Exception: a worker that is told to
# stop is told by one.
PARSING_ERRORS = (
    FrictionlessException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    csv.Error,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def check_file(
    path: Path,
    *,
    filename: str,
    declared_format: str | None = None,
    table_schema: str | None = None,
    published: date | None = None,
    today: date | None = None,
    limits: CheckLimits = DEFAULT_LIMITS,
    progress: Progress | None = None,
    screen: bool = True,
    work: Path | None = None,
) -> FileCheck:
    """Check the file at ``path`` and say what was found.

    ``filename`` is the name it was given, ``declared_format`` the EU file-type code it is published under (or
    its address in the authority table, or None), ``table_schema`` the id of the Table Schema it claims to follow
    (None: structure only). ``published`` is the day of its first publication and ``today`` the present day (default:
    really today): what a schema declares of personal data may hold for a time only.
    ``progress`` is called with the number of rows judged so far, and of all where that is known; what it raises stops the
    check and is raised from here, and nothing else is.
    Of a large text table DuckDB finds the rows that may be wrong and frictionless judges only those, with the same
    report; without ``screen`` it judges all. ``work`` is an existing folder for what that leaves on disk meanwhile
    (default: the system's for temporary files).
    """
    return _FileChecker(
        path,
        filename=filename,
        declared_format=declared_format,
        table_schema=table_schema,
        published=published,
        today=today or datetime.now(UTC).date(),
        limits=limits,
        progress=progress,
        screen=screen,
        work=work,
    ).check()


class _FileChecker:
    """One check in the making: what is known of the file so far, and our own findings."""

    def __init__(
        self,
        path: Path,
        *,
        filename: str,
        declared_format: str | None,
        table_schema: str | None,
        published: date | None,
        today: date,
        limits: CheckLimits,
        progress: Progress | None,
        screen: bool,
        work: Path | None,
    ) -> None:
        self.path = path
        self.filename = filename
        self.declared = re.sub("[^A-Z0-9]+", "_", (declared_format or "").rsplit("/", 1)[-1].upper())
        self.table_schema = table_schema
        self.published = published
        self.today = today
        self.limits = limits
        self.watch = Watch(limits, progress)
        self.screen = screen
        self.work = work
        # Whether the rows were screened; where they should have been and could not be, why.
        self.screened = ""
        self.size = path.stat().st_size
        self.measured: MeasuredFormat | None = None
        self.rules: list[dict[str, Any]] = []

    def check(self) -> FileCheck:
        """Return what was found; exceptions only from the caller's own progress callback."""
        try:
            return self._check()
        except CheckStoppedError as stop:
            return self._unreadable(rule(stop.code, params=stop.params))
        except (UnreadableTableError, NotOpenableError) as error:
            return self._unreadable(_reading_rule(error))
        except UnknownProfileError as error:
            return self._unreadable(rule("unknown-table-schema", params={"schema": error.profile_id}))
        except PARSING_ERRORS as error:
            if error is self.watch.interruption:
                raise
            return self._unreadable(rule("reading-broke", params={"reason": type(error).__name__}))

    def _check(self) -> FileCheck:
        profile = load_profile(self.table_schema) if self.table_schema else None
        if self.size == 0:
            return self._unreadable(rule("empty-file"))
        if self.size > self.limits.file_bytes:
            return self._unreadable(
                rule("file-too-large", params={"size": self.size, "most": self.limits.file_bytes})
            )
        self.measured = identify(self.path, self.filename, self.limits.reading)
        if self.measured is None:
            self._scan()
            # says what is wrong with it where that can be told
            open_ok(self.path, "TXT", self.limits.reading)
            return self._unreadable(rule("unknown-format"))
        if self._is_table(self.measured.code, profile):
            return self._check_table(self.measured.code, profile)
        open_ok(self.path, self.measured.code, self.limits.reading)
        self._compare_format(self.measured.code)
        if profile is not None:
            self._add("not-a-table", measured=self.measured.code)
        self._scan()
        if self.measured.code in _TEXTS:
            self._scan_contacts()
        reviews = sum(found["severity"] == "review" for found in self.rules)
        return self._result("opens", empty_report(valid=not self._errors()), reviews=reviews)

    def _compare_format(self, measured: str) -> None:
        if self.declared and not _same_format(self.declared, measured):
            self._add("format-mismatch", declared=self.declared, measured=measured)

    def _is_table(self, measured: str, profile: TableProfile | None) -> bool:
        # A plain text is a table when somebody says so, and so is what an archive holds.
        said_so = measured in ("TXT", "ZIP") and (bool(profile) or self.declared in TABLES)
        return said_so or holds_table(self.path, measured, self.limits.reading)

    # Tables ---------------------------------------------------------------------------------------

    def _check_table(self, measured: str, profile: TableProfile | None) -> FileCheck:
        if measured != "ZIP":
            self._compare_format(measured)
        source = probe(self.path, filename=self.filename, profile=profile, limits=self.limits.reading)
        if measured == "ZIP" and not _same_format(self.declared, source.format):
            self._compare_format(measured)  # a table in a ZIP may be declared as what it is, or as the ZIP
        return self._judge(source, profile)

    def _judge(self, source: TableSource, profile: TableProfile | None) -> FileCheck:
        labels = [label.strip() for label in source.labels]
        persons = personal_rules(source, profile, today=self.today, published=self.published)
        ledger = Ledger(self.limits)
        with tempfile.TemporaryDirectory(prefix="opencohesion-check-", dir=self.work) as work:
            resource, report = self._validate(source, profile, persons, ledger, Path(work))
        self.rules += header_rules(source, profile)
        if resource.stats.rows == 0 and not ledger.reading_broke:
            self._add("no-rows")
        last = source.header_row + (resource.stats.rows or 0)
        if excel_limit(last):
            self.rules.append(rule("excel-limit", "warning", params={"last": last}))
        self._scan_rest(source, ledger)
        self.rules += noted_rules(ledger, persons, source.labels)
        descriptor = finished_report(
            report.to_descriptor(),
            ledger=ledger,
            filename=self.filename,
            persons=persons,
            expected=expected_cells(resource, source, profile),
        )
        return self._result(
            "whole_file" if profile else "structure",
            descriptor,
            errors=ledger.total,
            reviews=ledger.total_of("review"),
            broken=ledger.reading_broke or self.watch.stopped,
            rows=resource.stats.rows,
            columns=len(labels),
        )

    def _validate(
        self,
        source: TableSource,
        profile: TableProfile | None,
        persons: PersonalRules,
        ledger: Ledger,
        work: Path,
    ) -> tuple[TableResource, Report]:
        checks = [PersonalDataCheck(rules=persons), *frictionless_checks(source, profile)]
        resource = frictionless_resource(source, profile, self.limits.reading)
        screened = self._screen(resource, source, checks, work)
        if screened:
            resource = frictionless_resource(source, profile, self.limits.reading, chosen=screened.chosen)
        checklist = LedgerChecklist(ledger=ledger, checks=checks)
        started = time.monotonic()
        on_row = self.watch.suspect if screened else self.watch.row
        try:
            report = resource.validate(checklist, on_row=on_row, limit_errors=0)
        except CheckStoppedError as stop:
            self.rules.append(rule(stop.code, params=stop.params))
            return resource, Report.from_validation_task(
                resource, time=time.monotonic() - started, labels=resource.header.labels, errors=ledger.kept
            )
        if screened and screened.rows:
            resource.stats.rows = report.tasks[0].stats["rows"] = screened.rows
        # Errors that break reading off do not pass through the checklist.
        counted = {id(error) for error in ledger.kept}
        for error in report.tasks[0].errors:
            if id(error) not in counted:
                ledger.take(error)
        return resource, report

    def _screen(
        self, resource: TableResource, source: TableSource, checks: Sequence[Check], work: Path
    ) -> Screened | None:
        """Return the rows that may be wrong; None where all are to be judged."""
        if not self.screen or self.size < self.limits.screen_from_bytes:
            return None
        try:
            found = screen_rows(
                source,
                resource.schema,
                checks,
                work=work,
                limits=self.limits,
                look=self.watch.screened,
            )
        except NotScreenableError as error:
            return self._not_screened(error.reason)
        except PARSING_ERRORS as error:  # frictionless will say what is wrong with the file
            if error is self.watch.interruption:
                raise
            return self._not_screened(type(error).__name__)
        self.screened = "yes"
        return found

    def _not_screened(self, reason: str) -> None:
        self.screened = f"no: {reason}"
        self.watch.rows, self.watch.total = 0, None

    # Personal codes outside the judged cells --------------------------------------------------------

    def _scan(self, skip_lines_after: int | None = None) -> None:
        for hit in scan_file(self.path, most_bytes=self.limits.file_bytes, on_piece=self.watch.look):
            if skip_lines_after is not None and hit.first_line > skip_lines_after:
                continue
            self._add("P1-file", count=hit.count, member=hit.member or self.filename, line=hit.first_line)

    def _scan_contacts(self) -> None:
        """Look for e-mail addresses, telephone numbers and IBANs (P6) in a text that is no table."""
        found = scan_file(
            self.path, most_bytes=self.limits.file_bytes, on_piece=self.watch.look, find=told_contacts
        )
        for hit in found:
            params = {"count": hit.count, "line": hit.first_line}
            self.rules.append(rule("P6-file", "review", params=params))

    def _scan_rest(self, source: TableSource, ledger: Ledger) -> None:
        """Look into what is published with the table but is no row of it."""
        if any(code == "P1" for code, _ in ledger.causes):
            return  # held back already, and the cells are named
        if source.sheet is not None or source.format == "GEOJSON":
            self._scan()  # other sheets, hidden ones, comments; what a GeoJSON says beside its features
        elif source.header_row > 1:
            self._scan(skip_lines_after=source.header_row)

    # Results ----------------------------------------------------------------------------------------

    def _add(self, code: str, **params: Any) -> None:
        self.rules.append(rule(code, params=params))

    def _errors(self) -> bool:
        return any(found["severity"] == "error" for found in self.rules)

    def _unreadable(self, reason: dict[str, Any]) -> FileCheck:
        self.rules.append(reason)
        return self._result("opens", empty_report(valid=False), broken=True)

    def _result(
        self,
        basis: Basis,
        report: dict[str, Any],
        *,
        errors: int = 0,
        reviews: int = 0,
        broken: bool = False,
        rows: int | None = None,
        columns: int | None = None,
    ) -> FileCheck:
        verdict: Verdict = "review" if reviews else "passed"
        if errors or self._errors():
            verdict = "failed"
        return FileCheck(
            verdict="unreadable" if broken else verdict,
            basis=basis,
            format=self.measured.code if self.measured else None,
            media_type=self.measured.media_type if self.measured else None,
            size_bytes=self.size,
            report=report,
            rules=quoted(self.rules, self.limits),
            rows=rows,
            columns=columns,
            screened=self.screened,
        )


def _same_format(declared: str, measured: str) -> bool:
    """Whether a file keeps what was declared of it.

    Text tables look alike, whatever separates their cells, and a format is also what it is a kind of.
    """
    if declared == measured or {declared, measured} <= TEXT_TABLES:
        return True
    return measured in _KINDS_OF.get(declared, ())


def _reading_rule(error: UnreadableTableError | NotOpenableError) -> dict[str, Any]:
    row = error.params.get("row")
    return rule(error.code, row=row if isinstance(row, int) else None, params=error.params)
