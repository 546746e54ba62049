"""The pre-check as actions: try a file, read its report."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...jobs import api as jobs
from ...quality.judging.ruleset import RULESET
from . import trial
from .model import Precheck


def opencohesion_quality_precheck(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check a file as the gate would, without creating anything. Small files are checked before this answers.

    What comes of it is the caller's alone and is deleted, with the file, within an hour or two.

    :param upload: the file (multipart/form-data)
    :param table_schema: the id of the Table Schema to check against; ``auto`` (default) takes the one whose header the
        file has, ``none`` checks the structure alone

    :returns: as ``opencohesion_quality_precheck_show``
    """
    tk.check_access("opencohesion_quality_precheck", context, data_dict)
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    schema = str(data_dict.get("table_schema") or trial.RECOGNISE)
    return _shown(trial.begin(user.id, data_dict.get("upload"), schema))


@tk.side_effect_free
def opencohesion_quality_precheck_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return what came of a file that the caller tried within the last hour.

    :param id: what ``opencohesion_quality_precheck`` answered

    :returns: ``{id, state, done, filename, size, table_schema, ruleset, created, deleted_after, report}``; ``state`` is
        ``queued``, ``running``, ``done`` or ``failed`` (the check itself broke off); ``done``: rows judged so far;
        ``report``: None until it is done, then ``{verdict, resources}`` as ``opencohesion_quality_report_show``
    """
    tk.check_access("opencohesion_quality_precheck_show", context, data_dict)
    user = model.User.get(context.get("user"))
    row = model.Session.get(Precheck, str(tk.get_or_bust(data_dict, "id")))
    if row is None or user is None or row.user_id != user.id:
        raise tk.ObjectNotFound(tk._("There is no such file, or it was tried more than an hour ago."))
    return _shown(row)


def _shown(row: Precheck) -> dict[str, Any]:
    job = jobs.latest(trial.KIND, row.id) if row.result is None else None
    waiting = {"queued": "queued", "running": "running"}.get(job.state if job else "", "failed")
    found = row.result
    return {
        "id": row.id,
        "state": "done" if found else waiting,
        "done": job.done if job else None,
        "filename": row.filename,
        "size": row.size_bytes,
        "table_schema": row.table_schema,
        "ruleset": RULESET,
        "created": f"{row.created.isoformat(timespec='seconds')}Z",
        "deleted_after": f"{(row.created + trial.KEEP).isoformat(timespec='seconds')}Z",
        "report": {"verdict": found["verdict"], "resources": [_resource(row, found)]} if found else None,
    }


def _resource(row: Precheck, found: dict[str, Any]) -> dict[str, Any]:
    told = {name: found[name] for name in ("verdict", "basis", "format", "rows", "report", "rules")}
    return {"resource_id": "file", "name": row.filename, **told}
