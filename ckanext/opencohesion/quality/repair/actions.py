"""Actions of the repairs, and who may call them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ...tables.errors import UnreadableTableError
from ...tables.findings import FINDINGS
from ...tables.formats.sheets import sheets_of
from ...tables.limits import DEFAULT_LIMITS, MIB
from ...tables.repair.catalogue import BY_NAME, REPAIRS
from ...tables.repair.mending import Change, Mender, preview
from ..repairs import repairs_for_all
from ..state import guarded
from ..visibility import hidden
from . import mend, records
from .privacy import PersonalPrivacy
from .target import MOST_WORKBOOK_BYTES, Target, find_target, is_mendable, too_large_to_preview

_SAMPLES = 8
# What an officer waits for a preview: to see which columns are empty, and then to see what changes.
_COLUMNS_SECONDS, _PREVIEW_SECONDS = 2.0, 5.0


@tk.side_effect_free
def opencohesion_quality_repair_preview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return what can be mended in a file, and what that would change. Nothing is written.

    :param id: the dataset's id or name
    :param resource_id: the id of the file
    :param repairs: names of the repairs to try (default: those that the findings of the check ask for)
    :param sheet: the sheet of a workbook (default: the one that was checked)

    :returns: ``{resource_id, filename, sha256, mendable, reason, linked, staged, rows, whole, sheet, sheets,
        becomes_csv, offers}``; ``offers``: ``[{name, title, explanation, suggested, chosen, count, shown, samples}]`` with
        ``samples`` ``[{row, last_row, column, before, after}]``; values that tell of a person are hidden in both.
        ``whole`` is false where only the first ``rows`` rows were looked at.
    """
    package, target = _target("opencohesion_quality_repair_preview", context, data_dict)
    findings = target.findings()
    suggested = [repair.name for repair in repairs_for_all(findings)]
    asked = _names(data_dict)
    chosen = suggested if asked is None else asked
    facts: dict[str, Any] = {
        "id": package.id,
        "resource_id": target.resource["id"],
        "filename": target.filename,
        "sha256": target.sha256,
        "linked": target.linked,
        "staged": target.staged,
        "rows": 0,
        "whole": True,
        "becomes_csv": False,
        "sheet": None,
        "sheets": [],
        "offers": [],
    }
    try:
        if too_large_to_preview(target):
            told = tk._("Workbooks larger than {limit} MB are not mended here: save the sheet as CSV.")
            return {**facts, "mendable": False, "reason": told.format(limit=MOST_WORKBOOK_BYTES // MIB)}
        source = target.source(_sheet(data_dict))
        if not is_mendable(source):
            told = tk._("Files of this format can not be mended here.")
            return {**facts, "mendable": False, "reason": told}
        wanted = [repair.name for repair in REPAIRS if repair.name in {*suggested, *chosen}]
        privacy = PersonalPrivacy(source, target.profile)
        mender = Mender(source, target.profile, wanted, privacy, go_on=_for(_COLUMNS_SECONDS))
        found = preview(mender, samples=_SAMPLES, go_on=_for(_PREVIEW_SECONDS))
    except UnreadableTableError as error:
        told = tk._(FINDINGS[error.code].explanation).format(**error.params)
        return {**facts, "mendable": False, "reason": told}
    return {
        **facts,
        "mendable": True,
        "reason": None,
        "rows": found.rows,
        "whole": found.whole,
        "becomes_csv": source.native or bool(source.member),
        "sheet": source.sheet,
        "sheets": sheets_of(source, DEFAULT_LIMITS),
        "offers": [
            {
                "name": name,
                "title": tk._(BY_NAME[name].title),
                "explanation": tk._(BY_NAME[name].explanation),
                "suggested": name in suggested,
                "chosen": name in chosen,
                "count": found.counts[name],
                "shown": sum(_rows(change) for change in found.samples.get(name, [])),
                "samples": [_described(change) for change in found.samples.get(name, [])],
            }
            for name in wanted
        ],
    }


def opencohesion_quality_repair_apply(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Mend a file: the new one comes to the dataset as an upload in the caller's name and is checked again.

    What is live stays as it is until the new file has passed. The untouched file is kept for the dataset's editors, the
    log of the changes is published with the version that comes of it. A large file is mended in the background.

    :param id: the dataset's id or name
    :param resource_id: the id of the file
    :param repairs: names of the repairs, as ``opencohesion_quality_repair_preview`` gives them
    :param sha256: the checksum of the file that was looked at: another one is not touched
    :param sheet: the sheet of a workbook (default: the one that was checked)

    :returns: ``{id, resource_id, repair_id, changes, staged, job_id}``; with a ``job_id`` it is still to be done
    """
    package, target = _target("opencohesion_quality_repair_apply", context, data_dict)
    names = _names(data_dict)
    if not names:
        raise tk.ValidationError({"repairs": [tk._("Choose what is to be mended.")]})
    if tk.get_or_bust(data_dict, "sha256") != target.sha256:
        message = tk._("Somebody replaced the file in the meantime: nothing was changed. Look at it again.")
        raise tk.ValidationError({"sha256": [message]})
    ordered = [repair.name for repair in REPAIRS if repair.name in names]
    answer = {"id": package.id, "resource_id": target.resource["id"], "repair_id": None, "changes": None}
    if target.size_bytes > tk.config["ckanext.opencohesion.quality.repair_at_once_bytes"]:
        user = model.User.get(context.get("user"))
        if user is None:
            raise tk.NotAuthorized
        job = mend.ask(target, ordered, _sheet(data_dict), user)
        model.Session.commit()
        return {**answer, "staged": None, "job_id": job.id}
    return {**answer, **mend.mend(context, target, ordered, _sheet(data_dict)), "job_id": None}


@tk.side_effect_free
def opencohesion_quality_repair_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the repairs behind a published version of a file, the last first, with the address of each log.

    :param id: the dataset's id or name
    :param resource_id: the id of the file
    :param sha256: the checksum of the version

    :returns: a list of ``{id, resource_id, created, repairs: {name: changes}, changes, source_filename, filename,
        sha256, removed, log_url}``
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_repair_list", context, data_dict)
    resource_id, sha256 = tk.get_or_bust(data_dict, ["resource_id", "sha256"])
    may_edit = authz.is_authorized_boolean("package_update", context, {"id": package.id})
    return [
        records.described(row)
        for row in records.repairs_behind(str(resource_id), str(sha256))
        if row.package_id == package.id and (may_edit or records.is_public(row))
    ]


def _package(context: Context, data_dict: dict[str, Any]) -> model.Package:
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not guarded(package.type) or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return package


def _target(action: str, context: Context, data_dict: dict[str, Any]) -> tuple[model.Package, Target]:
    package = _package(context, data_dict)
    tk.check_access(action, context, data_dict)
    return package, find_target(package, str(tk.get_or_bust(data_dict, "resource_id")))


def _names(data_dict: dict[str, Any]) -> list[str] | None:
    value = data_dict.get("repairs")
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name in BY_NAME for name in names):
        raise tk.ValidationError({"repairs": [tk._("There is no such repair.")]})
    return names


def _sheet(data_dict: dict[str, Any]) -> str | None:
    value = data_dict.get("sheet")
    return str(value) if value else None


def _for(seconds: float) -> Callable[[int], bool]:
    """Return what says that there is still time, for so many seconds from now."""
    until = time.monotonic() + seconds
    return lambda _rows: time.monotonic() < until


def _rows(change: Change) -> int:
    """Return how many changes one line tells of: rows left out one after the other are one line."""
    return (change.last_row or 0) - (change.row or 0) + 1 if change.last_row else 1


def _described(change: Change) -> dict[str, Any]:
    return {
        "row": change.row,
        "last_row": change.last_row,
        "column": change.column,
        "before": change.before,
        "after": change.after,
    }


def _may_edit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may change a dataset may mend its files."""
    return {"success": authz.is_authorized_boolean("package_update", context, {"id": data_dict.get("id")})}


@tk.auth_allow_anonymous_access
def _may_see(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see what was mended in its published versions."""
    return {"success": authz.is_authorized_boolean("package_show", context, {"id": data_dict.get("id")})}


ACTIONS = {
    action.__name__: action
    for action in (
        opencohesion_quality_repair_preview,
        opencohesion_quality_repair_apply,
        opencohesion_quality_repair_list,
    )
}
AUTH = {
    "opencohesion_quality_repair_preview": _may_edit,
    "opencohesion_quality_repair_apply": _may_edit,
    "opencohesion_quality_repair_list": _may_see,
}
