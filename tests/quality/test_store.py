"""The content-addressed store keeps every file whole, once, and never overwrites."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.quality.storage.store import ContentStore, FileTooLargeError


@given(content=st.binary(max_size=5000))
def test_what_was_added_is_found_under_its_hash(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = ContentStore(tmp_path_factory.mktemp("store"))
    stored = store.add(io.BytesIO(content), 10_000)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size_bytes == len(content)
    assert store.path(stored.sha256).read_bytes() == content


def test_equal_bytes_are_one_file(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    assert store.add(io.BytesIO(b"a"), 1) == store.add(io.BytesIO(b"a"), 1)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_file_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileTooLargeError):
        ContentStore(tmp_path).add(io.BytesIO(b"abc"), 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "Z" * 64, "0" * 64 + "/x"])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        ContentStore(tmp_path).path(name)
