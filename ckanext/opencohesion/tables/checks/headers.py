"""What a header can have that a reader does not see; and the check that tells it on frictionless's command line.

frictionless trims labels silently, so the labels are taken from the sample that it keeps of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

import attrs
from frictionless import Error
from frictionless.errors import LabelError
from frictionless.resources import TableResource

from .base import Severity, TableCheck, mark

BOM = "\ufeff"
# Doubled blanks, blanks of another kind, line breaks, a blank before an underscore, a vertical bar, typographic quotes.
_UNTIDY = re.compile(r"\s{2,}|[^\S ]| _|_ |\||[‘’“”]")
_TEMPLATE = 'Label "{label}" at position "{fieldNumber}" has {note}'


class BlankEdgedLabelError(LabelError):
    type = "blank-edged-label"
    title = "Blank around a column name"
    description = "The label begins or ends with a blank."
    template = _TEMPLATE


class BomInLabelError(LabelError):
    type = "bom-in-label"
    title = "Byte order mark in a column name"
    description = "The label holds U+FEFF."
    template = _TEMPLATE


class UntidyLabelError(LabelError):
    type = "untidy-label"
    title = "Untidy column name"
    description = "The label has characters that make it hard to name: doubled blanks, line breaks, marks."
    template = _TEMPLATE


_KINDS: tuple[type[LabelError], ...] = (BlankEdgedLabelError, BomInLabelError, UntidyLabelError)


def label_faults(label: str) -> Iterator[tuple[str, Severity, str]]:
    """Yield ``(code, severity, label as it should be shown)`` of each fault of a label, as it stands in the file."""
    plain = label.replace(BOM, "")
    if label != label.strip():
        yield BlankEdgedLabelError.type, "warning", label.strip()
    if BOM in label:
        yield BomInLabelError.type, "warning", plain
    if _UNTIDY.search(plain.strip()):
        yield UntidyLabelError.type, "info", plain.strip()


@attrs.define(kw_only=True, repr=False)
class HeaderCheck(TableCheck):
    """Blanks around labels, byte order marks in them, and labels that are hard to name. For the command line."""

    type = "header-labels"
    Errors = list(_KINDS)
    severity: str = "warning"
    column_properties: ClassVar[tuple[str, ...]] = ()

    def validate_start(self) -> Iterable[Error]:
        """Judge the header."""
        resource = self.resource
        if not isinstance(resource, TableResource) or not resource.sample:
            return
        rows = resource.dialect.header_rows or [1]
        labels = (
            [str(cell or "") for cell in resource.sample[rows[0] - 1]]
            if len(resource.sample) >= rows[0]
            else []
        )
        kinds = {kind.type: kind for kind in _KINDS}
        for number, label in enumerate(labels, start=1):
            for code, severity, shown in label_faults(label):
                error = kinds[code](
                    note=kinds[code].title.lower(),
                    labels=labels,
                    row_numbers=rows,
                    label=label,
                    field_name=shown,
                    field_number=number,
                )
                yield mark(error, severity, {})

    def suspects(self, cell: object) -> str:
        """No row."""
        return "false"
