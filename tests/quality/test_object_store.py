"""Files in object storage: a real S3 server, the same promises as the local store's, and a portal that stands on it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckan.common import config
from support import object_storage
from support.people import Person, dataset_fields

from ckanext.opencohesion.quality.storage.object_store import Bucket, ObjectStorageError, SpooledStore
from ckanext.opencohesion.quality.storage.store import FileTooLargeError
from ckanext.opencohesion.quality.storage.uploader import S3

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with object_storage.serving(tmp_path_factory.mktemp("s3")) as bucket:
        yield bucket


@pytest.fixture
def store(served: Bucket, tmp_path: Path) -> SpooledStore:
    return SpooledStore(tmp_path / "spool", served, MEGABYTE)


def age(path: Path, seconds: int = 3600) -> None:
    long_ago = path.stat().st_mtime - seconds
    os.utime(path, (long_ago, long_ago))


def test_another_host_reads_the_same_bytes_and_nobody_without_a_key_does(
    store: SpooledStore, served: Bucket, tmp_path: Path
) -> None:
    payload = os.urandom(9 * MEGABYTE)  # more than one part of an upload
    stored = store.add(io.BytesIO(payload), 10 * MEGABYTE)
    assert (stored.sha256, stored.size_bytes) == (hashlib.sha256(payload).hexdigest(), len(payload))
    elsewhere = SpooledStore(tmp_path / "other-host", served, MEGABYTE)
    assert elsewhere.path(stored.sha256).read_bytes() == payload
    assert stored.sha256 in set(served.hashes())
    key = f"content/{stored.sha256[:2]}/{stored.sha256[2:4]}/{stored.sha256}"
    assert object_storage.status(f"{served.endpoint}/files/{key}") == 403
    assert object_storage.status(f"{served.endpoint}/files") == 403


def test_what_is_not_there_too_large_or_no_hash(store: SpooledStore, served: Bucket) -> None:
    assert not store.path("0" * 64).exists()
    with pytest.raises(FileTooLargeError):
        store.add(io.BytesIO(b"0123456789"), 9)
    assert hashlib.sha256(b"0123456789").hexdigest() not in set(served.hashes())
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.path("../../etc/passwd")
    assert not [path for path in store.root.rglob("*") if path.is_file()]


def test_bytes_changed_in_the_bucket_are_never_served(
    store: SpooledStore, served: Bucket, tmp_path: Path
) -> None:
    stored = store.add(io.BytesIO(b"the truth"), MEGABYTE)
    elsewhere = SpooledStore(tmp_path / "other-host", served, MEGABYTE)
    from ckanext.opencohesion.quality.storage.object_store import _client, _key

    _client(served, os.getpid()).put_object(Bucket="files", Key=_key(stored.sha256), Body=b"not the truth")
    with pytest.raises(ObjectStorageError, match="other bytes"):
        elsewhere.path(stored.sha256)
    assert not [path for path in elsewhere.root.rglob("*") if path.is_file()]
    # what has the wrong size is written again, so a restore mends it
    store.add(io.BytesIO(b"the truth"), MEGABYTE)
    assert elsewhere.path(stored.sha256).read_bytes() == b"the truth"


def test_the_spool_stays_small_and_spares_what_is_in_use(store: SpooledStore) -> None:
    old = store.add(io.BytesIO(os.urandom(700_000)), MEGABYTE)
    age(store.root / old.sha256[:2] / old.sha256[2:4] / old.sha256)
    new = store.add(io.BytesIO(os.urandom(600_000)), MEGABYTE)
    present = {path.name for path in store.root.rglob("*") if path.is_file()}
    assert present == {new.sha256}
    third = store.add(io.BytesIO(os.urandom(600_000)), MEGABYTE)  # both just used: both stay
    assert {path.name for path in store.root.rglob("*") if path.is_file()} == {new.sha256, third.sha256}
    assert store.path(old.sha256).stat().st_size == 700_000


def test_discarding(store: SpooledStore, served: Bucket) -> None:
    stored = store.add(io.BytesIO(b"taken down"), MEGABYTE)
    assert not store.discard(stored.sha256, older_than_seconds=3600)
    assert store.discard(stored.sha256, older_than_seconds=-60)
    assert stored.sha256 not in set(served.hashes())
    assert not store.path(stored.sha256).exists()


def test_a_bucket_that_is_not_ours_is_told(served: Bucket) -> None:
    served.check()
    for wrong in (replace(served, bucket="none-such"), replace(served, secret_key="wrong")):
        with pytest.raises(ObjectStorageError, match="does not answer as it should"):
            wrong.check()


@pytest.fixture
def in_bucket(served: Bucket, clean_db: None, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name in ("bucket", "endpoint", "region", "access_key", "secret_key"):
        monkeypatch.setitem(config, S3 + name, getattr(served, name))
    return served


def test_a_portal_publishes_and_serves_from_the_bucket(
    in_bucket: Bucket,
    app: Any,
    officer: Person,
    organization: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = dataset_fields(organization["id"], private=False)
    dataset = app.post("/api/3/action/package_create", json=fields, headers=officer.headers).json["result"]
    table = b"codice;importo\n" + b"".join(b"%d;10,50\n" % number for number in range(100))
    data = {"package_id": dataset["id"], "name": "Importi", "format": "CSV"}
    uploaded = app.post(
        "/api/3/action/resource_create",
        data={**data, "upload": (io.BytesIO(table), "importi.csv")},
        headers=officer.headers,
        content_type="multipart/form-data",
    )
    assert uploaded.status_code == 200, uploaded.body
    storage = Path(config["ckan.storage_path"])
    sha256 = hashlib.sha256(table).hexdigest()
    assert sha256 in set(in_bucket.hashes())
    assert not (storage / "opencohesion" / "content").exists()
    copy = storage / "opencohesion" / "spool" / sha256[:2] / sha256[2:4] / sha256
    copy.unlink()
    resource = uploaded.json["result"]["id"]
    shown = app.get(f"/api/3/action/package_show?id={dataset['id']}")
    assert shown.json["result"]["quality_status"] == "passed"
    address = f"/dataset/{dataset['id']}/resource/{resource}/download/importi.csv"
    assert app.get(address).data == table
    assert copy.is_file()

    copy.unlink()
    monkeypatch.setitem(config, f"{S3}endpoint", "http://127.0.0.1:9")
    away = app.get(address, status=503)
    assert "127.0.0.1:9" not in away.body
    refused = app.post(
        "/api/3/action/resource_create",
        data={**data, "upload": (io.BytesIO(b"a;b\n1;2\n"), "altro.csv")},
        headers=officer.headers,
        content_type="multipart/form-data",
    )
    assert refused.status_code == 409
    assert "upload" in refused.json["error"]
