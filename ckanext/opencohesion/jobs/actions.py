"""Jobs through the API: show, list, stop."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context, DataDict

from . import api, store
from .model import Job

_DEFAULT_LIMIT = 50
_MAX_LIMIT = 500


_LIST_FILTERS = ("kind", "key", "state")


@tk.side_effect_free
def opencohesion_job_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show a job: its state, how far it is, what came of it.

    :param id: the job's id
    :returns: id, kind, key, title, state, done, total, note, result, error (a sentence), attempts,
        times in UTC
    """
    return _dictize(_checked_job("opencohesion_job_show", context, data_dict))


@tk.side_effect_free
def opencohesion_job_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List jobs, newest first: a sysadmin's call all, anybody else's the own ones.

    :param kind, key, state: only jobs with these (optional)
    :param limit: how many (50, at most 500)
    :param offset: how many to pass over first
    """
    tk.check_access("opencohesion_job_list", context, data_dict)
    filters = {name: str(data_dict[name]) for name in _LIST_FILTERS if data_dict.get(name)}
    with model.ensure_engine().connect() as connection:
        jobs = store.find(
            connection,
            kind=filters.get("kind"),
            key=filters.get("key"),
            states=[filters["state"]] if "state" in filters else [],
            creator_user_id=_own_only(context),
            limit=min(_number(data_dict, "limit", _DEFAULT_LIMIT), _MAX_LIMIT),
            offset=_number(data_dict, "offset", 0),
        )
    return [_dictize(job) for job in jobs]


def opencohesion_job_stop(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stop a job: one that waits at once, one that runs at its next step. An ended one stays as it is.

    :param id: the job's id
    :returns: as ``opencohesion_job_show``
    """
    job = _checked_job("opencohesion_job_stop", context, data_dict)
    return _dictize(api.stop(job.id) or job)


def _own_only(context: Context) -> str | None:
    if context.get("ignore_auth") or authz.is_sysadmin(context.get("user", "")):
        return None
    user = context.get("auth_user_obj")
    return user.id if user else ""


def _number(data_dict: DataDict, name: str, default: int) -> int:
    try:
        value = int(data_dict.get(name, default))
    except (TypeError, ValueError):
        value = -1
    if value < 0:
        raise tk.ValidationError({name: [tk._("Give a whole number, zero or more.")]})
    return value


def _checked_job(action: str, context: Context, data_dict: DataDict) -> Job:
    job_id = str(tk.get_or_bust(data_dict, "id"))
    # access first: a stranger does not learn which ids exist
    tk.check_access(action, context, {"id": job_id})
    job = api.show(job_id)
    if job is None:
        raise tk.ObjectNotFound(tk._("There is no job with the id {id}.").format(id=job_id))
    return job


def _dictize(job: Job) -> dict[str, Any]:
    times = {name: getattr(job, name) for name in ("created", "started", "finished")}
    return {
        "id": job.id,
        "kind": job.kind,
        "key": job.key,
        "title": job.title,
        "state": job.state,
        "stop_requested": job.stop_requested,
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "result": job.result,
        "error": tk._(job.error).format(**job.error_params) if job.error else None,
        "attempts": job.attempts,
        **{name: value.isoformat() if value else None for name, value in times.items()},
    }
