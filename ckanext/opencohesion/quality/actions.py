"""The gate's own actions (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, links, releases
from ckanext.opencohesion.quality.arguments import flag, whole
from ckanext.opencohesion.quality.decisions import decisions
from ckanext.opencohesion.quality.model import Override, get_state, utcnow
from ckanext.opencohesion.quality.personal.rules import redact
from ckanext.opencohesion.quality.reports import reports
from ckanext.opencohesion.quality.reports.summary import summary
from ckanext.opencohesion.quality.staging import get_staged, lock_dataset, staged_dataset
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.quality.visibility import hidden

MIN_REASON_CHARS = 20
MAX_REASON_CHARS = 2000
MOST_RUNS = 100


def guarded_package(context: Context, data_dict: dict[str, Any]) -> model.Package:
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
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_check", context, data_dict)
    wait = flag(data_dict, "wait")
    _, state, staged = lock_dataset(package.id)
    if staged:
        staged.status = "pending"
    elif state and not state.live:
        state.status = "pending"
    user = context.get("auth_user_obj")
    job = asking.request_check(package, enqueue=not wait, user_id=getattr(user, "id", None))
    model.Session.commit()
    if wait:
        jobs.run_now(job)
    return _standing(package, job)


@tk.side_effect_free
def opencohesion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a dataset.

    :param id: the dataset's id or name
    :param target: ``current`` or ``staged``; by default the staged change for those who may edit the dataset or decide
        on it and have one waiting, else the present content
    :param check: the id of an earlier run, for those who may edit the dataset (optional; see
        ``opencohesion_quality_history``)

    :returns: ``{id, verdict, target, status, ruleset, started, finished, overrides, decisions, metadata, resources}`` with
        ``resources`` ``[{resource_id, name, verdict, basis, format, rows, report: <Frictionless Report>, rules}]``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_report_show", context, data_dict)
    may_edit = authz.is_authorized_boolean("opencohesion_quality_staged_show", context, {"id": package.id})
    taken = decisions.decisions_of(package.id, public=not may_edit)
    overrides = reports.overrides_of(package.id, public=not may_edit)
    if data_dict.get("check"):
        earlier = reports.check_of(package.id, str(data_dict["check"])) if may_edit else None
        if earlier is None:
            raise tk.ObjectNotFound(tk._("There is no such run of the checks."))
        report = reports.report_of(earlier, earlier.target, earlier.verdict)
        return {**report, "overrides": overrides, "decisions": taken}
    staged = get_staged(package.id) if may_edit else None
    target = data_dict.get("target") or ("staged" if staged else "current")
    if target not in ("current", "staged") or (target == "staged" and not staged):
        raise tk.ObjectNotFound(tk._("No change is waiting for its check."))
    state = get_state(package.id)
    status = staged.status if staged and target == "staged" else state.status if state else "pending"
    report = reports.report_of(reports.latest_check(package.id, target), target, status)
    if target == "current":
        links.tell_dead(report, package.id)
    return {**report, "overrides": overrides, "decisions": taken}


@tk.side_effect_free
def opencohesion_quality_summary(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the short report on a dataset as it stands: what was proven of each file, by which rules, when.

    :param id: the dataset's id or name

    :returns: ``{id, name, live, status, checked, basis, errors, warnings, files, overrides, decisions, repairs,
        report_url, badge_url}``; ``basis`` is the weakest of the files': ``whole_file``, ``structure`` or ``opens``;
        ``files``: ``[{resource_id, name, sha256, verdict, basis, table_schema, ruleset, checked, format, rows, columns,
        errors, warnings}]``; ``repairs``: how the present files were mended, with the address of each log of changes
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_summary", context, {"id": package.id})
    asking: Any = {"user": context.get("user"), "auth_user_obj": context.get("auth_user_obj")}
    return summary(tk.get_action("package_show")(asking, {"id": package.id}))


@tk.side_effect_free
def opencohesion_quality_history(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return all runs of the checks over a dataset, newest first.

    :param id: the dataset's id or name
    :param limit: how many, 100 at most (default: 20)
    :param offset: how many to leave out first (default: 0)

    :returns: ``{count, results}`` with ``results``
        ``[{id, target, verdict, ruleset, started, finished, errors, warnings}]``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_history", context, data_dict)
    limit, offset = whole(data_dict, "limit", 20), whole(data_dict, "offset", 0)
    count, results = reports.history(package.id, limit=min(limit, MOST_RUNS), offset=offset)
    return {"count": count, "results": results}


@tk.side_effect_free
def opencohesion_quality_staged_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the change of a live dataset that waits for its verdict.

    :param id: the dataset's id or name

    :returns: ``{id, status, checked, created, updated, user_id, fields, resources, dataset}``; ``dataset`` is how it
        would be. Raises ``NotFound`` when nothing waits.
    """
    package = guarded_package(context, data_dict)
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
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_staged_discard", context, data_dict)
    _, state, staged = lock_dataset(package.id)
    if staged is None:
        raise tk.ObjectNotFound(tk._("No change is waiting for its check."))
    model.Session.delete(staged)
    if state is not None:
        state.hold_until = None  # the time was set for this change
    model.Session.commit()
    return {"id": package.id, "discarded": True}


