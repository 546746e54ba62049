"""Where written tables lie: one folder per file's content, beside the content store; never overwritten.

``ab/cd/<sha256>/<key>.parquet`` and ``<key>.json``. The description is written last: what it describes is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from .description import NotShown, TableDescription
from .parquet import WRITER_VERSION

_WRITING = "writing-"
_TRYING = "trying-"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def table_key(*, filename: str, table_schema: str, schema_version: str) -> str:
    """Return the name of what is written from a file's bytes: all that it depends on beside them."""
    suffix = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    facts = json.dumps([suffix, table_schema, schema_version, WRITER_VERSION])
    return hashlib.sha256(facts.encode()).hexdigest()[:24]


class TableShelf:
    """The written tables below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _folder(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def parquet(self, sha256: str, key: str) -> Path:
        """Return where the Parquet file of these bytes lies, whether or not it does."""
        return self._folder(sha256) / f"{key}.parquet"

    def read(self, sha256: str, key: str) -> TableDescription | NotShown | None:
        """Return what is known of the table, or why it can not be shown; None where it is (again) to be written."""
        try:
            document = json.loads((self._folder(sha256) / f"{key}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # none, or one that a failing disk cut off
            return None
        if "code" in document:
            return NotShown(**document)
        if not self.parquet(sha256, key).is_file():
            return None
        return TableDescription.from_json(document)

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """Yield a folder to write in, on the shelf's own disk; it is gone afterwards."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=_WRITING) as folder:
            yield Path(folder)

    def sweep(self, older_than_seconds: float) -> int:
        """Remove the work folders of writers that were killed, and return how many there were."""
        before = time.time() - older_than_seconds
        left = [folder for folder in self.root.glob(f"{_WRITING}*") if folder.stat().st_mtime < before]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
        return len(left)

    def put(self, sha256: str, key: str, parquet: Path, description: TableDescription) -> None:
        """Take a written table from its work folder."""
        place = self.parquet(sha256, key)
        place.parent.mkdir(parents=True, exist_ok=True)
        with parquet.open("rb") as file:
            os.fsync(file.fileno())
        parquet.replace(place)
        self._write(sha256, key, description.to_json())

    def put_reason(self, sha256: str, key: str, reason: NotShown) -> None:
        """Keep why a table can not be shown, so that it is not tried again and again."""
        self._write(sha256, key, asdict(reason))

    def refuse_records(self, sha256: str, key: str) -> None:
        """Keep that a database does not take the table's rows, so that it is not tried again and again."""
        self._refusal(sha256, key).touch()

    def refuses_records(self, sha256: str, key: str) -> bool:
        """Say whether a database did not take the table's rows."""
        return self._refusal(sha256, key).exists()

    def _refusal(self, sha256: str, key: str) -> Path:
        return self._folder(sha256) / f"{key}.no-records"

    def _write(self, sha256: str, key: str, document: dict[str, object]) -> None:
        place = self._folder(sha256) / f"{key}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix="description-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file, ensure_ascii=False)
                file.flush()
                os.fsync(handle)
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def trying(self, sha256: str, key: str) -> Iterator[int]:
        """Mark that a table is being written, and yield how many writers died of it before.

        A mark stays where the process is killed in the block; however else the block ends, it and the earlier ones go.
        """
        folder = self._folder(sha256)
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=f"{_TRYING}{key}-")
        os.close(handle)
        marks = list(folder.glob(f"{_TRYING}{key}-*"))
        try:
            yield len(marks) - 1
        finally:
            for mark in {*marks, Path(name)}:
                mark.unlink(missing_ok=True)

    def contents(self, older_than_seconds: float = 0) -> Iterator[str]:
        """Yield the hash of every content of which something lies here and nothing was written of late."""
        before = time.time() - older_than_seconds
        for folder in self.root.glob("??/??/*"):
            if _SHA256.fullmatch(folder.name) and folder.stat().st_mtime <= before:
                yield folder.name

    def remove(self, sha256: str) -> None:
        """Remove all that was written from these bytes; harmless where nothing was."""
        shutil.rmtree(self._folder(sha256), ignore_errors=True)
