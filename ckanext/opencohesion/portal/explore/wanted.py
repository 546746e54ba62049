"""What the address of a file's page asks for, and the address of what is one step away. Plain module.

The whole state of the page is in its address: it can be sent, kept and gone back to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.tables.errors import QueryError
from ckanext.opencohesion.tables.filters import check_count

Section = Literal["table", "columns", "chart", "map"]
SECTIONS: tuple[Section, ...] = ("table", "columns", "chart", "map")
PAGE_SIZES = (25, 50, 100)
TOPS = (10, 20, 50)
ALL_COLUMNS = "*"
_MOST_WORDS = 200
_LAST_PAGE = 1_000_000


class Arguments(Protocol):
    """A request's arguments, as werkzeug has them."""

    def get(self, key: str, default: str = "") -> str: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Asked:
    """One filter as it stands in the address: nothing of it is checked yet."""

    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class Wanted:
    """The state of the page."""

    section: Section = "table"
    columns: tuple[str, ...] = ()
    words: str = ""
    filters: tuple[Asked, ...] = ()
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZES[0]
    by: str = ""
    value: str = ""
    function: str = ""
    top: int = TOPS[0]
    level: str = ""

    def with_(self, **changes: Any) -> Wanted:
        """Return the state with changes; whatever changes which rows are seen begins at the first page again."""
        return replace(self, **{"page": 1, **changes})

    def without_filter(self, position: int) -> Wanted:
        """Return the state without one of its filters."""
        kept = tuple(one for index, one in enumerate(self.filters) if index != position)
        return self.with_(filters=kept)

    def parameters(self, *leave_out: str) -> list[tuple[str, str]]:
        """Return the arguments of the page's address, but what is as usual; of ``leave_out``, none."""
        pairs: list[tuple[str, str]] = [("show", self.section)] if self.section != "table" else []
        pairs += [("c", name) for name in self.columns]
        if self.words:
            pairs.append(("q", self.words))
        for one in self.filters:
            pairs += [("fc", one.column), ("fo", one.operator), ("fv", one.value)]
        if self.sort:
            pairs.append(("sort", f"-{self.sort}" if self.descending else f"+{self.sort}"))
        usual = Wanted()
        for key, name in _PLAIN.items():
            value = getattr(self, name)
            if value != getattr(usual, name):
                pairs.append((key, str(value)))
        return [pair for pair in pairs if pair[0] not in leave_out]


_PLAIN = {
    "page": "page",
    "size": "size",
    "by": "by",
    "value": "value",
    "function": "function",
    "top": "top",
    "level": "level",
}


def read(arguments: Arguments) -> Wanted:
    """Return the state that a request asks for. Raises QueryError with a sentence where it makes no sense."""
    section = arguments.get("show", "") or "table"
    if section not in SECTIONS:
        raise QueryError(N_("A file has no such part as “{name}”."), name=section[:40])
    columns, operators, values = (arguments.getlist(name) for name in ("fc", "fo", "fv"))
    if not len(columns) == len(operators) == len(values):
        raise QueryError(N_("A filter is made of a column, a comparison and a value."))
    filters = tuple(Asked(*one) for one in zip(columns, operators, values, strict=True) if one[0])
    check_count(len(filters))
    words = arguments.get("q", "").strip()
    if len(words) > _MOST_WORDS or "\0" in words:
        raise QueryError(N_("Search for fewer words: {limit} characters at most."), limit=_MOST_WORDS)
    sort = arguments.get("sort", "")
    # "+" of a form or an address typed by hand arrives as a blank
    descending, sort = sort.startswith("-"), sort[1:] if sort[:1] in ("-", "+", " ") else sort
    return Wanted(
        section=section,
        columns=tuple(dict.fromkeys(name for name in arguments.getlist("c") if name)),
        words=words,
        filters=filters,
        sort=sort,
        descending=descending,
        page=_whole(arguments, "page", 1, most=_LAST_PAGE),
        size=_one_of(arguments, "size", PAGE_SIZES),
        by=arguments.get("by", ""),
        value=arguments.get("value", ""),
        function=arguments.get("function", ""),
        top=_one_of(arguments, "top", TOPS),
        level=arguments.get("level", ""),
    )


def _whole(arguments: Arguments, name: str, usual: int, *, most: int) -> int:
    text = arguments.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 7 and 1 <= int(text) <= most):
        raise QueryError(N_("“{value}” is not a number that “{name}” can have."), value=text[:40], name=name)
    return int(text)


def _one_of(arguments: Arguments, name: str, allowed: tuple[int, ...]) -> int:
    number = _whole(arguments, name, allowed[0], most=max(allowed))
    if number not in allowed:
        raise QueryError(N_("“{value}” is not a number that “{name}” can have."), value=number, name=name)
    return number
