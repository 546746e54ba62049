"""The rules P1 to P8 as a frictionless check: they run in its one pass and stand in its report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from frictionless import Check, Plugin, Row, system
from frictionless.errors import CellError, LabelError
from frictionless.resources import TableResource

from ...tables.checks.base import CellSql, TableCheck, any_of, mark
from .review import REVIEW_RULES, PersonalRules
from .rules import MASK, holds_personal_code
from .suspects import suspects


class PersonalError(CellError):
    """What a rule on personal data found in a cell."""

    tags = ["#table", "#row", "#cell", "#personal"]


class PersonalCodeError(PersonalError):
    type = "P1"
    title = "Personal tax code"
    description = "A cell holds the tax code of a natural person."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" holds the tax code of a natural person'


class NameBesideMaskedCodeError(PersonalError):
    type = "P2"
    title = "Name beside a masked tax code"
    description = "The tax code is masked because it is a natural person's, but the name stands beside it."
    template = (
        'The cell in row "{rowNumber}" and field "{fieldName}" names the person whose tax code is masked'
    )


class IndividualCodeError(PersonalError):
    type = "P3"
    title = "Tax code of an individual"
    description = "A 16-character tax code beside the legal form of an individual, or beside none."
    template = (
        'The cell in row "{rowNumber}" and field "{fieldName}" holds a 16-character code of an individual'
    )


class UnmarkedNameError(PersonalError):
    type = "P4"
    title = "Name that may be a person's"
    description = "No legal form is given, and the name has no mark of a body."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" holds a name that may be of a person'


class GrantTextError(PersonalError):
    type = "P5"
    title = "Title of a grant"
    description = "Titles and abstracts of grants and incentives often name the person who received them."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" tells of a grant and is not masked'


class ContactError(PersonalError):
    type = "P6"
    title = "E-mail address, telephone number or IBAN"
    description = "The cell holds an e-mail address, a telephone number or an IBAN."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" holds an e-mail address, a telephone number or an IBAN'


class AddressOfIndividualError(PersonalError):
    type = "P7"
    title = "Address beside an individual"
    description = "The row tells of an individual and holds an address."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" holds an address, and the row tells of an individual'


class SmallCountError(PersonalError):
    type = "P8"
    title = "Count of one or two individuals"
    description = "So few individuals may be recognised by who knows the place."
    template = 'The cell in row "{rowNumber}" and field "{fieldName}" counts fewer than three individuals'


class PersonalCodeInHeaderError(LabelError):
    type = "P1-header"
    title = "Personal tax code in the header"
    description = "The header row holds the tax code of a natural person."
    template = 'The header holds the tax code of a natural person at position "{fieldNumber}"'
    tags = ["#table", "#header", "#label", "#personal"]


PERSONAL_ERRORS: dict[str, type[PersonalError]] = {
    error.type: error
    for error in (
        PersonalCodeError,
        NameBesideMaskedCodeError,
        IndividualCodeError,
        UnmarkedNameError,
        GrantTextError,
        ContactError,
        AddressOfIndividualError,
        SmallCountError,
    )
}


@attrs.define(kw_only=True, repr=False)
class PersonalDataCheck(TableCheck):
    """Yields one finding per cell that a rule meets: P1 to P3 are errors, P4 to P8 want a review.

    No finding carries the cell's value.
    """

    type = "personal-data"
    Errors = [*PERSONAL_ERRORS.values(), PersonalCodeInHeaderError]

    rules: PersonalRules = attrs.field(factory=PersonalRules)

    def validate_start(self) -> Iterable[Any]:
        """Judge the header: a file without one starts with a row of data."""
        yield from super().validate_start()
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
        hits = self.rules.hits(row.cells)
        if not hits:
            return
        names = row.field_names
        for hit in hits:
            error = PERSONAL_ERRORS[hit.rule](
                note="",
                cells=[],
                row_number=row.row_number,
                cell=MASK,
                field_name=names[hit.column] if hit.column < len(names) else "",
                field_number=hit.column + 1,
            )
            yield mark(error, "review" if hit.rule in REVIEW_RULES else "error", {})

    def suspects(self, cell: CellSql) -> str:
        """Every row in which a rule could find something (cells beyond the header are an error of their own)."""
        names = {column.position: column.name for column in self._columns.values()}
        cells = [cell(names[position]) for position in sorted(names)]
        return any_of(suspects(self.rules, cells, cell.whole))


class PersonalDataPlugin(Plugin):
    """Tells frictionless our check and errors, so that a saved report with them can be loaded again."""

    def select_check_class(self, type: str | None = None) -> type[Check] | None:
        """Return our check for its type."""
        return PersonalDataCheck if type == PersonalDataCheck.type else None

    def select_error_class(self, type: str | None = None) -> Any:
        """Return our error for its type."""
        return next((error for error in PersonalDataCheck.Errors if error.type == type), None)


system.register("opencohesion-personal-data", PersonalDataPlugin())
