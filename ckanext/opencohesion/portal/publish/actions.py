"""Actions on drafts, and the version of a dataset for who wants to overwrite nobody."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ...quality.state import guarded
from ...quality.versions import version_of
from ...quality.visibility import hidden
from . import drafts, intake


def opencohesion_draft_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Begin a dataset from its file: a draft with what the file tells, which nobody outside the organization sees.

    :param owner_org: the organization's id or name
    :param upload: the file (optional)
    :param url: the address of the file, instead of an upload (optional)
    :param type: the dataset type; by default what the file is of

    :returns: the draft, as ``package_show`` gives it
    """
    tk.check_access("opencohesion_draft_create", context, data_dict)
    owner_org = str(tk.get_or_bust(data_dict, "owner_org"))
    wanted = data_dict.get("type") or None
    if wanted is not None and not guarded(wanted):
        raise tk.ValidationError({"type": [tk._("There is no such type of dataset.")]})
    upload = data_dict.get("upload")
    draft = intake.begin(
        str(context.get("user")),
        owner_org,
        wanted,
        upload if isinstance(upload, FileStorage) and upload.filename else None,
        str(data_dict.get("url") or "").strip() or None,
    )
    return tk.get_action("package_show")(drafts.draft_context(context.get("user")), {"id": draft["id"]})


@tk.side_effect_free
def opencohesion_draft_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the drafts that the user may go on with, the last changed first: ``{id, name, type, title, …}``."""
    tk.check_access("opencohesion_draft_list", context, data_dict)
    return [
        {
            "id": draft.id,
            "name": draft.name,
            "type": draft.type,
            "title": draft.title,
            "owner_org": draft.owner_org,
            "metadata_modified": f"{draft.metadata_modified.isoformat(timespec='seconds')}Z",
        }
        for draft in drafts.drafts_of(str(context.get("user")))
    ]


def opencohesion_draft_discard(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Throw a draft away, with its description. It can not be had back.

    :param id: the draft's id or name
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if (
        package is None
        or package.state != "draft"
        or not guarded(package.type)
        or hidden(context, package.id)
    ):
        raise tk.ObjectNotFound(tk._("There is no such draft."))
    tk.check_access("opencohesion_draft_discard", context, data_dict)
    package_id = package.id
    tk.get_action("dataset_purge")(
        {"user": str(context.get("user")), "ignore_auth": True}, {"id": package_id}
    )
    return {"id": package_id, "discarded": True}


@tk.side_effect_free
def opencohesion_dataset_version_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the version of a dataset as it stands, with the change that waits for its check.

    Send it as ``expected_version`` with ``package_update``, ``package_patch`` and the like: when somebody changed the
    dataset in the meantime, nothing is written and the answer is a validation error at ``expected_version``.

    :param id: the dataset's id or name
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not guarded(package.type) or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("opencohesion_dataset_version_show", context, data_dict)
    return {"id": package.id, "expected_version": version_of(package)}
