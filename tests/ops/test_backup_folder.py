"""A backup as a folder: what is in it, what is refused, and files that lie in object storage."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.object_storage import serving

from ops import backup, backup_manifest, restore
from ops.backup_manifest import BackupError, Manifest, Part
from ops.settings import Settings, from_environment


def manifest(parts: dict[str, Part], **changes: object) -> Manifest:
    facts = {
        "made": "2026-01-31T00:00:00+00:00",
        "portal": "0.1.0",
        "ckan": "2.12.0",
        "postgresql": 15,
        "url": "https://dati.example.it",
        "region": "18",
        "migrations": {},
        "counts": {},
        "missing": [],
    }
    return Manifest(**(facts | changes), parts=parts)  # type: ignore[arg-type]


def part(content: bytes) -> Part:
    return Part(len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "backup-1"
    parts = {"databases/ckan.dump": b"rows", "storage/uploads/logo.png": b"picture"}
    for name, content in parts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    backup_manifest.write(folder, manifest({name: part(content) for name, content in parts.items()}))
    return folder


def check(folder: Path) -> None:
    backup_manifest.verify(folder, backup_manifest.read(folder))


def changed(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)


def linked(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("/etc/hostname")


def rewritten(folder: Path, **changes: object) -> None:
    """The manifest as somebody would write it who can make its digest too."""
    document = json.loads((folder / "manifest.json").read_text()) | changes
    text = json.dumps(document)
    (folder / "manifest.json").write_text(text)
    (folder / "manifest.sha256").write_text(hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda f: (f / "databases/ckan.dump").unlink(), "databases/ckan.dump is missing"),
        (lambda f: changed(f, "databases/ckan.dump", b"row"), "cut short or changed: 3 bytes in place of 4"),
        (lambda f: changed(f, "databases/ckan.dump", b"rowz"), "ckan.dump is damaged"),
        (lambda f: changed(f, "storage/x", b""), "does not name: storage/x"),
        (lambda f: linked(f, "storage/uploads/logo.png"), "logo.png is"),
        (lambda f: (f / "manifest.json").unlink(), "no whole backup: manifest.json is missing"),
        (lambda f: (f / "manifest.sha256").unlink(), "no whole backup: manifest.sha256 is missing"),
        (lambda f: changed(f, "manifest.json", b"{}"), "manifest.json is damaged"),
        (lambda f: rewritten(f, format=2), "format 2; this version reads"),
        (lambda f: rewritten(f, product="other"), "a backup of other"),
        (lambda f: rewritten(f, parts={"../../etc/x": {"size": 1, "sha256": ""}}), "outside of itself"),
    ],
)
def test_what_is_not_whole_is_refused_by_name(whole: Path, harm: Callable[[Path], None], reason: str) -> None:
    check(whole)
    harm(whole)
    with pytest.raises(BackupError, match=reason):
        check(whole)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is no folder"):
        backup_manifest.read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ckan": "2.13.0"}, r"made with CKAN 2\.13\.0"),
        ({"portal": "99.0"}, r"made with ckanext-opencohesion 99\.0"),
        (
            {"migrations": {"opencohesion_quality_alembic_version": "9999"}},
            "opencohesion_quality are at revision 9999",
        ),
    ],
)
def test_a_backup_of_a_later_version_is_refused(changes: dict[str, object], reason: str) -> None:
    restore.refuse_newer(manifest({}))
    with pytest.raises(BackupError, match=reason):
        restore.refuse_newer(manifest({}, **changes))


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(1, 5):
        (tmp_path / f"backup-2026010{number}").mkdir()
    (tmp_path / "of-somebody-else").mkdir()
    backup.remove_old(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "backup-20260103",
        "backup-20260104",
        "of-somebody-else",
    ]
    assert backup.newest(tmp_path) == tmp_path / "backup-20260104"


def settings_for(state: Path, **variables: str) -> Settings:
    settings = from_environment({"PORTAL_STATE": str(state), **variables})
    settings.storage.mkdir(parents=True)
    return settings


def content_name(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return f"storage/opencohesion/content/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def lay(settings: Settings, name: str, content: bytes) -> Path:
    path = settings.state / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_are_copied_once_and_what_is_damaged_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "state")
    kept = {content_name(b"rows"): b"rows", "storage/uploads/group/logo.png": b"picture"}
    for name, content in kept.items():
        lay(settings, name, content)
    lay(settings, "storage/opencohesion/content/incoming-1", b"half")
    lay(settings, "storage/webassets/x.css", b"made again")
    (settings.storage / "link").symlink_to("/etc")
    first, second = tmp_path / "1", tmp_path / "2"
    assert set(backup.copy_files(settings, first, None)) == set(kept)
    assert set(backup.copy_files(settings, second, first)) == set(kept)
    assert (second / content_name(b"rows")).samefile(first / content_name(b"rows"))
    assert not (second / "storage/uploads/group/logo.png").samefile(first / "storage/uploads/group/logo.png")
    # the earlier backup's copy is damaged: it is taken from the portal again
    os.truncate(first / content_name(b"rows"), 0)
    backup.copy_files(settings, tmp_path / "3", first)
    assert (tmp_path / "3" / content_name(b"rows")).read_bytes() == b"rows"
    lay(settings, content_name(b"rows"), b"rot")
    with pytest.raises(BackupError, match="is damaged"):
        backup.copy_files(settings, tmp_path / "4", None)


def test_files_in_object_storage_are_in_the_backup_and_come_back(tmp_path: Path) -> None:
    with serving(tmp_path / "buckets") as bucket:
        settings = settings_for(
            tmp_path / "state",
            PORTAL_S3_BUCKET=bucket.bucket,
            PORTAL_S3_ENDPOINT=bucket.endpoint,
            PORTAL_S3_REGION=bucket.region,
            PORTAL_S3_ACCESS_KEY=bucket.access_key,
            PORTAL_S3_SECRET_KEY=bucket.secret_key,
        )
        contents = [b"rows", b"other rows" * 1000]
        for number, content in enumerate(contents):
            source = tmp_path / f"{number}"
            source.write_bytes(content)
            bucket.put(source, hashlib.sha256(content).hexdigest())
        lay(settings, "storage/uploads/logo.png", b"picture")
        lay(settings, "storage/opencohesion/spool/x", b"a copy that is fetched again")
        made = tmp_path / "made"
        parts = backup.copy_files(settings, made, None)
        assert set(parts) == {"storage/uploads/logo.png", *map(content_name, contents)}

        for content in contents:
            bucket.remove(hashlib.sha256(content).hexdigest(), older_than_seconds=-1)
        (settings.storage / "uploads" / "logo.png").unlink()
        assert list(bucket.hashes()) == []
        restore.put_files(settings, made, manifest(parts))
        assert set(bucket.hashes()) == {hashlib.sha256(content).hexdigest() for content in contents}
        assert (settings.storage / "uploads" / "logo.png").read_bytes() == b"picture"
        assert not (settings.storage / "opencohesion" / "content").exists()
