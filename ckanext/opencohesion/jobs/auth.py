"""Who may see and stop jobs: sysadmins all of them, a user those that he or she started."""

from __future__ import annotations

from ckan import authz
from ckan.types import AuthResult, Context, DataDict

from . import api


def _own_job(context: Context, data_dict: DataDict) -> AuthResult:
    user = context.get("auth_user_obj")
    job = api.show(str(data_dict.get("id", "")))
    return {"success": bool(user and job and job.creator_user_id == user.id)}


def opencohesion_job_show(context: Context, data_dict: DataDict) -> AuthResult:
    """The one who started the job."""
    return _own_job(context, data_dict)


def opencohesion_job_stop(context: Context, data_dict: DataDict) -> AuthResult:
    """The one who started the job."""
    return _own_job(context, data_dict)


def opencohesion_job_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever is logged in: the list itself holds only one's own jobs."""
    return {"success": not authz.auth_is_anon_user(context)}
