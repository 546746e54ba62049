"""Undoes the transfer compression of an answer, in pieces, so that a bomb is noticed before it unpacks."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_PIECE_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class BadCompressionError(Exception):
    """The bytes are not what their Content-Encoding says, or it is one we did not ask for."""


class CutShortError(Exception):
    """The compressed bytes end before their end mark."""


def unpack(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the bytes of a body with this Content-Encoding, unpacked in pieces of at most 1 MB.

    Raises BadCompressionError or CutShortError.
    """
    if encoding in {"", "identity"}:
        return iter(chunks)
    if encoding in {"gzip", "x-gzip"}:
        return _gunzip(chunks)
    raise BadCompressionError(encoding)


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP)
    started = False
    for chunk in chunks:
        data = chunk
        while data:
            if unpacker.eof:
                # a gzip file may be several, one after the other
                unpacker = zlib.decompressobj(_GZIP)
            started = True
            try:
                piece = unpacker.decompress(data, _PIECE_BYTES)
            except zlib.error as error:
                raise BadCompressionError(str(error)) from None
            if piece:
                yield piece
            data = unpacker.unconsumed_tail or unpacker.unused_data
    if started and not unpacker.eof:
        raise CutShortError
