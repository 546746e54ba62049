"""Checks on codes of places (see ``places``): municipality, province, region."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

import attrs
from frictionless import Error, Row
from frictionless.errors import CellError

from ...vocabularies import vocabulary
from . import places
from .among import among_sql
from .base import CELL_IS, COLUMN_NAMES, SEPARATOR, CellSql, TableCheck, refused


class MunicipalityError(CellError):
    type = "municipality"
    title = "No such municipality"
    description = "No municipality has or had this ISTAT code."
    template = CELL_IS


class FormerMunicipalityError(CellError):
    type = "municipality-former"
    title = "Former municipality"
    description = "The ISTAT code is no longer in use."
    template = CELL_IS


class ProvinceError(CellError):
    type = "province"
    title = "No such province"
    description = "No province has or had this ISTAT code."
    template = CELL_IS


class RegionError(CellError):
    type = "region"
    title = "No such region"
    description = "No region has this ISTAT code."
    template = CELL_IS


@attrs.define(kw_only=True, repr=False)
class PlaceCheck(TableCheck):
    """A place's code that the columns ``fields`` give when put together.

    ``separator``: the cells may hold several places, in parallel. An empty one among them says nothing, and lists of
    different lengths are another check's to tell. A cell that the schema refuses is not judged twice.
    """

    fields: list[str] = attrs.field(factory=list)
    separator: str | None = None

    judge: ClassVar[Callable[[str], places.PlaceState]]
    wrong: ClassVar[type[CellError]]
    metadata_profile_patch = {
        "required": ["fields"],
        "properties": {
            "fields": COLUMN_NAMES,
            "separator": SEPARATOR,
        },
    }

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Yield the first place of the row that is wrong; the finding stands at the last of the columns."""
        columns = self.columns(self.fields)
        if len(columns) < len(self.fields) or refused(row) & set(self.fields):
            return
        for code in self._codes([column.text(row.cells) for column in columns]):
            state = type(self).judge(code)
            if state == "unknown":
                yield self.cell_finding(self.wrong, row, columns[-1], note="no place's code", value=code)
                return
            if state == "former":
                yield self._former(row, code[-6:])
                return

    def _codes(self, cells: list[str]) -> list[str]:
        lists = [cell.split(self.separator) if self.separator else [cell] for cell in cells]
        if len({len(one) for one in lists}) > 1:
            return []
        return ["".join(parts) for parts in zip(*lists, strict=True) if all(parts)]

    def _former(self, row: Row, code: str) -> Error:
        term = places.former_municipality(code)
        today = vocabulary("istat-municipalities").by_code
        after = [f"{one} {today[one].label()}" for one in (term.listed("successors") if term else ())]
        return self.cell_finding(
            FormerMunicipalityError,
            row,
            self.columns(self.fields)[-1],
            note="of a former municipality",
            severity="info",
            value=code,
            name=term.label() if term else code,
            today=after or None,
        )

    def suspects(self, cell: CellSql) -> str | None:
        """Rows whose columns, put together, give a code that is not today's."""
        columns = self.columns(self.fields)
        if len(columns) < len(self.fields):
            return "false"
        filled = " AND ".join(column.filled_sql(cell) for column in columns)
        code = " || ".join(column.sql(cell) for column in columns)
        return f"{filled} AND NOT ({self.sound(code)})"

    def sound(self, text: str) -> str:
        """Return the SQL that is true of codes that are right, given the SQL of the digits put together."""
        raise NotImplementedError


@attrs.define(kw_only=True, repr=False)
class MunicipalityCheck(PlaceCheck):
    """Municipalities (ISTAT), today's and former; former ones are told with what became of them."""

    type = "municipality"
    Errors = [MunicipalityError, FormerMunicipalityError]
    judge = staticmethod(places.municipality)
    wrong = MunicipalityError

    def sound(self, text: str) -> str:
        """Six digits or more, of which the last six are today's code."""
        return f"regexp_full_match({text}, '[0-9]+') AND {among_sql(f'right({text}, 6)', places.municipalities())}"


@attrs.define(kw_only=True, repr=False)
class ProvinceCheck(PlaceCheck):
    """Provinces and metropolitan cities (ISTAT), today's and former."""

    type = "province"
    Errors = [ProvinceError]
    judge = staticmethod(places.province)
    wrong = ProvinceError

    def sound(self, text: str) -> str:
        """Three digits or more, of which the last three are a province's."""
        return f"regexp_full_match({text}, '[0-9]+') AND {among_sql(f'right({text}, 3)', places.provinces())}"


@attrs.define(kw_only=True, repr=False)
class RegionCheck(PlaceCheck):
    """Regions (ISTAT)."""

    type = "region"
    Errors = [RegionError]
    judge = staticmethod(places.region)
    wrong = RegionError

    def sound(self, text: str) -> str:
        """Two digits of a region, with or without a zero before them."""
        return among_sql(text, {zero + code for code in places.regions() for zero in ("", "0")})
