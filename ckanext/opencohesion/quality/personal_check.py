"""The rules P1, P2 and P3 as a frictionless check: they run in its one pass and stand in its report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from frictionless import Check, Plugin, Row, system
from frictionless.errors import CellError, LabelError
from frictionless.resources import TableResource

from .personal import MASK, PersonColumns, holds_personal_code, row_hits


class PersonalCodeError(CellError):
    type = "P1"
    title = "Personal tax code"
    description = "A cell holds the tax code of a natural person."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" holds the tax code of a natural person'
    tags = ["#table", "#row", "#cell", "#personal"]


class NameBesideMaskedCodeError(CellError):
    type = "P2"
    title = "Name beside a masked tax code"
    description = "The tax code is masked because it is a natural person's, but the name stands beside it."
    template = (
        'The cell in row "{rowNumber}" and field "{fieldName}" names the person whose tax code is masked'
    )
    tags = ["#table", "#row", "#cell", "#personal"]


class IndividualCodeError(CellError):
    type = "P3"
    title = "Tax code of an individual"
    description = "A 16-character tax code beside the legal form of an individual, or beside none."
    template = (
        'The cell in row "{rowNumber}" and field "{fieldName}" holds a 16-character code of an individual'
    )
    tags = ["#table", "#row", "#cell", "#personal"]


class PersonalCodeInHeaderError(LabelError):
    type = "P1-header"
    title = "Personal tax code in the header"
    description = "The header row holds the tax code of a natural person."
    template = 'The header holds the tax code of a natural person at position "{fieldNumber}"'
    tags = ["#table", "#header", "#label", "#personal"]


PERSONAL_ERRORS: dict[str, type[CellError]] = {
    error.type: error for error in (PersonalCodeError, NameBesideMaskedCodeError, IndividualCodeError)
}


@attrs.define(kw_only=True, repr=False)
class PersonalDataCheck(Check):
    """Yields one error per cell that P1, P2 or P3 forbids; no error carries the cell's value."""

    type = "personal-data"
    Errors = [*PERSONAL_ERRORS.values(), PersonalCodeInHeaderError]

    columns: list[PersonColumns] = attrs.field(factory=list)

    def validate_start(self) -> Iterable[Any]:
        """Judge the header: a file without one starts with a row of data."""
        resource = self.resource
        labels = resource.labels if isinstance(resource, TableResource) else []
        for number, label in enumerate(labels, start=1):
            if holds_personal_code(label):
                yield PersonalCodeInHeaderError(
                    note="",
                    labels=[],
                    row_numbers=[],
                    label=MASK,
                    field_name=MASK,
                    field_number=number,
                )

    def validate_row(self, row: Row) -> Iterable[Any]:
        """Judge one row, cells beyond the header included."""
        hits = row_hits(row.cells, self.columns)
        if not hits:
            return
        names = row.field_names
        for hit in hits:
            yield PERSONAL_ERRORS[hit.rule](
                note="",
                cells=[],
                row_number=row.row_number,
                cell=MASK,
                field_name=names[hit.column] if hit.column < len(names) else "",
                field_number=hit.column + 1,
            )


class PersonalDataPlugin(Plugin):
    """Tells frictionless our check and errors, so that a saved report with them can be loaded again."""

    def select_check_class(self, type: str | None = None) -> type[Check] | None:
        """Return our check for its type."""
        return PersonalDataCheck if type == PersonalDataCheck.type else None

    def select_error_class(self, type: str | None = None) -> Any:
        """Return our error for its type."""
        return next((error for error in PersonalDataCheck.Errors if error.type == type), None)


system.register("opencohesion-personal-data", PersonalDataPlugin())
