"""ZIP archives, opened without trusting what they say of themselves."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from .errors import UnreadableTableError
from .limits import MIB, Limits

# What Python's zipfile and its decompressors raise on a damaged archive, or one made in a way they do not know.
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_SIZE = 22
_ENCRYPTED_FLAG = 0x1
_DRIVE = re.compile("[A-Za-z]:")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")


def check_archive(path: Path, limits: Limits, *, inflate: bool = True) -> None:
    """Read every member to its end, in pieces, and keep nothing; without ``inflate`` only the directory is judged.

    Raises UnreadableTableError: ``broken-archive``, ``encrypted``, ``too-many-members``, ``unsafe-name`` (a member
    that wants to lie outside), ``nested-archive``, ``archive-bomb`` (too large once inflated, or inflating too much
    to be data). What the directory declares is checked first, since it costs nothing, then the bytes that really
    come out, since it may lie.
    """
    check_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_declared(archive, limits)
            if inflate:
                _check_inflated(archive, limits)
    except ARCHIVE_ERRORS as error:
        raise UnreadableTableError("broken-archive") from error


def files_in(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the files that somebody put into an archive: no folders, nothing that a Mac adds."""
    return [
        info.filename
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and PurePosixPath(info.filename).name != ".DS_Store"
    ]


def check_directory(path: Path, limits: Limits) -> None:
    """Refuse a directory too long to be read into memory, as zipfile does before anything can be asked of it.

    Raises UnreadableTableError ``broken-archive``, ``too-many-members``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END_SIZE - 0xFFFF))
        tail = file.read()
    start = tail.rfind(_END_OF_DIRECTORY)
    if start < 0 or len(tail) - start < _END_SIZE:
        raise UnreadableTableError("broken-archive")
    members, directory_bytes = struct.unpack_from("<HI", tail, start + 10)
    if members > limits.archive_members or directory_bytes > limits.archive_directory_bytes:
        raise UnreadableTableError("too-many-members", limit=limits.archive_members)


def _check_declared(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.archive_members:
        raise UnreadableTableError("too-many-members", limit=limits.archive_members)
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise UnreadableTableError("encrypted")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or _DRIVE.match(member.filename):
            raise UnreadableTableError("unsafe-name")
        if name.suffix.lower() in _ARCHIVES:
            raise UnreadableTableError("nested-archive", member=name.name)
    if sum(member.file_size for member in members) > limits.inflated_bytes:
        raise _bomb(limits)
    for member in members:
        large = member.file_size > limits.ratio_from_bytes
        if large and member.file_size > limits.inflate_ratio * max(1, member.compress_size):
            raise _bomb(limits)


def _check_inflated(archive: zipfile.ZipFile, limits: Limits) -> None:
    total = 0
    for member in archive.infolist():
        with archive.open(member) as stream:
            while piece := stream.read(MIB):
                total += len(piece)
                if total > limits.inflated_bytes:
                    raise _bomb(limits)


def _bomb(limits: Limits) -> UnreadableTableError:
    return UnreadableTableError("archive-bomb", limit_mb=limits.inflated_bytes // MIB)
