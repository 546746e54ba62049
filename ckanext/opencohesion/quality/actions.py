"""The gate's own actions (DESIGN §4)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import checking, reports
from ckanext.opencohesion.quality.model import Override, get_state, utcnow
from ckanext.opencohesion.quality.staging import get_staged, staged_dataset
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.quality.verdicts import overridable
from ckanext.opencohesion.quality.visibility import hidden

MIN_REASON_CHARS = 20


def _package(context: Context, data_dict: dict[str, Any]) -> model.Package:
    """Return the dataset named by ``id`` (id or name). Raises ``ValidationError`` or ``NotFound``.

    One that the caller does not see is not found either.
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None or not guarded(package.type) or hidden(context, package.id):
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return package


def opencohesion_quality_check(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Have a dataset's present content, or the change that waits, checked.

    :param id: the dataset's id or name
    :param wait: check before answering, instead of in the background (default: false)

    :returns: ``{id, status, job_id}``; ``status`` is that of the staged change when one waits
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_check", context, data_dict)
    wait = tk.asbool(data_dict.get("wait", False))
    state, staged = get_state(package.id, lock=True), get_staged(package.id)
    if staged:
        staged.status = "pending"
    elif state and not state.live:
        state.status = "pending"
    user = context.get("auth_user_obj")
    job = checking.request_check(package, enqueue=not wait, user_id=getattr(user, "id", None))
    model.Session.commit()
    if wait:
        jobs.run_now(job)
    state, staged = get_state(package.id), get_staged(package.id)
    status = staged.status if staged else state.status if state else "pending"
    return {"id": package.id, "status": status, "job_id": job.id}


@tk.side_effect_free
def opencohesion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a dataset.

    :param id: the dataset's id or name
    :param target: ``current`` or ``staged``; by default the staged change for those who may edit the dataset and have
        one waiting, else the present content

    :returns: ``{verdict, target, status, ruleset, started, finished, overrides, metadata, resources}`` with
        ``resources`` ``[{resource_id, name, verdict, basis, format, rows, report: <Frictionless Report>, rules}]``
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_report_show", context, data_dict)
    may_edit = authz.is_authorized_boolean("package_update", context, {"id": package.id})
    staged = get_staged(package.id) if may_edit else None
    target = data_dict.get("target") or ("staged" if staged else "current")
    if target not in ("current", "staged") or (target == "staged" and not staged):
        raise tk.ObjectNotFound(tk._("No change is waiting for its check."))
    state = get_state(package.id)
    status = staged.status if staged and target == "staged" else state.status if state else "pending"
    report = reports.report_of(reports.latest_check(package.id, target), target, status)
    return {**report, "overrides": reports.overrides_of(package.id)}


@tk.side_effect_free
def opencohesion_quality_staged_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the change of a live dataset that waits for its verdict.

    :param id: the dataset's id or name

    :returns: ``{id, status, checked, created, updated, user_id, fields, resources, dataset}``; ``dataset`` is how it
        would be. Raises ``NotFound`` when nothing waits.
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_staged_show", context, data_dict)
    staged = get_staged(package.id)
    if staged is None:
        raise tk.ObjectNotFound(tk._("No change is waiting for its check."))
    return {
        "id": package.id,
        "status": staged.status,
        "checked": f"{staged.checked.isoformat(timespec='seconds')}Z" if staged.checked else None,
        "created": f"{staged.created.isoformat(timespec='seconds')}Z",
        "updated": f"{staged.updated.isoformat(timespec='seconds')}Z",
        "user_id": staged.user_id,
        "fields": staged.fields,
        "resources": staged.resources,
        "dataset": staged_dataset(package, staged),
    }


def opencohesion_quality_staged_discard(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Throw away the change of a live dataset that waits; what is live stays as it is.

    :param id: the dataset's id or name
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_staged_discard", context, data_dict)
    staged = get_staged(package.id)
    if staged is None:
        raise tk.ObjectNotFound(tk._("No change is waiting for its check."))
    model.Session.delete(staged)
    model.Session.commit()
    return {"id": package.id, "discarded": True}


def opencohesion_quality_override(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Publish the content that was just held back, by the decision of a named person. Kept for ever, shown publicly.

    Never for missing mandatory metadata nor for personal tax codes; only for exactly the content that was checked.

    :param id: the dataset's id or name
    :param reason: why it is right to publish all the same, for the public to read

    :returns: ``{id, status, job_id}`` as ``opencohesion_quality_check``
    """
    package = _package(context, data_dict)
    tk.check_access("opencohesion_quality_override", context, data_dict)
    reason = str(tk.get_or_bust(data_dict, "reason")).strip()
    if len(reason) < MIN_REASON_CHARS:
        message = tk._(
            "Say why it is right to publish all the same, in {count} characters or more: everyone can read it."
        )
        raise tk.ValidationError({"reason": [message.format(count=MIN_REASON_CHARS)]})
    target = "staged" if get_staged(package.id) else "current"
    check = reports.latest_check(package.id, target)
    if check is None or check.verdict not in ("failed", "unreadable"):
        raise tk.ValidationError({"id": [tk._("There is no verdict to decide against.")]})
    report = reports.report_of(check, target, check.verdict)
    findings = [finding for resource in report["resources"] for finding in resource["rules"]]
    for resource in report["resources"]:
        findings += [
            error for task in resource["report"].get("tasks", []) for error in task.get("errors", [])
        ]
    if not overridable(findings, check.metadata_errors):
        message = tk._(
            "Personal tax codes and missing mandatory metadata hold a dataset back whatever anyone decides."
        )
        raise tk.ValidationError({"id": [message]})
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    model.Session.add(
        Override(
            package_id=package.id,
            fingerprint=check.fingerprint,
            check_id=check.id,
            user_id=user.id,
            reason=reason,
            created=utcnow(),
        )
    )
    return opencohesion_quality_check(context, {"id": package.id, "wait": True})


__all__ = [
    "opencohesion_quality_check",
    "opencohesion_quality_override",
    "opencohesion_quality_report_show",
    "opencohesion_quality_staged_discard",
    "opencohesion_quality_staged_show",
]
