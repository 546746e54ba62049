"""A safe file name for what was fetched."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import PurePosixPath
from urllib.parse import unquote

_MAX_LENGTH = 150
_FALLBACK = "download"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]')


def filename_of(content_disposition: str | None, url_path: str) -> str:
    """The name the server gives the file, else the last part of the URL's path, else ``download``.

    Without folders, control characters or leading dots, so that it names a file in any folder and nothing
    else; long names keep their extension.
    """
    name = _clean(_from_header(content_disposition)) if content_disposition else ""
    return name or _clean(unquote(url_path.partition("?")[0])) or _FALLBACK


def _from_header(value: str) -> str:
    """The file name in a Content-Disposition header; ``filename*`` goes before ``filename`` (RFC 6266 4.3)."""
    message = Message()
    message["Content-Disposition"] = re.sub(r"[\r\n]", " ", value)
    parameters = message.get_params([], header="Content-Disposition")
    names = [content for name, content in parameters if name.lower() == "filename"]
    names.sort(key=lambda content: isinstance(content, str))
    return collapse_rfc2231_value(names[0]) if names else ""


def _clean(name: str) -> str:
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    name = _UNSAFE.sub("", name.rpartition("/")[2]).strip().lstrip(".")
    if len(name) <= _MAX_LENGTH:
        return name
    suffix = PurePosixPath(name).suffix[:20]
    return name[: _MAX_LENGTH - len(suffix)] + suffix
