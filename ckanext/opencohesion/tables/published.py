"""Every version of a shipped Table Schema that was ever published: none of them changes again.

``schemas/tables/<id>.json`` is the present version, ``schemas/table_versions/<id>/<version>.json`` are older ones,
and ``schemas/table_versions/SHA256SUMS`` holds the digest of each version that a release of this software has published.
A present version that is not in that list yet may still change.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from .errors import UnknownProfileError
from .profiles import profile_ids, schema_text

_OLDER = Path(__file__).parent.parent / "schemas" / "table_versions"
_SUMS = _OLDER / "SHA256SUMS"
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,2}")


@cache
def versions(profile_id: str) -> tuple[str, ...]:
    """Return the versions of a shipped schema, newest first. Raises UnknownProfileError."""
    present = json.loads(schema_text(profile_id))["version"]
    found = {path.stem for path in (_OLDER / profile_id).glob("*.json")} | {present}
    return tuple(sorted(found, key=_number, reverse=True))


@cache
def version_text(profile_id: str, version: str) -> str:
    """Return the file of a version, byte by byte as it was published. Raises UnknownProfileError."""
    if profile_id not in profile_ids() or version not in versions(profile_id):
        raise UnknownProfileError(f"{profile_id}/{version}")
    older = _OLDER / profile_id / f"{version}.json"
    return older.read_text(encoding="utf-8") if older.is_file() else schema_text(profile_id)


@cache
def final_versions() -> dict[str, str]:
    """Return the digest of each version that does not change any more, by ``<id>/<version>``."""
    pairs = (line.split(maxsplit=1) for line in _SUMS.read_text(encoding="ascii").splitlines() if line)
    return {name.removesuffix(".json"): digest for digest, name in pairs}


def is_final(profile_id: str, version: str) -> bool:
    """Say whether what this address gives is the same for ever."""
    return f"{profile_id}/{version}" in final_versions()


def digest(text: str) -> str:
    """Return the SHA-256 of a schema's text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def publish() -> list[str]:
    """Add the present versions to the list of those that do not change, and return what is new. For who makes a release.

    Raises ValueError where a published version has been changed: raise its number, and keep the old file.
    """
    known, new = dict(final_versions()), []
    for profile_id in profile_ids():
        text = schema_text(profile_id)
        name = f"{profile_id}/{json.loads(text)['version']}"
        if known.setdefault(name, digest(text)) != digest(text):
            raise ValueError(
                f"{name} is published and was changed: give schemas/tables/{profile_id}.json a new version, and put "
                f"the old file into schemas/table_versions/{name}.json"
            )
        if name not in final_versions():
            new.append(name)
    lines = [f"{known[name]}  {name}.json" for name in sorted(known)]
    _SUMS.write_text("\n".join(lines) + "\n", encoding="ascii")
    final_versions.cache_clear()
    return new


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if _VERSION.fullmatch(version) else ()


if __name__ == "__main__":
    for published_version in publish():
        print(published_version)
