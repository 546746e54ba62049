"""A ZIP that holds one table: the table is read as if it had come alone, under the name it has inside."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..archive import ARCHIVE_ERRORS, check_archive, files_in
from ..errors import UnreadableTableError
from ..limits import KIB, MIB, Limits

_HEAD_BYTES = 64 * KIB


@dataclass(frozen=True)
class Unpacked:
    """The one file of a ZIP, on disk as long as this object lives."""

    path: Path
    name: str
    folder: tempfile.TemporaryDirectory[str]


def only_member(path: Path) -> str | None:
    """Return the name of the only file in a ZIP, None where it holds several or none, or is no ZIP that opens.

    What a Mac adds beside a file (``__MACOSX/``) counts for nothing.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = files_in(archive)
    except ARCHIVE_ERRORS:
        return None
    return names[0] if len(names) == 1 else None


def beginning(path: Path, name: str) -> bytes:
    """Return the first bytes of a member; none where it can not be read."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            return stream.read(_HEAD_BYTES)
    except ARCHIVE_ERRORS:
        return b""


def unpack(path: Path, limits: Limits) -> Unpacked:
    """Write the only file of a ZIP to a temporary folder.

    It may be larger than what is read out of other archives, as a CSV compresses well. Raises UnreadableTableError:
    what ``check_archive`` raises, ``not-one-file``.
    """
    wide = replace(limits, inflated_bytes=limits.zipped_table_bytes)
    check_archive(path, wide, inflate=False)
    name = only_member(path)
    if name is None:
        raise UnreadableTableError("not-one-file")
    folder = tempfile.TemporaryDirectory(prefix="opencohesion-unzipped-")
    target = Path(folder.name) / "table"
    left = limits.zipped_table_bytes
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream, target.open("wb") as file:
            while piece := stream.read(MIB):
                left -= len(piece)
                if left < 0:
                    raise UnreadableTableError("archive-bomb", limit_mb=limits.zipped_table_bytes // MIB)
                file.write(piece)
    except ARCHIVE_ERRORS as error:
        folder.cleanup()
        raise UnreadableTableError("broken-archive") from error
    except UnreadableTableError:
        folder.cleanup()
        raise
    return Unpacked(target, PurePosixPath(name).name, folder)
