"""CKAN's place for a resource's file, laid on the content-addressed store (``IUploader``).

``upload`` adds bytes to the store and moves the resource's pointer in the caller's own transaction: the file changes
if and when the dataset does. Nothing is ever overwritten, so what is being served stays what it was.
"""

from __future__ import annotations

import logging
import mimetypes
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_filename
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.model import ResourceFile, utcnow
from ckanext.opencohesion.quality.storage.object_store import Bucket, ObjectStorageError, SpooledStore
from ckanext.opencohesion.quality.storage.store import ContentStore, FileTooLargeError, StoredFile

log = logging.getLogger(__name__)

MEGABYTE = 1 << 20
S3 = "ckanext.opencohesion.quality.s3_"


def content_store() -> ContentStore:
    """Return the portal's store of files: below CKAN's storage path, or in the bucket that is configured."""
    folder = Path(tk.config["ckan.storage_path"]) / "opencohesion"
    if not tk.config[f"{S3}bucket"]:
        return ContentStore(folder / "content")
    names = ("bucket", "endpoint", "region", "access_key", "secret_key")
    bucket = Bucket(**{name: tk.config[S3 + name] or "" for name in names})
    return SpooledStore(folder / "spool", bucket, tk.config[f"{S3}spool_megabytes"] * MEGABYTE)


def max_file_bytes() -> int:
    """Return the largest file the portal takes, in bytes (``ckan.max_resource_size`` is in MB)."""
    return tk.config["ckan.max_resource_size"] * MEGABYTE


def point_to(
    resource_id: str, package_id: str, stored: StoredFile, filename: str, **origin: Any
) -> ResourceFile:
    """Make a resource stand for stored bytes, within the present transaction.

    ``origin``: ``origin_url``, ``etag``, ``last_modified`` and ``fetched`` of a linked file. The time of change moves
    only when the bytes do.
    """
    row = model.Session.get(ResourceFile, resource_id)
    if row is None:
        row = ResourceFile(resource_id=resource_id, package_id=package_id, sha256="", changed=utcnow())
        model.Session.add(row)
    if row.sha256 != stored.sha256:
        row.changed = utcnow()
    row.sha256, row.size_bytes, row.filename = stored.sha256, stored.size_bytes, filename
    for name in ("origin_url", "etag", "last_modified", "fetched"):
        setattr(row, name, origin.get(name))
    model.Session.flush()
    return row


class GateUpload:
    """One resource's upload, as CKAN's ``package_update`` uses it (``PResourceUploader``)."""

    def __init__(self, resource: dict[str, Any]) -> None:
        upload = resource.pop("upload", None)
        self.clear = bool(resource.pop("clear_upload", None))
        self.filename: str | None = None
        self.mimetype: str | None = None
        self.filesize = 0
        self._upload: FileStorage | None = None
        if isinstance(upload, FileStorage) and upload.filename:
            self._upload = upload
            self.filename = munge_filename(upload.filename)
            self.mimetype = mimetypes.guess_type(self.filename)[0]
            upload.stream.seek(0, 2)
            self.filesize = upload.stream.tell()
            upload.stream.seek(0)
            resource["url"] = self.filename
            resource["url_type"] = "upload"
        elif self.clear:
            resource["url_type"] = ""

    def store(self) -> StoredFile | None:
        """Put the uploaded bytes into the store, or return ``None`` when there is no upload.

        Raises ``ValidationError`` for a file over the portal's limit.
        """
        if self._upload is None:
            return None
        try:
            return content_store().add(self._upload.stream, max_file_bytes())
        except FileTooLargeError as error:
            limit = error.max_bytes // MEGABYTE
            message = tk._("The file is larger than {limit} MB, the most this portal takes.").format(
                limit=limit
            )
            raise tk.ValidationError({"upload": [message]}) from error
        except (ObjectStorageError, OSError) as error:
            log.exception("An upload could not be kept")
            message = tk._(
                "The portal can not keep files at the moment. Nothing was changed; please try again later."
            )
            raise tk.ValidationError({"upload": [message]}) from error

    def upload(self, id: str, max_size: int = 10) -> None:  # CKAN's signature
        """Store the upload of resource ``id`` and move its pointer; drop the pointer when the upload was cleared."""
        stored = self.store()
        if stored is not None:
            resource = model.Resource.get(id)
            if resource is not None and resource.package_id and self.filename:
                point_to(id, resource.package_id, stored, self.filename)
        elif self.clear:
            row = model.Session.get(ResourceFile, id)
            if row is not None:
                model.Session.delete(row)

    def get_path(self, id: str) -> str:  # CKAN's signature
        """Return the path of the file that resource ``id`` stands for; a path that does not exist when there is none."""
        row = model.Session.get(ResourceFile, id)
        store = content_store()
        return str(store.path(row.sha256)) if row else str(store.root / "none")

    def delete(self, id: str) -> None:  # CKAN's signature
        """Take the pointer away; the bytes may serve other resources and earlier versions, and stay."""
        row = model.Session.get(ResourceFile, id)
        if row is not None:
            model.Session.delete(row)
