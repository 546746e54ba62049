"""The actions by which persons decide on what was checked: review, second person's yes, sent back."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context

from ckanext.opencohesion.quality.actions import (
    MAX_REASON_CHARS,
    conclude_anew,
    guarded_package,
    public_reason,
    refuse_personal,
)
from ckanext.opencohesion.quality.arguments import flag
from ckanext.opencohesion.quality.decisions import decisions
from ckanext.opencohesion.quality.decisions.model import Decision
from ckanext.opencohesion.quality.model import DatasetCheck, get_state
from ckanext.opencohesion.quality.personal.legal_bases import LEGAL_BASES, OTHER
from ckanext.opencohesion.quality.reports import reports

_ALL = "all"


def opencohesion_quality_review_decide(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Decide on findings on personal data (P4 to P8) of exactly the content that was checked. Kept for ever.

    What is accepted is shown publicly with its basis and reason once the data is public; what is refused goes back to the
    officer with the reason. The data goes public when every finding is accepted and nothing else holds it back.

    :param id: the dataset's id or name
    :param check: the id of the run that was looked at, as ``opencohesion_quality_report_show`` gives it
    :param accept: whether publication is right (``false``: it goes back to the officer)
    :param basis: the legal basis, a code of ``opencohesion_quality_legal_bases`` (only with ``accept``)
    :param basis_text: the basis in words, where the code is ``other``
    :param reason: why, for the public to read
    :param findings: the findings decided on, ``"resource id/code/column"`` each (``column`` counts from 1, empty where
        there is none); default: all that want a review

    :returns: ``{id, status, job_id}`` as ``opencohesion_quality_check``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_review_decide", context, data_dict)
    check = _awaited(package, data_dict, "review")
    accept = flag(data_dict, "accept", default=True)
    wanted = decisions.review_findings_of_check(check)
    chosen = _chosen(data_dict.get("findings", _ALL), wanted)
    basis, basis_text = _basis(data_dict) if accept else (None, None)
    _write(
        context,
        check,
        kind="review",
        accepted=accept,
        reason=public_reason(data_dict),
        basis=basis,
        basis_text=basis_text,
        findings=chosen,
    )
    return conclude_anew(context, package)


def opencohesion_quality_approve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give the second person's yes: what passed its checks goes public. Only for exactly the content that was checked.

    :param id: the dataset's id or name
    :param check: the id of the run that was looked at
    :param reason: a word to it (optional), for the public to read

    :returns: ``{id, status, job_id}`` as ``opencohesion_quality_check``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_approve", context, data_dict)
    check = _awaited(package, data_dict, "approval")
    reason = str(data_dict.get("reason") or "").strip()[:MAX_REASON_CHARS]
    refuse_personal(reason)
    _write(context, check, kind="approval", accepted=True, reason=reason)
    return conclude_anew(context, package)


def opencohesion_quality_send_back(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send what awaits a second person's yes back to the officer, with the reason.

    :param id: the dataset's id or name
    :param check: the id of the run that was looked at
    :param reason: what to change, for the officer to read

    :returns: ``{id, status, job_id}`` as ``opencohesion_quality_check``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_send_back", context, data_dict)
    check = _awaited(package, data_dict, "approval")
    _write(context, check, kind="approval", accepted=False, reason=public_reason(data_dict))
    return conclude_anew(context, package)


@tk.side_effect_free
def opencohesion_quality_decision_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the decisions on a dataset, newest first: to the public those that justify what is or was published.

    :param id: the dataset's id or name

    :returns: a list of ``{kind, accepted, basis, basis_text, reason, findings, user, created, fingerprint}``
    """
    package = guarded_package(context, data_dict)
    tk.check_access("opencohesion_quality_decision_list", context, data_dict)
    inside = authz.is_authorized_boolean("opencohesion_quality_staged_show", context, {"id": package.id})
    return decisions.decisions_of(package.id, public=not inside)


@tk.side_effect_free
def opencohesion_quality_legal_bases(context: Context, data_dict: dict[str, Any]) -> list[dict[str, str]]:
    """Return the legal bases that a review can state, as ``[{code, title}]``."""
    tk.check_access("opencohesion_quality_legal_bases", context, data_dict)
    return [{"code": code, "title": tk._(title)} for code, title in LEGAL_BASES.items()]


# -- parts -------------------------------------------------------------------------------------------------------------


def _awaited(package: model.Package, data_dict: dict[str, Any], kind: decisions.Kind) -> DatasetCheck:
    """Return the run that awaits this kind of decision. Raises ``ValidationError`` where none does, or another one."""
    get_state(package.id, lock=True)  # two persons who decide at once do so one after the other
    waiting = decisions.decidable(package.id)
    if waiting is None or waiting.kind != kind:
        raise tk.ValidationError({"id": [tk._("Nothing awaits this decision.")]})
    check = reports.newest_check(package.id, waiting.target)
    expected = str(tk.get_or_bust(data_dict, "check"))
    if check is None or check.id != expected:
        message = tk._(
            "The data was checked again since you looked at it. Read the report again, then decide."
        )
        raise tk.ValidationError({"check": [message]})
    return check


def _basis(data_dict: dict[str, Any]) -> tuple[str, str | None]:
    basis = str(tk.get_or_bust(data_dict, "basis"))
    if basis not in LEGAL_BASES:
        raise tk.ValidationError({"basis": [tk._("Choose the legal basis from the list.")]})
    text = str(data_dict.get("basis_text") or "").strip()[:MAX_REASON_CHARS]
    refuse_personal(text)
    if basis == OTHER and not text:
        raise tk.ValidationError({"basis_text": [tk._("Write which legal basis it is.")]})
    return basis, text if basis == OTHER else None


def _chosen(value: Any, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if value == _ALL:
        return wanted
    named = {finding_name(finding): finding for finding in wanted}
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or any(str(name) not in named for name in names):
        message = tk._("Choose at least one of the findings that want a review.")
        raise tk.ValidationError({"findings": [message]})
    return [named[str(name)] for name in dict.fromkeys(names)]


def finding_name(finding: dict[str, Any]) -> str:
    """Return the name of a finding of a review: ``resource id/code/column``."""
    resource_id, code, column = decisions.finding_key(finding)
    return f"{resource_id}/{code}/{'' if column is None else column}"


def _write(
    context: Context,
    check: DatasetCheck,
    *,
    kind: str,
    accepted: bool,
    reason: str,
    basis: str | None = None,
    basis_text: str | None = None,
    findings: list[dict[str, Any]] | None = None,
) -> None:
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    model.Session.add(
        Decision(
            package_id=check.package_id,
            target=check.target,
            fingerprint=check.fingerprint,
            check_id=check.id,
            kind=kind,
            accepted=accepted,
            basis=basis,
            basis_text=basis_text,
            reason=reason,
            findings=findings or [],
            user_id=user.id,
        )
    )


ACTIONS = (
    opencohesion_quality_review_decide,
    opencohesion_quality_approve,
    opencohesion_quality_send_back,
    opencohesion_quality_decision_list,
    opencohesion_quality_legal_bases,
)


def get_actions() -> dict[str, Any]:
    """Return these actions by name."""
    return {action.__name__: action for action in ACTIONS}
