"""The file that an officer brings, up to the draft that holds it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ckan.lib.munge import munge_filename
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ...fetch.client import Fetched, fetch
from ...fetch.errors import FetchError
from ...fetch.settings import policy_from_config
from ...quality.storage.uploader import content_store, max_file_bytes
from ...quality.wording.messages import explain
from . import drafts, facts, known, proposals
from .recognise import NotOpenableError, Recognised, UnreadableTableError, recognise

#: The longest an officer waits for a link; the check fetches it again with its own patience.
_LINK_SECONDS = 20.0
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Brought:
    """A file that was looked into: what it is and what it tells."""

    filename: str
    recognised: Recognised
    facts: facts.Facts | None


def begin(
    user: str, owner_org: str, dataset_type: str | None, upload: FileStorage | None, url: str | None
) -> dict[str, Any]:
    """Create a draft from a file, from a link, or (neither) from nothing, and return it.

    ``dataset_type`` where the officer chose one, else what the file is of. Raises ``ValidationError`` with a sentence
    at ``upload`` or ``url`` where nobody could use the file; no draft is created then.
    """
    brought = look_into(upload, url) if upload or url else None
    chosen = dataset_type or proposals.dataset_type(brought.recognised if brought else None)
    offered = for_dataset(brought, chosen) if brought else {}
    draft = drafts.begin(user, owner_org, chosen, offered)
    for_file: dict[str, drafts.Proposals] = {}
    if brought:
        file = proposals.for_file(brought.recognised, brought.filename)
        resource = add_file(user, draft["id"], file, upload, url)
        for_file[resource["id"]] = file
    drafts.remember(draft["id"], offered, for_file)
    return draft


def add_file(
    user: str, draft_id: str, offered: drafts.Proposals, upload: FileStorage | None, url: str | None
) -> dict[str, Any]:
    """Give a draft its file, with what is proposed for it. Small files are checked before this returns."""
    values: dict[str, Any] = {name: proposal.value for name, proposal in offered.items()}
    values |= {"upload": upload} if upload else {"url": url}
    return tk.get_action("resource_create")(drafts.draft_context(user), {**values, "package_id": draft_id})


def look_into(upload: FileStorage | None, url: str | None) -> Brought:
    """Return what a file or link holds. Raises ``ValidationError`` with a sentence where nobody could use it."""
    with _on_disk(upload, url) as (path, filename):
        try:
            recognised = recognise(path, filename)
        except (UnreadableTableError, NotOpenableError) as error:
            raise tk.ValidationError(
                {"upload" if upload else "url": [_sentence(error.code, error.params)]}
            ) from error
        table = known.known_tables().get(recognised.profile.id) if recognised.profile else None
        found = (
            facts.collect(recognised.source, recognised.profile, table)
            if table and recognised.source and recognised.profile
            else None
        )
    return Brought(filename, recognised, found)


def for_dataset(brought: Brought, dataset_type: str) -> drafts.Proposals:
    """Return the proposals that the form of a type has a field for."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type)
    asked = {field["field_name"] for field in schema["dataset_fields"]}
    lang = str(tk.h.lang() or "it")
    offered = proposals.for_dataset(brought.recognised, brought.facts, brought.filename, lang)
    return {name: proposal for name, proposal in offered.items() if name in asked}


@contextmanager
def _on_disk(upload: FileStorage | None, url: str | None) -> Iterator[tuple[Path, str]]:
    """Have the file on disk for a look; nothing of it stays there."""
    store = content_store()
    store.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root, prefix="look-") as folder:
        if upload:
            filename = munge_filename(upload.filename or "file")
            path = Path(folder) / "upload"
            with path.open("wb") as target:
                shutil.copyfileobj(upload.stream, target)
            upload.stream.seek(0)
            if path.stat().st_size > max_file_bytes():
                message = tk._("The file is larger than {limit} MB, the most this portal takes.")
                raise tk.ValidationError({"upload": [message.format(limit=max_file_bytes() // _MEGABYTE)]})
            yield path, filename
        else:
            fetched = _fetched(url or "", Path(folder))
            yield fetched.path, fetched.filename


def _fetched(url: str, folder: Path) -> Fetched:
    policy = policy_from_config()
    seconds = min(policy.total_timeout_seconds, _LINK_SECONDS)
    try:
        answer = fetch(url, into=folder, policy=replace(policy, total_timeout_seconds=seconds))
    except FetchError as error:
        raise tk.ValidationError({"url": [_sentence(error.code, error.params)]}) from error
    if not isinstance(answer, Fetched):
        raise tk.ValidationError({"url": [tk._("The address gave no file.")]})
    return answer


def _sentence(code: str, params: dict[str, Any]) -> str:
    said = explain({"code": code, "severity": "error", "row": None, "column": None, "params": params}, tk._)
    return f"{said.title}. {said.detail} {said.remedy}"
