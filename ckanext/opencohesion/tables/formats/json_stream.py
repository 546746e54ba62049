"""JSON (RFC 8259) read value by value, so that an array of any length is never held whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from ..errors import UnreadableTableError
from ..limits import KIB

_PIECE = 64 * KIB
_BLANKS = " \t\r\n"


class _RepeatedNameError(ValueError):
    pass


class JsonStream:
    """Values of a JSON text, each at most ``most_chars`` long. Every method raises UnreadableTableError for what is none."""

    def __init__(self, file: TextIO, code: str, most_chars: int) -> None:
        self._file = file
        self._code = code
        self._most = most_chars
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_unique_names, parse_constant=_no_constant, parse_float=_finite
        )

    def peek(self) -> str:
        """Return the next character that is no blank, without taking it; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text) or not self._more(_PIECE):
                return self._text[self._at : self._at + 1]

    def take(self, wanted: str) -> None:
        """Take one of the characters ``wanted``, which must come next."""
        found = self.peek()
        if not found or found not in wanted:
            raise self.broken(f"{wanted} expected")
        self._at += 1

    def value(self) -> Any:
        """Take the next value, whatever it is."""
        self.peek()
        size = _PIECE
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                # A number at the end of what was read may go on.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            except _RepeatedNameError as error:
                raise UnreadableTableError("json-repeated-name") from error
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self.broken(error.msg) from error
            except (ValueError, RecursionError) as error:
                raise self.broken(
                    type(error).__name__ if isinstance(error, RecursionError) else error
                ) from error
            if len(self._text) - self._at > self._most:
                raise UnreadableTableError("json-value-too-long", limit_mb=max(1, self._most // (KIB * KIB)))
            self._more(size)
            size *= 2

    def elements(self) -> Iterator[Any]:
        """Take an array, value by value."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            ended = self.peek() == "]"
            self.take("],")
            if ended:
                return

    def members(self) -> Iterator[str]:
        """Take an object: after each name that is yielded the caller takes its value."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise self.broken("name expected")
            self.take(":")
            yield name
            ended = self.peek() == "}"
            self.take("},")
            if ended:
                return

    def end(self) -> None:
        """Require that nothing but blanks follows."""
        if self.peek():
            raise self.broken("text after the end")

    def broken(self, detail: object) -> UnreadableTableError:
        """Return the error that says that this is no JSON."""
        return UnreadableTableError("does-not-open", declared=self._code, detail=str(detail)[:100])

    def _more(self, size: int) -> bool:
        piece = self._file.read(size)
        self._ended = not piece
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedNameError
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number beyond all limits")
    return number