def opencohesion_quality_override(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Publish the content that was just held back, by the decision of a named person. Kept for ever, shown publicly.

    Never for missing mandatory metadata, for personal tax codes, nor for a table that was not read to its end; only for
    exactly the content that was checked.

    :param id: the dataset's id or name
    :param reason: why it is right to publish all the same, for the public to read

    :returns: ``{id, status, job_id}`` as ``opencohesion_quality_check``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_override", context, data_dict)
    reason = public_reason(data_dict)
    target = "staged" if get_staged(package.id) else "current"
    check = reports.latest_check(package.id, target)
    # a check that broke off has judged no content
    if check is None or check.verdict not in ("failed", "unreadable") or not check.fingerprint:
        raise tk.ValidationError({"id": [tk._("There is no verdict to decide against.")]})
    judged = ((entry["key"], entry["rules"]) for entry in check.resources)
    if message := decisions.why_not_overridable(judged, check.metadata_errors):
        raise tk.ValidationError({"id": [tk._(message)]})
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
    return conclude_anew(context, package)


def public_reason(data_dict: dict[str, Any], values: Iterable[str] = ()) -> str:
    """Return the reason of a decision, which everybody will read. Raises ``ValidationError``.

    It must say something, and repeat nothing of persons; ``values``: what else it must not repeat.
    """
    reason = str(tk.get_or_bust(data_dict, "reason")).strip()
    if not MIN_REASON_CHARS <= len(reason) <= MAX_REASON_CHARS:
        message = tk._("Give the reason in {least} to {most} characters: everyone can read it.")
        raise tk.ValidationError({"reason": [message.format(least=MIN_REASON_CHARS, most=MAX_REASON_CHARS)]})
    refuse_personal(reason, values)
    return reason


def refuse_personal(reason: str, values: Iterable[str] = ()) -> None:
    """Raise ``ValidationError`` for a public reason that repeats one of ``values``, a person's code or a contact."""
    known = [value.strip().casefold() for value in values]
    if redact(reason) != reason or any(value in reason.casefold() for value in known):
        message = tk._(
            "Everyone can read the reason: leave out tax codes, e-mail addresses, telephone numbers, IBANs and the values "
            "that it is about."
        )
        raise tk.ValidationError({"reason": [message]})


def conclude_anew(context: Context, package: model.Package) -> dict[str, Any]:
    """Have the conclusion on a dataset drawn at once after a person's decision: verdicts are kept, nothing is judged twice.

    Commits. Returns what ``opencohesion_quality_check`` returns.
    """
    user = context.get("auth_user_obj")
    job = asking.request_check(package, enqueue=False, user_id=getattr(user, "id", None))
    model.Session.commit()
    jobs.run_now(job)
    return _standing(package, job)


def _standing(package: model.Package, job: jobs.Job) -> dict[str, Any]:
    state, staged = get_state(package.id), get_staged(package.id)
    status = staged.status if staged else state.status if state else "pending"
    return {"id": package.id, "status": status, "job_id": job.id}


@tk.side_effect_free
def opencohesion_quality_release_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the published versions of a dataset's files, newest first; those that were taken down say so.

    :param id: the dataset's id or name

    :returns: a list of ``{resource_id, number, filename, format, published, version, notes, url, withdrawn}``, with
        ``media_type``, ``size``, ``rows`` and ``sha256``, or of one taken down ``withdrawn_reason``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_release_list", context, data_dict)
    return [releases.described(row) for row in releases.releases_of(package.id)]


def opencohesion_quality_release_withdraw(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take a published version of a file down. Its address then answers 410 with the reason; this can not be undone.

    The bytes are deleted where nothing else stands for them (within some hours where they were stored just now).

    :param id: the dataset's id or name
    :param resource_id: the id of the file
    :param number: the number of the version
    :param reason: why, for the public to read

    :returns: ``{id, resource_id, number, withdrawn, bytes_deleted}``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_release_withdraw", context, data_dict)
    resource_id, number = tk.get_or_bust(data_dict, ["resource_id", "number"])
    row = releases.release_of(package.id, str(resource_id), _number(number))
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version."))
    reason = public_reason(data_dict)
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    gone = releases.withdraw(row, user_id=user.id, reason=reason)
    shown = releases.described(row)
    return {
        "id": package.id,
        "resource_id": row.resource_id,
        "number": row.number,
        "withdrawn": shown["withdrawn"],
        "bytes_deleted": gone,
    }


def _number(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < 2**31:
        raise tk.ValidationError({"number": [tk._("The number of a version is a whole number, as in 3.")]})
    return number


__all__ = [
    "opencohesion_quality_check",
    "opencohesion_quality_history",
    "opencohesion_quality_override",
    "opencohesion_quality_release_list",
    "opencohesion_quality_release_withdraw",
    "opencohesion_quality_report_show",
    "opencohesion_quality_staged_discard",
    "opencohesion_quality_staged_show",
    "opencohesion_quality_summary",
]
